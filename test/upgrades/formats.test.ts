// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FORMAT_VERSION } from '@stepseal/core/format';
import { StreamBuilder, testKey, writeOne } from '@stepseal/testkit';
import { directorySource, memorySource, parseTrustPolicy, type Report, verify } from '@stepseal/verifier';
import { expect, test } from 'vitest';
import { temporaryDirectory } from './software.ts';

const FORMATS = fileURLToPath(new URL('formats/', import.meta.url));
const CLI = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

const versions = readdirSync(FORMATS, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const entries = versions.flatMap((version) => readdirSync(join(FORMATS, version)).map((name) => `${version}/${name}`));

function policy(entry: string): ReturnType<typeof parseTrustPolicy> {
  return parseTrustPolicy(readFileSync(join(FORMATS, entry, 'trust.json'), 'utf8'));
}

function told({ grade, exitCode, records, streams, findings }: Report): object {
  return {
    grade,
    exitCode,
    records,
    streams: streams.length,
    findings: findings
      .map(({ code, severity, stream, from, to }) => ({ code, severity, stream, from, to }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  };
}

function expected(entry: string): object {
  const stated = JSON.parse(readFileSync(join(FORMATS, entry, 'expected.json'), 'utf8')) as Report;
  return told({ ...stated, streams: Array.from({ length: Number(stated.streams) }) as Report['streams'] });
}

test('the collection has an entry of every version up to the current one', () => {
  expect(versions).toEqual(Array.from({ length: Number(FORMAT_VERSION) }, (_, at) => `${at + 1}`));
});

test.each(entries)('%s still verifies, to the word', async (entry) => {
  const options = { sources: [directorySource(join(FORMATS, entry, 'data'))], trust: policy(entry) };
  const report = await verify(options);
  expect(told(report)).toEqual(expected(entry));
  expect(told(await verify({ ...options, strict: true }))).toEqual(expected(entry));
  // And once more for somebody who has seen it before.
  expect(told(await verify({ ...options, knownHeads: report.knownHeads }))).toEqual(expected(entry));
});

test.each(entries)('%s with any one byte of a record changed is tampered with', async (entry) => {
  const directory = join(FORMATS, entry, 'data');
  const files = new Map(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ndjson'))
      .map((name) => [name, readFileSync(join(directory, name))] as const),
  );
  for (const [name, bytes] of files) {
    const changed = Buffer.from(bytes);
    const at = changed.indexOf('"stringValue":"') + 20;
    changed[at] = (changed[at] ?? 0) ^ 1;
    const { grade } = await verify({
      sources: [memorySource(new Map([...files, [name, changed]]))],
      trust: policy(entry),
    });
    expect([name, grade]).toEqual([name, 'TAMPERED']);
  }
});

test('a stream of a newer format makes the command exit with 3 and name the version', () => {
  const root = temporaryDirectory();
  const identity = testKey('demo.bank', 'identity of tomorrow');
  const stream = new StreamBuilder({ label: 'newer', identity, formatVersion: '7' });
  writeOne(stream.open(), 'a').close();
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, 'data', `${stream.streamId}.ndjson`), stream.bytes());
  const trust = { version: 1, deployments: { 'demo.bank': { identities: [identity.vkey] } } };
  writeFileSync(join(root, 'trust.json'), JSON.stringify(trust));
  const { status, stdout } = spawnSync(
    process.execPath,
    [CLI, 'verify', join(root, 'data'), '--trust', join(root, 'trust.json')],
    { encoding: 'utf8', timeout: 30_000 },
  );
  expect(status).toBe(3);
  expect(stdout).toContain('FORMAT_NEWER');
  expect(stdout).toContain('format version 7');
});

test('every open record of the collection states its format and its software', () => {
  for (const entry of entries)
    for (const name of readdirSync(join(FORMATS, entry), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ndjson')) continue;
      const [open = ''] = readFileSync(join(FORMATS, entry, name), 'utf8').split('\n');
      expect(open).toContain(`"stepseal.format.version":{"stringValue":"${entry.split('/')[0]}"}`);
      expect(open).toMatch(/"stepseal\.software\.version":\{"stringValue":"\d+\.\d+\.\d+[^"]*"\}/);
    }
});
