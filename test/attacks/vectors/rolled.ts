// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { cutAfterNote, StreamBuilder, setAttributes, TestWriter, writeOne } from '@stepseal/testkit';
import type { VectorCase } from './case.ts';
import { ATTACKER, altered, BANK, byName, loss, make, streamOf, t } from './make.ts';
import { writeVectorBody } from './streams.ts';

/** Three streams, each of which carries the identity. */
function rolledWriter(): TestWriter {
  const writer = new TestWriter({ label: 'vectors, every stream', identity: BANK });
  writeOne(writer.start(), 'before');
  writeVectorBody(writer.roll());
  writeOne(writer.roll(), 'after');
  return writer.close();
}

/** What becomes of rolled streams where every stream carries the identity. */
export function rolledStreams(): VectorCase[] {
  const rolled = rolledWriter();
  const [first, middle, last] = [streamOf(rolled, 0), streamOf(rolled, 1), streamOf(rolled, 2)];
  const without = (index: number): Map<string, Uint8Array> => {
    const files = byName(rolled);
    files.delete(`${streamOf(rolled, index).streamId}.ndjson`);
    return files;
  };
  const stolen = new TestWriter({ label: 'vectors, rolled on', identity: BANK });
  writeOne(stolen.start(), 'a');
  const thief = { label: 'vectors, thief', streamKey: ATTACKER, clock: stolen.clock };
  const next = new StreamBuilder(thief);
  const target = stolen.current.close({ next });
  const predecessor = {
    cause: 'roll',
    streamId: target.streamId,
    number: target.number,
    hash: target.lastHash,
  } as const;
  const forged = new StreamBuilder({ ...thief, streamId: next.streamId, predecessor });
  writeOne(forged.open(), 'x').close();
  const other = new StreamBuilder({
    label: 'vectors, other key',
    streamId: last.streamId,
    streamKey: ATTACKER,
    identity: BANK,
    clock: rolled.clock,
    predecessor: { cause: 'roll', streamId: middle.streamId, number: middle.number, hash: middle.lastHash },
  });
  writeOne(other.open(), 'x').close();
  return [
    make('rolled-identity', 'Three streams, each rolled into the next; all of them carry the identity.', rolled, [
      loss(middle.streamId),
    ]),
    make(
      'rolled-first-missing',
      'The first of them deleted: the others stand by themselves.',
      rolled,
      [t('STREAM_MISSING', first.streamId, 1, first.number), loss(middle.streamId)],
      { files: without(0) },
    ),
    make(
      'rolled-cut',
      'The middle one cut behind its second note; its successor names the end that it had.',
      rolled,
      [t('TRUNCATED', middle.streamId, 4, middle.number)],
      { files: altered(rolled, (lines) => cutAfterNote(lines, 3), 1) },
    ),
    make(
      'rolled-open-edited',
      'The identity in the open record of the middle one exchanged.',
      rolled,
      [t('MODIFIED', middle.streamId, 1)],
      { files: altered(rolled, (lines) => setAttributes(lines, 1, { 'stepseal.identity.vkey': ATTACKER.vkey }), 1) },
    ),
    make(
      'rolled-on',
      'Who holds a stream’s key closes it and rolls on into a stream of his own, without the identity.',
      stolen,
      [t('KEY_NOT_AUTHORISED', next.streamId)],
      { files: byName(stolen).set(`${next.streamId}.ndjson`, forged.bytes()) },
    ),
    make(
      'promised-to-another-key',
      'The last one written anew by who holds the identity: its predecessor promised its id to another stream key.',
      rolled,
      [t('KEY_NOT_AUTHORISED', last.streamId), loss(middle.streamId)],
      { files: byName(rolled).set(`${last.streamId}.ndjson`, other.bytes()) },
    ),
  ];
}
