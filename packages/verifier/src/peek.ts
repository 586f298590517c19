// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isNoteLine, parsePayload, parseStreamOrigin } from '@stepseal/core/format';
import { readNoteLine } from './note-check.ts';
import type { Segment } from './sources/source.ts';
import { chainFacts, type OpenFacts, openFacts } from './stream-facts.ts';

// One buffer for all, because memory must not grow with the number of segments: what is returned does not point into it.
const PEEKED = Buffer.allocUnsafeSlow(1 << 18);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

/** What the beginning of a segment claims, unproved. */
export interface Peek {
  readonly streamId: string | undefined;
  readonly open: OpenFacts | undefined;
  readonly empty: boolean;
}

/** Reads what a segment claims to be: from its first good line, else from its name. */
export function peek(segment: Segment): Peek {
  const reader = segment.open();
  try {
    const count = reader.read(PEEKED, 0, 0);
    const lines = PEEKED.subarray(0, count);
    let streamId: string | undefined;
    for (let start = 0; start < count; ) {
      const lf = lines.indexOf(0x0a, start);
      if (lf === -1) break;
      const line = lines.subarray(start, lf);
      const facts = readLine(line);
      if (start === 0 && facts.open !== undefined)
        return { streamId: facts.open.streamId, open: facts.open, empty: false };
      streamId = facts.streamId;
      if (streamId !== undefined) break;
      start = lf + 1;
    }
    return { streamId: streamId ?? UUID.exec(segment.name)?.[0], open: undefined, empty: count === 0 };
  } finally {
    reader.close();
  }
}

function readLine(line: Buffer): { streamId: string | undefined; open: OpenFacts | undefined } {
  try {
    if (isNoteLine(line))
      return { streamId: parseStreamOrigin(readNoteLine(line).checkpoint.origin).streamId, open: undefined };
    const payload = parsePayload(line);
    return { streamId: chainFacts(payload).streamId, open: openFacts(payload) };
  } catch {
    return { streamId: undefined, open: undefined };
  }
}
