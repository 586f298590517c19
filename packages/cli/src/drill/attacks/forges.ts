// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { basename } from 'node:path';
import { encodePayload, parseNote, parseNoteLine, type TypedValue } from '@stepseal/core/format';
import { type Attack, NOTHING_SUITABLE, planFor, replaceLine } from '../attack.ts';
import { ecdsaKey, ed25519Key, type ForgerKey } from '../forger-key.ts';
import { type Ground, nameOf, notesOf, payloadOf, type Target } from '../ground.ts';
import { relinked, resigned, signedNote } from '../reseal.ts';
import { rewritten, type SegmentLine } from '../segment-lines.ts';
import { otherText, scalarText, spelled } from '../words.ts';

/** Changes with all that a forger can mend mended, but for the keys, which he does not have. */
export const FORGES: readonly Attack[] = [
  {
    kind: 'forge',
    id: 'forge-hashes',
    title: 'a value is changed and all hashes are made anew',
    plan(ground) {
      const edit = editedStream(ground);
      if (edit === undefined) return NOTHING_SUITABLE;
      const { target, lines, what } = edit;
      const done = `${what}; the hashes of all records behind it are made anew, the notes are left.`;
      return planFor(target.stream, target.line.number, relinked(lines), done);
    },
  },
  {
    kind: 'forge',
    id: 'forge-notes',
    title: 'a value is changed and all notes are signed by another key',
    plan(ground) {
      const edit = editedStream(ground);
      if (edit === undefined) return NOTHING_SUITABLE;
      const { target, lines, what } = edit;
      const { stream } = target;
      const forged = resigned(stream, relinked(lines), ed25519Key(stream.deployment));
      return planFor(
        stream,
        undefined,
        forged,
        `${what}; all hashes are made anew and all notes signed by the forger's key.`,
      );
    },
  },
  {
    kind: 'forge',
    id: 'forge-key',
    title: "the whole stream is made anew under the forger's own key",
    plan(ground) {
      const edit = editedStream(ground);
      if (edit === undefined) return NOTHING_SUITABLE;
      const { target, lines, what } = edit;
      const { stream } = target;
      const key = ed25519Key(stream.deployment);
      const forged = resigned(stream, relinked(withVkey(lines, key)), key);
      const done = `${what}; the first record names the forger's key, all hashes are made anew and all notes signed by it.`;
      return planFor(stream, undefined, forged, done);
    },
  },
  {
    kind: 'forge',
    id: 'forge-algorithm',
    title: 'a note is signed by another algorithm',
    plan(ground) {
      // Damage to the last note of a stream that is not closed is what a crash leaves: it proves nothing and hides nothing.
      const stream = ground.stream((one) => one.closed || notesOf(one).length > 1);
      const notes = stream === undefined ? [] : notesOf(stream);
      const note = ground.random.pick(stream?.closed === true ? notes : notes.slice(0, -1));
      if (stream === undefined || note === undefined) return NOTHING_SUITABLE;
      const { text, signatures } = parseNote(parseNoteLine(note.bytes.subarray(0, -1)));
      const keys = signatures.map(() => ecdsaKey(stream.deployment));
      const forged = rewritten(note, signedNote(text, keys));
      const done = `The note over ${note.number} records of ${basename(stream.path)} is signed by ECDSA P-256 instead of Ed25519.`;
      return planFor(stream, note.number, replaceLine(stream, note, forged), done);
    },
  },
];

function editedStream(ground: Ground): { target: Target; lines: SegmentLine[]; what: string } | undefined {
  const text = ({ payload }: Target): [string, TypedValue][] =>
    [...payload.attributes].filter(([name, { type }]) => type === 'string' && !name.startsWith('audit.'));
  const target = ground.target((one) => text(one).length > 0 && one.line.number < one.stream.noted);
  const attribute = target && ground.random.pick(text(target));
  if (target === undefined || attribute === undefined) return undefined;
  const [name, old] = attribute;
  const value: TypedValue = { type: 'string', value: otherText(scalarText(old)) };
  const attributes = new Map(target.payload.attributes).set(name, value);
  const edited = rewritten(target.line, encodePayload({ ...target.payload, attributes }));
  return {
    target,
    lines: replaceLine(target.stream, target.line, edited),
    what: `In ${nameOf(target)}, ${name} said ${spelled(old)}, and now says ${spelled(value)}`,
  };
}

function withVkey(lines: readonly SegmentLine[], key: ForgerKey): SegmentLine[] {
  return lines.map((line) => {
    if (line.kind !== 'record' || line.number !== 1) return line;
    const payload = payloadOf(line);
    const attributes = new Map(payload.attributes);
    for (const name of ['stepseal.stream.vkey', 'stepseal.identity.vkey']) {
      if (attributes.has(name)) attributes.set(name, { type: 'string', value: key.vkey });
    }
    return rewritten(line, encodePayload({ ...payload, attributes }));
  });
}
