// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createRequire } from 'node:module';

/** Version of this package. */
export const CLI_VERSION: string = (createRequire(import.meta.url)('../package.json') as { version: string }).version;
