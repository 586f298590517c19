// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parseVkey } from '@stepseal/core/format';
import { StreamBuilder, TestClock, testKey, writeOne, writeStepUp } from '@stepseal/testkit';
import { memorySource, readRecords, type SealedRecord, verify } from '@stepseal/verifier';
import { expect, it } from 'vitest';
import { collectStories } from '../src/story/collect-stories.ts';
import { hashesUnderNotes } from '../src/story/under-notes.ts';

const clock = new TestClock();
const identity = testKey('demo.bank', 'identity/stories');
const first = new StreamBuilder({ label: 'stories/1', clock, identity }).open();
const second = new StreamBuilder({ label: 'stories/2', clock, identity }).open();
// One step-up of two processes, one that began later, and one behind the last seal.
writeOne(first, 'shared');
writeStepUp(second, 'late');
writeOne(second, 'shared');
first.seal();
second.seal();
writeOne(first, 'open');

async function* records(): AsyncGenerator<SealedRecord> {
  for (const stream of [second, first]) {
    yield* readRecords(memorySource(new Map([[stream.streamId, stream.bytes()]])));
  }
}

it('gathers the records of one step-up from several streams, in order of time, with what seals them', async () => {
  const [story] = await collectStories(records(), new Set(['shared']));
  expect(story?.records.map(({ stream, number, sealedBy }) => [stream, number, sealedBy])).toEqual([
    [first.streamId, 2, 3],
    [second.streamId, 6, 7],
  ]);
});

it('tells stories in the order in which they began', async () => {
  const stories = await collectStories(records(), undefined);
  expect(stories.map(({ id }) => id)).toEqual(['shared', 'late', 'open']);
});

it('a record behind the last sealing record is not said to be sealed', async () => {
  const [story] = await collectStories(records(), new Set(['open']));
  expect(story?.records.map(({ sealedBy }) => sealedBy)).toEqual([undefined]);
});

it('a record is proved by the root that its file makes, not by the stream and number that it names', async () => {
  const genuine = first.bytes();
  const forged = Buffer.from(
    genuine.toString().replace('"step_up.id":{"stringValue":"shared"}', '"step_up.id":{"stringValue":"forged"}'),
  );
  const read = (...files: Buffer[]): AsyncGenerator<SealedRecord> =>
    readRecords(memorySource(new Map(files.map((bytes, index) => [`${index}`, bytes]))));
  const trust = {
    deployments: new Map([['demo.bank', { identities: [parseVkey(identity.vkey)], collectors: [], overrides: [] }]]),
  };
  const report = await verify({ sources: [memorySource(new Map([['0', genuine]]))], trust });
  const stories = await collectStories(read(forged, genuine), undefined);
  const hashes = new Map(stories.map(({ id, records: [record] }) => [id, record?.hash ?? '']));
  const proved = await hashesUnderNotes(read(forged, genuine), report, new Set(hashes.values()));
  expect([...hashes].map(([id, hash]) => [id, proved.has(hash)])).toEqual([
    ['forged', false],
    ['shared', true],
    ['open', false],
  ]);
});
