// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { adoption, type TestWriter, testKey, writeOne } from '@stepseal/testkit';
import type { VectorCase } from './case.ts';
import { BANK, byName, incomplete, info, loss, make, policy, streamOf } from './make.ts';
import { closedWriter, crashedWriter, newWriter, rolledWriter, writeVectorBody } from './streams.ts';

/** What must not alarm, or only say that something is unfinished. */
export function genuineStreams(): VectorCase[] {
  const closed = closedWriter();
  const crashed = crashedWriter(false);
  const adopted = crashedWriter(true);
  const torn = crashedWriter(true, Buffer.from('{"attributes":{"audit.rec'));
  const hole = crashedWriter(true, Buffer.alloc(64));
  const rolled = rolledWriter();
  const live = newWriter();
  writeVectorBody(live.start());
  const id = (writer: TestWriter, index = 0): string => streamOf(writer, index).streamId;
  return [
    make('closed', 'A stream that ended well.', closed, [loss(id(closed))]),
    make('crashed', 'Killed with one record behind the last note; nobody has adopted it yet.', crashed, [
      incomplete('TAIL_UNSEALED', id(crashed), 7),
      loss(id(crashed)),
    ]),
    make('adopted', 'The same, and the next process has named what it found.', adopted, [
      info('ADOPTED', id(adopted), 7),
      loss(id(adopted)),
    ]),
    make('adopted-torn', 'Killed in the middle of a line, adopted with its torn bytes.', torn, [
      info('ADOPTED', id(torn), 7),
      loss(id(torn)),
    ]),
    make('adopted-hole', 'A power cut left zeros at the end; adopted.', hole, [
      info('ADOPTED', id(hole), 7),
      loss(id(hole)),
    ]),
    make('rolled', 'Three streams, each rolled into the next; only the first carries the identity.', rolled, [
      loss(id(rolled, 1)),
    ]),
    make(
      'live',
      'A stream that is being written, 200 ms after its last record.',
      live,
      [info('TAIL_OPEN', id(live), 7), loss(id(live))],
      { now: live.clock.wallMs + 200 },
    ),
    identityRotated(),
    abandoned(),
    pruned(),
  ];
}

function identityRotated(): VectorCase {
  const writer = newWriter();
  writeOne(writer.start(), 'a');
  writer.close();
  writer.clock.advance(1_000);
  writer.identity = testKey('demo.bank', 'identity of next year');
  writeOne(writer.start(), 'b');
  writer.close();
  return make('identity-rotated', 'Two processes under two identities, both in the policy.', writer, [], {
    trust: policy(BANK, writer.identity),
  });
}

/** The disk failed behind note 6: record 7 was given up there and stands again in the next stream. */
function abandoned(): VectorCase {
  const writer = newWriter();
  const stream = writeVectorBody(writer.start());
  const synced = stream.lines.slice(0, -1);
  writer.crash();
  writer.startAfter({ ...adoption(stream.streamId, synced, new Uint8Array()), cause: 'io_error' });
  writeOne(writer.current, 'c');
  writer.close();
  return make('abandoned', 'A disk error behind note 6; record 7 was written again into the next stream.', writer, [
    info('ADOPTED', stream.streamId),
    info('ABANDONED', stream.streamId, 7),
    loss(stream.streamId),
  ]);
}

/** A stream whose deletion a later one declares. */
function pruned(): VectorCase {
  const writer = newWriter();
  const gone = writeVectorBody(writer.start());
  writer.close();
  writer.clock.advance(1_000);
  const later = writer.start();
  later.record('stepseal.prune', {
    'stepseal.prune.stream_id': gone.streamId,
    'stepseal.prune.size': gone.number,
    'stepseal.prune.root': gone.rootAt(gone.number),
    'stepseal.prune.policy': '7 days',
  });
  writer.close();
  const files = byName(writer);
  files.delete(`${gone.streamId}.ndjson`);
  return make(
    'pruned',
    'A stream deleted by retention, as its successor declares.',
    writer,
    [info('PRUNED', gone.streamId)],
    {
      files,
    },
  );
}
