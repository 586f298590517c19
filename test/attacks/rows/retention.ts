// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { MerkleTree } from '@stepseal/core/format';
import { lineHash, type StreamBuilder, TestWriter, testKey, writeOne } from '@stepseal/testkit';
import { ALL, type Base, type BaseName, headsText, trustText, withLines } from '../bases.ts';
import { type Attacked, on, type Row, type Variant } from '../variant.ts';
import { ATTACKER } from './signed-notes.ts';

interface Claim {
  readonly streamId: string;
  readonly size: number;
  readonly root: string;
}

/** Records of the target under its last note. */
const sealedSize = ({ stream }: Base): number => stream.sealingNumbers.at(-1) ?? 0;

const claimOf = (stream: StreamBuilder, size = stream.sealingNumbers.at(-1) ?? 0): Claim => ({
  streamId: stream.streamId,
  size,
  root: stream.rootAt(size),
});

const known = (base: Base): Attacked => ({
  knownHeads: headsText([{ stream: base.stream, size: sealedSize(base), closed: sealedSize(base) === 19 }]),
});

/** Another writer of the deployment, which declares streams deleted. */
function declaring(base: Base, writer: Partial<TestWriter>, ...claims: readonly Claim[]): TestWriter {
  const { deployment = 'demo.bank', identity } = writer;
  const pruner = new TestWriter({
    label: 'attack/pruner',
    clock: base.writer.clock,
    deployment,
    ...(identity === undefined ? {} : { identity }),
  });
  writeOne(pruner.start(), '4001');
  for (const { streamId, size, root } of claims)
    pruner.current.record('stepseal.prune', {
      'stepseal.prune.stream_id': streamId,
      'stepseal.prune.size': size,
      'stepseal.prune.root': root,
      'stepseal.prune.policy': 'older than 604800000 ms',
    });
  return pruner;
}

/** The base without its target, beside the streams of whoever declares it. */
function without(base: Base, declarer: TestWriter): Map<string, Uint8Array> {
  const files = withLines(base.control.sources[0] ?? new Map(), base.path, undefined);
  return new Map([...files, ...declarer.files()]);
}

const declared = (
  bases: readonly BaseName[],
  claim: (base: Base) => Claim,
  more: (base: Base) => Attacked = known,
  writer: Partial<TestWriter> = {},
): Variant =>
  on(bases, (base) => ({ files: without(base, declaring(base, writer, claim(base)).close()), ...more(base) }));

const whole = ({ stream }: Base): Claim => claimOf(stream);
const nothing = (): Attacked => ({});

function everyRecord({ stream }: Base): Claim {
  const tree = new MerkleTree();
  for (const line of stream.lines) if (line.kind === 'record') tree.append(lineHash(line));
  return { streamId: stream.streamId, size: tree.size, root: tree.root() };
}

const shop = { deployment: 'demo.shop', identity: testKey('demo.shop', 'identity/demo.shop') };

/** Row 75. */
export const declaredDeletions: Row = {
  'declared, unknown before': declared([...ALL, 'handed'], whole, nothing),
  'declared, known heads': declared([...ALL, 'handed'], whole),
  'declared with the records that no note covered': declared(['crashed', 'adopted'], everyRecord),
  'all streams but the one that declares it': on(['rolled', 'handed'], (base) => {
    const streams = base.writer.streams.map(({ stream }) => stream);
    const pruner = declaring(base, {}, ...streams.map((stream) => claimOf(stream))).close();
    const heads = streams.map((stream) => ({ stream, size: stream.number, closed: true }));
    const newest = { [streams[0]?.streamId ?? '']: streams.at(-1)?.streamId ?? '' };
    return { files: pruner.files(), knownHeads: headsText(heads, newest) };
  }),
  'declared anew when the stream that declared it is deleted': on(['closed'], (base) => {
    const pruner = declaring(base, {}, claimOf(base.stream)).close();
    const first = pruner.streams[0]?.stream ?? base.stream;
    const later = declaring(base, {}, claimOf(base.stream), claimOf(first));
    const heads = [base.stream, first].map((stream) => ({ stream, size: stream.number, closed: true }));
    return { files: without(base, later.close()), knownHeads: headsText(heads) };
  }),
  'declared before a crash that left the file': on(ALL, (base) => {
    const pruner = declaring(base, {}, whole(base)).close();
    return { files: new Map([...(base.control.sources[0] ?? new Map()), ...pruner.files()]), ...known(base) };
  }),
  'undeclared, known heads': on(ALL, (base) => ({ files: without(base, declaring(base, {}).close()), ...known(base) })),
  'declared with another root, known heads': declared(ALL, ({ stream }) => ({
    ...claimOf(stream),
    root: stream.rootAt(12),
  })),
  'declared with fewer records, known heads': declared(ALL, ({ stream }) => claimOf(stream, 12)),
  'declared with more records than its closing note': declared(['closed', 'rolled'], ({ stream }) => ({
    ...claimOf(stream),
    size: 20,
  })),
  'declared with fewer records than its successor names': declared(
    ['rolled'],
    ({ stream }) => claimOf(stream, 17),
    nothing,
  ),
  'declared under no note': on(ALL, (base) => ({
    files: without(base, declaring(base, {}, whole(base)).crash()),
    ...known(base),
  })),
  'declared by a stream that nobody vouches for': declared(ALL, whole, known, { identity: ATTACKER }),
  'declared by another deployment of the policy': declared(
    ALL,
    whole,
    (base) => ({ ...known(base), trust: trustText(base.writer.identity, shop.identity) }),
    shop,
  ),
  'another stream declared': declared(ALL, (base) => ({
    ...whole(base),
    streamId: '019a0000-0000-7000-8000-000000000000',
  })),
};
