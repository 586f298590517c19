// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChainFields, encodePayload, type Payload } from '@stepseal/core/format';
import { SCHEMA_VERSION } from '@stepseal/core/semconv';

/**
 * The payload of a record that is no registry event, at its place in the chain.
 *
 * @throws FormatError `NOT_ENCODABLE`
 */
export function chainPayload(payload: Payload, chain: ChainFields): string {
  const attributes = new Map(payload.attributes);
  attributes.set('audit.record.id', { type: 'string', value: chain.recordId });
  attributes.set('audit.schema.version', { type: 'string', value: SCHEMA_VERSION });
  attributes.set('audit.sequence.stream_id', { type: 'string', value: chain.streamId });
  attributes.set('audit.sequence.number', { type: 'int', value: BigInt(chain.number) });
  if (chain.previousHash !== undefined) {
    attributes.set('audit.sequence.previous_hash', { type: 'string', value: chain.previousHash });
  }
  if (chain.previousRecordId !== undefined) {
    attributes.set('audit.sequence.previous_record_id', { type: 'string', value: chain.previousRecordId });
  }
  return encodePayload({ ...payload, attributes });
}
