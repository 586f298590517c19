// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { editText, type SegmentLine, segmentBytes, TestWriter, writeStepUp } from '@stepseal/testkit';
import {
  type Finding,
  memorySource,
  parseTrustPolicy,
  type Report,
  type TrustPolicy,
  verify,
} from '@stepseal/verifier';
import { beforeEach, expect, test } from 'vitest';
import { headsSince } from '../src/watch/heads-since.ts';
import { type Round, Rounds } from '../src/watch/rounds.ts';
import { VerificationFigures } from '../src/watch/verification-metrics.ts';
import { unverifiedEvent, verifiedEvent } from '../src/watch/verified-event.ts';

/** What is watched: the lines of each stream, which tests change under the watch. */
let streams: Map<string, readonly SegmentLine[]>;
/** What each round read; undefined for everything. */
let read: (readonly string[] | undefined)[];
let ids: string[];
let writer: TestWriter;

beforeEach(() => {
  writer = new TestWriter({ label: 'watch', deployment: 'demo.bank' });
  writeStepUp(writer.start(), 'one');
  writer.current.seal();
  writer.roll();
  writeStepUp(writer.current, 'two');
  writer.close();
  streams = new Map(writer.streams.map(({ stream }) => [stream.streamId, stream.lines]));
  ids = [...streams.keys()];
  read = [];
});

function watched(fullEvery = 100): Rounds {
  return new Rounds({ look: () => Promise.resolve(outline()), verify: verifyThese, fullEvery });
}

function outline(): { streams: Map<string, string>; rest: string } {
  return {
    streams: new Map([...streams].map(([id, lines]) => [id, segmentBytes(lines).toString('base64')])),
    rest: '',
  };
}

function filesOf(picked: readonly string[] | undefined): Map<string, Uint8Array> {
  const here = [...streams].filter(([id]) => picked?.includes(id) !== false);
  return new Map(here.map(([id, lines]): [string, Uint8Array] => [`${id}.ndjson`, segmentBytes(lines)]));
}

function trustOf({ identity }: TestWriter): TrustPolicy {
  const identities = [identity.vkey];
  return parseTrustPolicy(
    JSON.stringify({ version: 1, deployments: { 'demo.bank': { identities, collectors: [], overrides: [] } } }),
  );
}

function verifyThese(picked: readonly string[] | undefined): Promise<Report> {
  read.push(picked);
  return verify({
    sources: [memorySource(filesOf(picked), picked === undefined)],
    trust: trustOf(writer),
    since: picked === undefined ? undefined : Date.now(),
  });
}

const gradeOf = ({ grade, extent }: Round): string => `${extent} ${grade}`;

test('the first round reads everything, and the next nothing where nothing has changed', async () => {
  const rounds = watched();
  expect(gradeOf(await rounds.next())).toBe('full SEALED');
  expect(gradeOf(await rounds.next())).toBe('grown SEALED');
  expect(read).toEqual([undefined]);
});

test('only the stream that has changed is read, and what is new against it is confirmed by reading everything', async () => {
  const rounds = watched();
  await rounds.next();
  const [first = '', second = ''] = ids;
  const before = streams.get(second) ?? [];
  streams.set(
    second,
    editText(before, 2, (text) => text.replace('two', 'six')),
  );
  const alarm = await rounds.next();
  expect([gradeOf(alarm), read]).toEqual(['full TAMPERED', [undefined, [second], undefined]]);
  expect(
    alarm.findings.filter(({ severity }) => severity === 'tampered').every(({ stream }) => stream === second),
  ).toBe(true);
  expect(first).not.toBe(second);
});

test('an alarm does not go away because nothing grows any more', async () => {
  const rounds = watched();
  const [, second = ''] = ids;
  const before = streams.get(second) ?? [];
  streams.set(
    second,
    editText(before, 2, (text) => text.replace('two', 'six')),
  );
  expect(gradeOf(await rounds.next())).toBe('full TAMPERED');
  const next = await rounds.next();
  expect([gradeOf(next), read.at(-1)]).toEqual(['grown TAMPERED', [second]]);
  streams.set(second, before);
  expect(gradeOf(await rounds.next())).toBe('grown SEALED');
});

test('a stream that is gone has everything read', async () => {
  const rounds = watched();
  await rounds.next();
  streams.delete(ids[0] ?? '');
  const round = await rounds.next();
  expect([round.extent, read.length]).toEqual(['full', 2]);
  expect(round.findings.map(({ code }: Finding) => code)).toContain('STREAM_MISSING');
});

test('everything is read every so many rounds', async () => {
  const rounds = watched(3);
  const extents: string[] = [];
  for (let round = 0; round < 7; round++) extents.push((await rounds.next()).extent);
  expect(extents).toEqual(['full', 'grown', 'grown', 'full', 'grown', 'grown', 'full']);
});

test('after a round that failed everything is read', async () => {
  let fail = false;
  const look = () => (fail ? Promise.reject(new Error('away')) : Promise.resolve(outline()));
  const rounds = new Rounds({ look, verify: verifyThese, fullEvery: 100 });
  await rounds.next();
  fail = true;
  await expect(rounds.next()).rejects.toThrow('away');
  fail = false;
  expect((await rounds.next()).extent).toBe('full');
});

test('the record of a round says what was found, by severity and code', async () => {
  const [, second = ''] = ids;
  streams.set(
    second,
    editText(streams.get(second) ?? [], 2, (text) => text.replace('two', 'six')),
  );
  const round = await watched().next();
  const context = {
    deployment: 'demo.bank/verifier',
    sources: ['logs-*'],
    kind: 'elasticsearch',
    durationMs: 12.4,
    nowMs: (round.lastNoteMs ?? 0) + 1_500,
    knownStreams: 2,
    knownHeadsHash: undefined,
    trustPolicyHash: 'aa',
  } as const;
  const { attributes, eventName } = verifiedEvent(round, context);
  expect(eventName).toBe('stepseal.verified');
  expect(attributes).toMatchObject({
    'audit.outcome': 'failure',
    'stepseal.verified.grade': 'TAMPERED',
    'stepseal.verified.extent': 'full',
    'stepseal.verified.last_note_age_ms': 1_500,
    'stepseal.verified.duration_ms': 12,
    'stepseal.verified.trust_policy_hash': 'aa',
  });
  expect(attributes['stepseal.verified.findings.tampered']).toBeGreaterThan(0);
  expect(attributes['stepseal.verified.codes']).toContain('MODIFIED');
  expect(unverifiedEvent('ELASTIC_UNREACHABLE', context).attributes).toMatchObject({
    'audit.outcome': 'unknown',
    'stepseal.verified.grade': 'CANNOT_VERIFY',
    'stepseal.verified.codes': ['ELASTIC_UNREACHABLE'],
  });
});

test('metrics show the last verdict, one that was not reached included, and docs/metrics.md lists them all', async () => {
  const figures = new VerificationFigures();
  const read = (name: string): unknown =>
    figures
      .measures()
      .find((measure) => measure.name === `stepseal.verification.${name}`)
      ?.read();
  expect([read('exit_code'), read('age')]).toEqual([undefined, undefined]);
  figures.verified(await watched().next(), Date.now() - 5_000, 250);
  expect([read('exit_code'), read('duration'), Number(read('records')) > 0]).toEqual([0, 0.25, true]);
  expect(read('age')).toBeGreaterThanOrEqual(5);
  figures.failed();
  expect(read('exit_code')).toBe(3);
  expect(read('runs')).toEqual([
    { value: 1, attributes: { 'stepseal.verified.grade': 'SEALED', 'stepseal.verified.extent': 'full' } },
    { value: 1, attributes: { 'stepseal.verified.grade': 'CANNOT_VERIFY', 'stepseal.verified.extent': 'full' } },
  ]);
  const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(stepseal\.verification\.[\w.]+)` \| (\w+) \| `([^`]+)` \|/gm)];
  expect(rows.map(([, name, kind, unit]) => [name, kind, unit])).toEqual(
    figures.measures().map(({ name, kind, unit }) => [name, kind, unit]),
  );
});

test('what retention deleted is not missed by a watch of the time that is kept, and what is deleted within it is', async () => {
  const all = { sources: [memorySource(filesOf(ids))], trust: trustOf(writer) };
  const { knownHeads, streams: seen } = await verify(all);
  expect([knownHeads.streams.size, knownHeads.writers.size]).toEqual([2, 1]);
  const [first = '', second = ''] = ids;
  const beganMs = Number.parseInt(second.slice(0, 8) + second.slice(9, 13), 16);
  const since = beganMs - 60_000;
  const kept = headsSince(knownHeads, since);
  expect([kept?.streams.has(first), kept?.streams.has(second), seen.length]).toEqual([false, true, 2]);
  const judged = async (left: readonly string[], heads = kept): Promise<string> => {
    const sources = [memorySource(filesOf(left))];
    return (await verify({ ...all, sources, knownHeads: heads, since: beganMs + 60_000 })).grade;
  };
  expect(await judged([second], knownHeads)).toBe('TAMPERED');
  expect(await judged([second])).toBe('SEALED');
  expect(await judged([first])).toBe('TAMPERED');
});
