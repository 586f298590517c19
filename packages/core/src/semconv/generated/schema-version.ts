// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

/** Version of the registry; every record carries it as `audit.schema.version`. */
export const SCHEMA_VERSION = '0.1.0';
