// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('../package.json') as { name: string; version: string };

/** Name and version of the instrumentation scope. */
export const PACKAGE_NAME: string = manifest.name;
export const PACKAGE_VERSION: string = manifest.version;
