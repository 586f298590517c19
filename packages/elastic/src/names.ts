// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createRequire } from 'node:module';

/** What the installed objects apply to. */
export const STREAM_PATTERN = 'logs-stepseal.audit.otel-*';

/** Where the Collector's fragment (collector-config/stepseal-audit.yaml) writes. */
export const DATA_STREAM = 'logs-stepseal.audit.otel-default';

/** Of the index template: above those that Elasticsearch brings for `logs-*-*` (100) and `logs-*.otel-*` (120). */
export const PRIORITY = 300;

export const LIFECYCLE_POLICY = 'stepseal-audit';
export const INDEX_TEMPLATE = 'stepseal-audit';
export const MAPPINGS_TEMPLATE = 'stepseal-audit@mappings';
export const SETTINGS_TEMPLATE = 'stepseal-audit@settings';
/** The user's own: replicas, shards. Never made, changed or removed. */
export const CUSTOM_TEMPLATE = 'stepseal-audit@custom';

/** Version of this package, which marks what it installs. */
export const VERSION: string = (createRequire(import.meta.url)('../package.json') as { version: string }).version;
