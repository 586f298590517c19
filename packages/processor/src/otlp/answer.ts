// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { PartialSuccess } from './logs-encoding.ts';
import { readFields } from './protobuf-fields.ts';

type Answer = PartialSuccess | 'unreadable' | undefined;

/** An honest answer is a number and a sentence. */
const MAX_BYTES = 65_536;
const MAX_MESSAGE = 200;

const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** What a server said, fit to be shown and kept: at most 200 characters, control characters and line ends as one space. */
export function answerText(text: string): string {
  const clean = text
    .slice(0, 4 * MAX_MESSAGE)
    .replaceAll(CONTROL, ' ')
    .trim();
  return Buffer.from([...clean].slice(0, MAX_MESSAGE).join('')).toString();
}

/** `ExportLogsServiceResponse` in protobuf: partial_success = 1, in it rejected_log_records = 1, error_message = 2. */
export function readProtobufAnswer(body: Uint8Array): Answer {
  if (body.length === 0) return undefined;
  if (body.length > MAX_BYTES) return 'unreadable';
  const answer = readFields(body);
  if (answer === undefined) return 'unreadable';
  let rejected = 0n;
  let message = '';
  for (const { number, value } of answer) {
    if (number !== 1) continue;
    const partial = value instanceof Uint8Array ? readFields(value) : undefined;
    if (partial === undefined) return 'unreadable';
    // Of a field that comes twice the last one counts, and two messages are merged field by field.
    for (const field of partial) {
      if (field.number === 1 && typeof field.value === 'bigint') rejected = BigInt.asIntN(64, field.value);
      if (field.number === 2 && field.value instanceof Uint8Array) message = Buffer.from(field.value).toString();
    }
  }
  return partialSuccess(rejected, message);
}

/** The same in JSON; 64-bit numbers come as strings, from some servers as numbers. */
export function readJsonAnswer(body: Uint8Array): Answer {
  if (body.length === 0) return undefined;
  if (body.length > MAX_BYTES) return 'unreadable';
  let answer: unknown;
  try {
    answer = JSON.parse(Buffer.from(body).toString());
  } catch {
    return 'unreadable';
  }
  if (!isObject(answer)) return 'unreadable';
  const partial = answer['partialSuccess'] ?? answer['partial_success'];
  if (partial === undefined || partial === null) return undefined;
  if (!isObject(partial)) return 'unreadable';
  const count = partial['rejectedLogRecords'] ?? partial['rejected_log_records'] ?? '0';
  const message = partial['errorMessage'] ?? partial['error_message'] ?? '';
  const digits = typeof count === 'number' && Number.isSafeInteger(count) ? String(count) : count;
  if (typeof digits !== 'string' || !/^-?[0-9]{1,19}$/.test(digits) || typeof message !== 'string') return 'unreadable';
  return partialSuccess(BigInt(digits), message);
}

function partialSuccess(rejected: bigint, message: string): Answer {
  if (rejected < 0n) return 'unreadable';
  if (rejected === 0n && message === '') return undefined;
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return { rejected: Number(rejected < most ? rejected : most), message: answerText(message) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
