// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const EVENT_NAME = Buffer.from('"event_name":"');
const OBSERVED = Buffer.from('"observed_timestamp":"');
const TIMESTAMP = Buffer.from('"timestamp":"');
const QUOTE = 0x22;

/**
 * Name and times of a record for people and figures, read from its bytes without parsing: its last keys stand behind
 * attributes and body. Damaged lines give an empty name.
 */
export function recordFacts(payload: Uint8Array): { eventName: string; timeMs?: number; observedMs?: number } {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const eventName = after(bytes, EVENT_NAME);
  const timeMs = msAfter(bytes, TIMESTAMP);
  const observedMs = msAfter(bytes, OBSERVED);
  return {
    eventName: /^[\w.]{1,128}$/.test(eventName) ? eventName : '',
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(observedMs === undefined ? {} : { observedMs }),
  };
}

function msAfter(bytes: Buffer, key: Buffer): number | undefined {
  const text = after(bytes, key);
  return /^\d{1,20}$/.test(text) ? Number(BigInt(text) / 1_000_000n) : undefined;
}

function after(bytes: Buffer, key: Buffer): string {
  const at = bytes.lastIndexOf(key);
  if (at === -1) return '';
  const from = at + key.length;
  const end = bytes.indexOf(QUOTE, from);
  return end === -1 || end - from > 256 ? '' : bytes.toString('utf8', from, end);
}
