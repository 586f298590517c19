// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from './json.ts';
import { LIFECYCLE_POLICY } from './names.ts';

/** Settings of every backing index, with dotted names as the server's documentation has them. */
export function indexSettings(withLifecycle: boolean): JsonObject {
  return {
    // Said outright: by name `logs-*` would become logsdb, which may build the document anew from its fields.
    'index.mode': 'standard',
    'index.mapping.source.mode': 'stored',
    // Records of a stream lie in their order, which is the order verification reads them in.
    'index.sort.field': ['attributes.audit.sequence.stream_id', 'attributes.audit.sequence.number'],
    'index.sort.order': ['asc', 'asc'],
    // A value of the wrong type is left out of the index, and its document is still taken: the exporter would count a
    // refused one as done.
    'index.mapping.ignore_malformed': true,
    // Whoever may edit a pipeline could change records on their way in.
    'index.default_pipeline': '_none',
    'index.final_pipeline': '_none',
    // A search reads documents from all over the index. Packed tighter, each costs the unpacking of a quarter of a megabyte.
    'index.codec': 'default',
    ...(withLifecycle && { 'index.lifecycle.name': LIFECYCLE_POLICY }),
  };
}
