// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Payload, parsePayload, type TypedValue } from '@stepseal/core/format';
import type { SealingErrorCode } from './errors.ts';
import type { Gap, GapCause } from './gap-tally.ts';

/** Records of the chain itself: the next stream has its own. */
const OF_THE_STREAM = new Set(['stepseal.stream.open', 'stepseal.seal', 'stepseal.stream.close']);

/** What must come again from a file that was given up: its records, and the losses it had declared. */
export function salvage(lines: readonly string[]): { payloads: string[]; gaps: Gap[] } {
  const payloads: string[] = [];
  const gaps: Gap[] = [];
  for (const line of lines) {
    if (line.startsWith('{"note":')) continue;
    const payload = parsePayload(Buffer.from(line));
    if (payload.eventName === 'stepseal.gap') gaps.push(gapOf(payload));
    else if (payload.eventName === undefined || !OF_THE_STREAM.has(payload.eventName)) payloads.push(line);
  }
  return { payloads, gaps };
}

/** How a gap record calls what blocked the writer. */
export function gapCause(code: SealingErrorCode): GapCause {
  switch (code) {
    case 'DISK_FULL':
      return 'disk_full';
    case 'NOT_WRITABLE':
      return 'not_writable';
    case 'NO_KEY':
      return 'no_key';
    default:
      return 'write_error';
  }
}

function gapOf({ attributes }: Payload): Gap {
  const count = attributes.get('stepseal.gap.count');
  const names = attributes.get('stepseal.gap.event_names');
  return {
    cause: text(attributes.get('stepseal.gap.cause')) as GapCause,
    count: count?.type === 'int' ? Number(count.value) : 0,
    eventNames: new Set(names?.type === 'array' ? names.value.map(text) : []),
    firstTimeMs: Date.parse(text(attributes.get('stepseal.gap.first_time'))),
    lastTimeMs: Date.parse(text(attributes.get('stepseal.gap.last_time'))),
  };
}

function text(value: TypedValue | undefined): string {
  return value?.type === 'string' ? value.value : '';
}
