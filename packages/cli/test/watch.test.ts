// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { segmentBytes, TestWriter, testKey, writeStepUp } from '@stepseal/testkit';
import { memorySource, type Report, verify } from '@stepseal/verifier';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { CliError } from '../src/errors.ts';
import { readKnownHeadsFile } from '../src/known-heads-file.ts';
import { readTrustFile } from '../src/trust-file.ts';
import { VerificationFigures } from '../src/watch/verification-metrics.ts';
import type { VerifiedEvent } from '../src/watch/verified-event.ts';
import type { VerifiedLog } from '../src/watch/verified-log.ts';
import { watch } from '../src/watch/watch.ts';

const root = mkdtempSync(join(tmpdir(), 'stepseal-watch-'));
let cwd: string;
let writer: TestWriter;
afterAll(() => rmSync(root, { recursive: true }));

beforeEach(() => {
  cwd = mkdtempSync(join(root, 'case-'));
  writer = new TestWriter({ label: 'watch', deployment: 'demo.bank' });
  writeStepUp(writer.start(), 'one');
  writer.close();
  trustThese(writer.identity.vkey);
});

function trustThese(...identities: readonly string[]): void {
  const trust = { version: 1, deployments: { 'demo.bank': { identities, collectors: [], overrides: [] } } };
  writeFileSync(join(cwd, 'trust.json'), JSON.stringify(trust));
}

/** What became of each round; `before` is called with its number before it begins to read. */
async function watched(
  rounds: number,
  before: (round: number) => void,
  { outline = 'same', judged = (report: Report): Report => report } = {},
): Promise<string[]> {
  const stop = new AbortController();
  const sealed: VerifiedEvent[] = [];
  const log = {
    write: (event: VerifiedEvent) => {
      if (sealed.push(event) === rounds) stop.abort();
      return Promise.resolve();
    },
  };
  const files = new Map(writer.streams.map(({ path, stream }) => [path, segmentBytes(stream.lines)]));
  await watch({
    deployment: 'demo.bank/verifier',
    sources: ['memory'],
    kind: 'segments',
    intervalMs: 0,
    fullEvery: 1_000,
    look: () => {
      const seen = outline === 'same' ? outline : String(sealed.length);
      return Promise.resolve({
        streams: new Map(writer.streams.map(({ stream }) => [stream.streamId, seen])),
        rest: '',
      });
    },
    verify: async ({ streams, trust, heads }) => {
      const sources = [memorySource(files, streams === undefined)];
      const report = await verify({ sources, trust: trust?.policy, knownHeads: heads.heads });
      return streams === undefined ? judged(report) : report;
    },
    readTrust: () => {
      before(sealed.length + 1);
      return readTrustFile(cwd, [], 'trust.json');
    },
    readHeads: () => readKnownHeadsFile(cwd, [], 'heads.json'),
    log: log as unknown as VerifiedLog,
    figures: new VerificationFigures(),
    onRound: () => {},
    onFailure: () => {},
    stop: stop.signal,
  });
  return sealed.map(({ attributes }) => {
    const [code = ''] = [attributes['stepseal.verified.codes'] ?? ''].flat();
    return [attributes['stepseal.verified.extent'], attributes['stepseal.verified.grade'], code].join(' ').trim();
  });
}

test('a trust file that is taken away ends a round, not the watch', async () => {
  const told = await watched(3, (round) => {
    if (round === 2) rmSync(join(cwd, 'trust.json'));
    if (round === 3) trustThese(writer.identity.vkey);
  });
  expect(told).toEqual(['full SEALED', 'full CANNOT_VERIFY TRUST_UNREADABLE', 'grown SEALED']);
});

test('another trust file judges everything at once, not an hour later', async () => {
  const other = testKey('demo.bank', 'another identity').vkey;
  const told = await watched(4, (round) => {
    if (round === 3) trustThese(other);
    if (round === 4) trustThese(writer.identity.vkey);
  });
  expect(told).toEqual(['full SEALED', 'grown SEALED', 'full TAMPERED KEY_NOT_AUTHORISED', 'full SEALED']);
});

test('a file of credentials that is away ends the watch at its start, and later a round', async () => {
  const away = (at: number) => (round: number) => {
    if (round === at) throw new CliError('BAD_ARGUMENT', 'The file of --password-file cannot be read.');
  };
  await expect(watched(2, away(1))).rejects.toThrow('--password-file');
  expect(await watched(3, away(2))).toEqual(['full SEALED', 'full CANNOT_VERIFY BAD_ARGUMENT', 'grown SEALED']);
});

test('known heads are not written on while an alarm stands that a part of the streams does not show', async () => {
  const evidence = 'Of the index as a whole.';
  const hidden = { code: 'HIDDEN_DOCUMENTS', severity: 'tampered', evidence, reproduce: 'verify again' } as const;
  const judged = (report: Report): Report => ({ ...report, grade: 'TAMPERED', exitCode: 1, findings: [hidden] });
  const told = await watched(3, () => {}, { outline: 'grows', judged });
  expect(told.map((round) => round.split(' ')[1])).toEqual(['TAMPERED', 'TAMPERED', 'TAMPERED']);
  expect(existsSync(join(cwd, 'heads.json'))).toBe(false);
});
