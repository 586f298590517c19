// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '../json.ts';
import { STREAM_PATTERN } from '../names.ts';
import { TIME } from './fields.ts';
import { signed } from './mark.ts';

/** A field's description is the only text of a data view that nobody needs to change. */
export const MARKED_FIELD: string = TIME;

/** The data view over all streams, as Kibana's API takes it. It can be made before there is a record. */
export function dataView(id: string): JsonObject {
  return {
    id,
    title: STREAM_PATTERN,
    name: 'Stepseal audit records',
    timeFieldName: TIME,
    allowNoIndex: true,
    fieldAttrs: { [MARKED_FIELD]: { customDescription: signed('When it happened.') } },
  };
}
