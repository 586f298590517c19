// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  encodePayload,
  formatCheckpoint,
  formatNote,
  MerkleTree,
  noteLine,
  parseNote,
  parseNoteLine,
  recordHash,
  streamOrigin,
} from '@stepseal/core/format';
import type { ForgerKey } from './forger-key.ts';
import { type DrillStream, payloadOf } from './ground.ts';
import { rewritten, type SegmentLine } from './segment-lines.ts';

/** The same lines with every link between records made to hold again, which takes no key. */
export function relinked(lines: readonly SegmentLine[]): SegmentLine[] {
  let before: string | undefined;
  return lines.map((line) => {
    if (line.kind !== 'record') return line;
    const payload = payloadOf(line);
    const attributes = new Map(payload.attributes);
    if (before !== undefined) attributes.set('audit.sequence.previous_hash', { type: 'string', value: before });
    const next = rewritten(line, encodePayload({ ...payload, attributes }));
    before = recordHash(next.bytes.subarray(0, -1));
    return next;
  });
}

/** The same lines with every note over the records as they now stand, each signature made by `key`. */
export function resigned(stream: DrillStream, lines: readonly SegmentLine[], key: ForgerKey): SegmentLine[] {
  const tree = new MerkleTree();
  const roots = new Map<number, string>();
  for (const { kind, bytes } of lines) {
    if (kind !== 'record') continue;
    tree.append(recordHash(bytes.subarray(0, -1)));
    roots.set(tree.size, tree.root());
  }
  return lines.map((line) => {
    const root = roots.get(line.number);
    if (line.kind !== 'note' || root === undefined) return line;
    const text = formatCheckpoint({ origin: streamOrigin(stream.deployment, stream.id), size: line.number, root });
    const { signatures } = parseNote(parseNoteLine(line.bytes.subarray(0, -1)));
    return rewritten(
      line,
      signedNote(
        text,
        signatures.map(() => key),
      ),
    );
  });
}

/** The note line of `text` with one signature by each key. */
export function signedNote(text: string, keys: readonly Pick<ForgerKey, 'line'>[]): string {
  return noteLine(
    formatNote(
      text,
      keys.map((key) => key.line(text)),
    ),
  );
}
