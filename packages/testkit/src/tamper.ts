// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { encodePayload, MerkleTree, type Payload, parsePayload, type TypedValue } from '@stepseal/core/format';
import { lineHash, type NoteLine, type RecordLine, type SegmentLine } from './segment-lines.ts';
import { signedNoteLine } from './stream-builder.ts';
import type { TestKey } from './test-key.ts';
import { type TestValue, typedValue } from './typed-attributes.ts';

/**
 * What somebody with write access to a segment can do to it. Every function returns new lines and leaves its input alone.
 * Only {@link resign} needs a key.
 */

type Lines = readonly SegmentLine[];

export function recordIndex(lines: Lines, number: number): number {
  return found(
    lines.findIndex((line) => line.kind === 'record' && line.number === number),
    `record ${number}`,
  );
}

export function noteIndex(lines: Lines, size: number): number {
  return found(
    lines.findIndex((line) => line.kind === 'note' && line.size === size),
    `note ${size}`,
  );
}

export function recordAt(lines: Lines, number: number): RecordLine {
  return lines[recordIndex(lines, number)] as RecordLine;
}

export function noteAt(lines: Lines, size: number): NoteLine {
  return lines[noteIndex(lines, size)] as NoteLine;
}

function found(index: number, what: string): number {
  if (index === -1) {
    throw new RangeError(`the segment has no ${what}`);
  }
  return index;
}

export function dropRecords(lines: Lines, ...numbers: readonly number[]): SegmentLine[] {
  return lines.filter((line) => !(line.kind === 'record' && numbers.includes(line.number)));
}

export function dropNotes(lines: Lines, ...sizes: readonly number[]): SegmentLine[] {
  return lines.filter((line) => !(line.kind === 'note' && sizes.includes(line.size)));
}

/** All lines up to record `number`, that one included; a note that follows it is cut off. */
export function cutAfterRecord(lines: Lines, number: number): SegmentLine[] {
  return lines.slice(0, recordIndex(lines, number) + 1);
}

export function cutAfterNote(lines: Lines, size: number): SegmentLine[] {
  return lines.slice(0, noteIndex(lines, size) + 1);
}

export function swapLines(lines: Lines, a: number, b: number): SegmentLine[] {
  const swapped = [...lines];
  [swapped[a], swapped[b]] = [swapped[b] as SegmentLine, swapped[a] as SegmentLine];
  return swapped;
}

export function swapRecords(lines: Lines, a: number, b: number): SegmentLine[] {
  return swapLines(lines, recordIndex(lines, a), recordIndex(lines, b));
}

export function swapNotes(lines: Lines, a: number, b: number): SegmentLine[] {
  return swapLines(lines, noteIndex(lines, a), noteIndex(lines, b));
}

export function insertAt(lines: Lines, index: number, ...inserted: Lines): SegmentLine[] {
  return [...lines.slice(0, index), ...inserted, ...lines.slice(index)];
}

export function replaceAt(lines: Lines, index: number, ...replacement: Lines): SegmentLine[] {
  return [...lines.slice(0, index), ...replacement, ...lines.slice(index + 1)];
}

/** Edits the text of one record and nothing else: no hash is mended. */
export function editText(lines: Lines, number: number, edit: (text: string) => string): SegmentLine[] {
  const line = recordAt(lines, number);
  const text = edit(line.text);
  if (text === line.text) {
    throw new Error(`the edit of record ${number} changed nothing`);
  }
  return replaceAt(lines, recordIndex(lines, number), { ...line, text });
}

/** The same payload with some attributes set; `undefined` takes one away. Canonical again, and nothing else is mended. */
export function withAttributes(text: string, changes: Readonly<Record<string, TestValue | undefined>>): string {
  const payload = parsePayload(Buffer.from(text));
  const attributes = new Map<string, TypedValue>(payload.attributes);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) {
      attributes.delete(name);
    } else {
      attributes.set(name, typedValue(value));
    }
  }
  return encodePayload({ ...payload, attributes });
}

export function withPayload(text: string, changes: Partial<Payload>): string {
  return encodePayload({ ...parsePayload(Buffer.from(text)), ...changes });
}

export function setAttributes(
  lines: Lines,
  number: number,
  changes: Readonly<Record<string, TestValue | undefined>>,
): SegmentLine[] {
  return editText(lines, number, (text) => withAttributes(text, changes));
}

/** Numbers and links every record from `number` on again, as a forger without a key would to make the chain whole. */
export function relink(lines: Lines, number: number): SegmentLine[] {
  let previous: RecordLine | undefined;
  let next = 1;
  return lines.map((line) => {
    if (line.kind !== 'record') {
      return line;
    }
    const relinked = next > number || line.number >= number ? linkedTo(line, next, previous) : line;
    previous = relinked;
    next = relinked.number + 1;
    return relinked;
  });
}

function linkedTo(line: RecordLine, number: number, previous: RecordLine | undefined): RecordLine {
  const text = withAttributes(line.text, {
    'audit.sequence.number': number,
    'audit.sequence.previous_hash': previous && lineHash(previous),
    'audit.sequence.previous_record_id': previous && recordId(previous),
  });
  return { kind: 'record', number, text };
}

export function recordId(line: RecordLine): string {
  return /"audit\.record\.id":\{"stringValue":"([^"]*)"\}/.exec(line.text)?.[1] ?? '';
}

export interface Signers {
  readonly deployment: string;
  readonly streamId: string;
  /** Keys for the note of that size; `undefined` leaves the note as it was. */
  readonly keys: (size: number) => readonly TestKey[] | undefined;
}

/** Signs notes again over the records as they now stand: what a thief of the keys can do. */
export function resign(lines: Lines, signers: Signers): SegmentLine[] {
  const tree = new MerkleTree();
  const roots = new Map<number, string>();
  for (const line of lines) {
    if (line.kind === 'record') {
      tree.append(lineHash(line));
      roots.set(tree.size, tree.root());
    }
  }
  return lines.map((line) => {
    const keys = line.kind === 'note' ? signers.keys(line.size) : undefined;
    const root = line.kind === 'note' ? roots.get(line.size) : undefined;
    return line.kind === 'note' && keys !== undefined && root !== undefined
      ? signedNoteLine(signers.deployment, signers.streamId, line.size, root, keys)
      : line;
  });
}
