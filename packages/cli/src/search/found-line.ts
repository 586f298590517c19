// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isNoteLine, parsePayload, recordHash } from '@stepseal/core/format';
import type { ToldRecord } from '../story/told-record.ts';

/** A line that was found, and what stands in it. */
export interface FoundLine {
  readonly bytes: Buffer;
  readonly record: ToldRecord;
}

/** A line as a record; undefined where it is none, or has no place in a stream. */
export function toldRecord(line: Buffer): ToldRecord | undefined {
  if (isNoteLine(line)) return undefined;
  let payload;
  try {
    payload = parsePayload(line);
  } catch {
    return undefined;
  }
  const { attributes, body, eventName = '', timestamp = 0n } = payload;
  const stream = attributes.get('audit.sequence.stream_id');
  const number = attributes.get('audit.sequence.number');
  if (stream?.type !== 'string' || number?.type !== 'int') return undefined;
  return {
    eventName,
    timeMs: Number(timestamp / 1_000_000n),
    stream: stream.value,
    number: Number(number.value),
    hash: recordHash(line),
    attributes,
    ...(body?.type === 'string' && { body: body.value }),
  };
}
