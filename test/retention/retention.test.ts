// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fs, { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileSystem, SealedLogRecord } from '@stepseal/processor';
import { expect, test } from 'vitest';
import {
  acknowledge,
  age,
  codesOf,
  DAY_MS,
  endClaims,
  idOf,
  report,
  segmentsOf,
  startService,
  temporaryDirectory,
} from './service.ts';

const WEEK = { maxAgeMs: 7 * DAY_MS };

/** An exporter that takes nothing: what was acknowledged is then what the test writes into the cursor. */
const deaf = {
  export: (_: SealedLogRecord[], done: (result: { code: number; error: Error }) => void) =>
    done({ code: 1, error: new Error('down') }),
  shutdown: async () => {},
};

test('streams older than the limit go, are declared, and nobody is alarmed, whatever he had seen before', async () => {
  const directory = temporaryDirectory();
  const service = startService(directory, { retention: WEEK });
  service.emit(120);
  await service.forceFlush();
  const before = await report(directory);
  const all = segmentsOf(directory);
  expect(all.length).toBeGreaterThan(4);
  age(all.slice(0, 3), 8);
  await service.applyRetention();
  expect(segmentsOf(directory)).toEqual(all.slice(3));
  const after = await report(directory, before.knownHeads);
  expect([after.grade, codesOf(after)]).toEqual(['SEALED', ['PRUNED', 'PRUNED', 'PRUNED', 'TAIL_OPEN']]);
  expect(after.findings.filter(({ code }) => code === 'PRUNED').map(({ stream }) => stream)).toEqual(
    all.slice(0, 3).map(idOf),
  );
  await service.shutdown();
  expect((await report(directory, before.knownHeads)).grade).toBe('SEALED');
  expect(service.said).toEqual([]);
});

test('the oldest go until the rest fits into the bytes allowed, and none more', async () => {
  const directory = temporaryDirectory();
  const service = startService(directory, { retention: { maxBytes: 40_000 } });
  service.emit(150);
  await service.forceFlush();
  const all = segmentsOf(directory);
  const sizes = new Map(all.map((path) => [path, statSync(path).size]));
  const bytes = (paths: readonly string[]): number => paths.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0);
  await service.applyRetention();
  // What declares the deletions may itself have rolled.
  const left = segmentsOf(directory).filter((path) => all.includes(path));
  expect(all.slice(-left.length)).toEqual(left);
  const lastGone = all[all.length - left.length - 1] ?? '';
  expect(bytes(left)).toBeLessThanOrEqual(40_000);
  expect(bytes(left) + (sizes.get(lastGone) ?? 0)).toBeGreaterThan(40_000);
  expect((await report(directory)).grade).toBe('SEALED');
  await service.shutdown();
});

test('room on the disk is made, oldest first, and the live stream stays', async () => {
  const directory = temporaryDirectory();
  const service = startService(directory, { retention: { minFreeBytes: Number.MAX_SAFE_INTEGER } });
  service.emit(100);
  await service.forceFlush();
  const live = segmentsOf(directory).at(-1);
  await service.applyRetention();
  expect(segmentsOf(directory)).toEqual([live]);
  expect(codesOf(await report(directory))).toEqual(expect.arrayContaining(['PRUNED', 'TAIL_OPEN']));
  expect((await report(directory)).exitCode).toBe(0);
  await service.shutdown();
});

test('nothing is deleted that was not acknowledged, and nothing of which a record was set aside', async () => {
  const directory = temporaryDirectory();
  const service = startService(directory, { retention: { maxBytes: 1 }, exporter: deaf, flushTimeoutMs: 10 });
  service.emit(120);
  await service.forceFlush();
  const all = segmentsOf(directory);
  await service.applyRetention();
  expect(segmentsOf(directory)).toEqual(all);
  const [, second = '', third = '', fourth = ''] = all;
  // The third only in part: its file stays with the rest.
  acknowledge(third, 3);
  const entry = { streamId: idOf(second), number: 2, hash: '', eventName: 'e', answer: 'bad', status: 400, timeMs: 1 };
  writeFileSync(join(dirname(second), 'set-aside.ndjson'), `${JSON.stringify(entry)}\n`);
  await service.applyRetention();
  expect(segmentsOf(directory)).toEqual(all.slice(1));
  acknowledge(fourth);
  await service.applyRetention();
  expect(segmentsOf(directory).filter((path) => all.includes(path))).toEqual([second, ...all.slice(4)]);
  expect((await report(directory)).exitCode).toBe(0);
  await service.shutdown();
});

test('with no limit nothing is deleted', async () => {
  const directory = temporaryDirectory();
  const service = startService(directory);
  service.emit(100);
  await service.forceFlush();
  const all = segmentsOf(directory);
  age(all, 4_000);
  await service.applyRetention();
  expect(segmentsOf(directory)).toEqual(all);
  await service.shutdown();
});

test('what was tampered with is not deleted as a matter of routine', async () => {
  const directory = temporaryDirectory();
  const service = startService(directory, { retention: WEEK });
  service.emit(80);
  await service.forceFlush();
  const [first = '', second = '', third = ''] = segmentsOf(directory);
  chmodSync(second, 0o644);
  writeFileSync(second, readFileSync(second, 'utf8').replace('"r2', '"x2').replace('"r3', '"x3'));
  chmodSync(second, 0o444);
  age([first, second, third], 8);
  await service.applyRetention();
  await service.applyRetention();
  expect([first, second, third].map((path) => existsSync(path))).toEqual([false, true, false]);
  expect(service.said).toEqual(['RETENTION_KEPT']);
  const { grade, findings } = await report(directory);
  expect(grade).toBe('TAMPERED');
  expect(
    findings.filter(({ severity }) => severity === 'tampered').every(({ stream }) => stream === idOf(second)),
  ).toBe(true);
  await service.shutdown();
});

test('a deletion stays declared when the stream that declared it is deleted in its turn', async () => {
  const directory = temporaryDirectory();
  const service = startService(directory, { retention: WEEK });
  service.emit(60);
  await service.forceFlush();
  const seen = (await report(directory)).knownHeads;
  age(segmentsOf(directory).slice(0, 1), 8);
  await service.applyRetention();
  const declaring = segmentsOf(directory).at(-1) ?? '';
  service.emit(60);
  await service.forceFlush();
  expect(segmentsOf(directory).at(-1)).not.toBe(declaring);
  const later = segmentsOf(directory).slice(0, -1);
  age(later, 8);
  await service.applyRetention();
  expect(segmentsOf(directory).filter((path) => later.includes(path))).toEqual([]);
  await service.shutdown();
  // Somebody who comes back after all that still learns what became of everything he had seen.
  const { grade, findings } = await report(directory, seen);
  expect(grade).toBe('SEALED');
  const pruned = new Set(findings.flatMap(({ code, stream }) => (code === 'PRUNED' ? [stream] : [])));
  expect([...seen.streams.keys()].filter((id) => !pruned.has(id))).toEqual([]);
});

test('streams that a writer of before left go too, with what was derived from them and with its directory', async () => {
  const directory = temporaryDirectory();
  const gone = startService(directory);
  const living = startService(directory, { retention: WEEK });
  gone.emit(60);
  await gone.shutdown();
  living.emit(60);
  await living.forceFlush();
  const seen = (await report(directory)).knownHeads;
  const abandoned = dirname(gone.status().file ?? segmentsOf(directory)[0] ?? '');
  const theirs = segmentsOf(directory).filter((path) => dirname(path) === abandoned);
  expect(theirs.length).toBeGreaterThan(2);
  writeFileSync(join(abandoned, `${idOf(theirs[0] ?? '')}.signatures`), 'derived');
  acknowledge(theirs.at(-1) ?? '');
  age(theirs, 8);
  await living.applyRetention();
  expect(existsSync(abandoned)).toBe(false);
  expect((await report(directory, seen)).grade).toBe('SEALED');
  await living.shutdown();
});

test('a directory that cannot be claimed keeps nothing else from being deleted', async () => {
  const directory = temporaryDirectory();
  // Three at a time, so that each has a directory of its own.
  const before = [1, 2, 3].map(() => startService(directory));
  for (const service of before) {
    service.emit(2);
    await service.forceFlush();
  }
  await Promise.all(before.map((service) => service.shutdown()));
  const left = segmentsOf(directory);
  age(left, 8);
  // Taken at the start is the first directory by name; of the others, the one with the older stream spoils.
  const [first] = left.map((path) => dirname(path)).sort();
  const [spoilt = '', healthy = ''] = left.filter((path) => dirname(path) !== first);
  const files = {
    ...fs,
    linkSync: (existing: string, path: string) => {
      if (dirname(path) === dirname(spoilt)) throw Object.assign(new Error('denied'), { code: 'EACCES' });
      fs.linkSync(existing, path);
    },
  } as FileSystem;
  const service = startService(directory, { retention: WEEK, files });
  await service.applyRetention();
  expect([existsSync(spoilt), existsSync(healthy)]).toEqual([true, false]);
  expect(service.said).toEqual(['RETENTION_FAILED']);
  await service.shutdown();
});

test('a writer that lives prunes its own streams: nobody does it for him', async () => {
  const directory = temporaryDirectory();
  const one = startService(directory, { retention: WEEK });
  const other = startService(directory);
  other.emit(60);
  await other.forceFlush();
  const all = segmentsOf(directory);
  age(all, 8);
  await one.applyRetention();
  expect(segmentsOf(directory)).toEqual(all);
  await one.shutdown();
  await other.shutdown();
});

test('a crashed stream goes once its successor has named its end, its torn bytes included', async () => {
  const directory = temporaryDirectory();
  const first = startService(directory, { seal: { intervalMs: 60_000 } });
  await first.forceFlush();
  first.emit(5);
  await first.commit();
  const [crashed = ''] = segmentsOf(directory);
  writeFileSync(crashed, Buffer.concat([readFileSync(crashed), Buffer.from('{"attributes":{"aud')]));
  endClaims(directory);
  const second = startService(directory, { retention: WEEK });
  await second.forceFlush();
  expect(codesOf(await report(directory))).toEqual(['ADOPTED', 'TAIL_OPEN']);
  const seen = (await report(directory)).knownHeads;
  age([crashed], 8);
  await second.applyRetention();
  expect(existsSync(crashed)).toBe(false);
  const after = await report(directory, seen);
  expect([after.exitCode, codesOf(after)]).toEqual([0, ['PRUNED', 'TAIL_OPEN']]);
  await second.shutdown();
});

test('what is derived from a segment that is gone is cleared away', async () => {
  const directory = temporaryDirectory();
  const service = startService(directory, { retention: WEEK });
  await service.forceFlush();
  const [live = ''] = segmentsOf(directory);
  const orphan = join(dirname(live), '01a1fddb-7578-71cf-9455-912d1012e761.signatures');
  writeFileSync(orphan, '');
  await service.applyRetention();
  expect(readdirSync(dirname(live)).filter((name) => name.endsWith('.signatures'))).toEqual([]);
  await service.shutdown();
});

test('who verifies while streams are being deleted is not alarmed', async () => {
  const directory = temporaryDirectory();
  const service = startService(directory, { retention: WEEK, roll: { maxBytes: 6_000 } });
  let pruned = 0;
  for (let round = 0; round < 8; round++) {
    service.emit(12);
    await service.forceFlush();
    const all = segmentsOf(directory);
    age(all.slice(0, -1), 8);
    const [{ findings, exitCode }] = await Promise.all([report(directory), service.applyRetention()]);
    expect(findings.filter(({ severity }) => severity === 'tampered')).toEqual([]);
    expect(exitCode).toBe(0);
    pruned += all.length - 1;
  }
  expect(pruned).toBeGreaterThan(8);
  expect((await report(directory)).exitCode).toBe(0);
  await service.shutdown();
});
