// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const EVENT_NAME = Buffer.from('"event_name":"');
const TIMESTAMP = Buffer.from('"timestamp":"');
const QUOTE = 0x22;

/**
 * Name and time of a record for people and figures, read from its bytes without parsing: its last keys stand behind
 * attributes and body. Damaged lines give an empty name.
 */
export function recordFacts(payload: Uint8Array): { eventName: string; timeMs?: number } {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const eventName = after(bytes, EVENT_NAME);
  const timestamp = after(bytes, TIMESTAMP);
  return {
    eventName: /^[\w.]{1,128}$/.test(eventName) ? eventName : '',
    ...(/^\d{1,20}$/.test(timestamp) ? { timeMs: Number(BigInt(timestamp) / 1_000_000n) } : {}),
  };
}

function after(bytes: Buffer, key: Buffer): string {
  const at = bytes.lastIndexOf(key);
  if (at === -1) return '';
  const from = at + key.length;
  const end = bytes.indexOf(QUOTE, from);
  return end === -1 || end - from > 256 ? '' : bytes.toString('utf8', from, end);
}
