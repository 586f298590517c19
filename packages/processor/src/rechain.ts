// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChainFields, encodePayload, parsePayload, type TypedValue } from '@stepseal/core/format';

const RECORD_ID = 'audit.record.id';

/**
 * The same record at another place: what waited in memory, or stood unsynced in a file that was given up. Content and
 * `audit.record.id` stay, so that a reader who has both can tell they are one record.
 *
 * @param place gives the chain fields for the record's id
 */
export function rechain(payload: string, place: (recordId: string) => ChainFields): string {
  const parsed = parsePayload(Buffer.from(payload));
  const attributes = new Map(parsed.attributes);
  const recordId = attributes.get(RECORD_ID);
  const chain = place(recordId?.type === 'string' ? recordId.value : '');
  setText(attributes, 'audit.sequence.stream_id', chain.streamId);
  setText(attributes, 'audit.sequence.previous_hash', chain.previousHash);
  setText(attributes, 'audit.sequence.previous_record_id', chain.previousRecordId);
  attributes.set('audit.sequence.number', { type: 'int', value: BigInt(chain.number) });
  return encodePayload({ ...parsed, attributes });
}

function setText(attributes: Map<string, TypedValue>, key: string, value: string | undefined): void {
  if (value === undefined) attributes.delete(key);
  else attributes.set(key, { type: 'string', value });
}
