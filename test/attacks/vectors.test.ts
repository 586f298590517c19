// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Finding, memorySource, parseKnownHeads, parseTrustPolicy, verify } from '@stepseal/verifier';
import { describe, expect, test } from 'vitest';
import { vectorFiles } from './vectors/layout.ts';

const directory = fileURLToPath(new URL('../../docs/spec/vectors/streams/', import.meta.url));
const MAX_BYTES = 500 * 1024;

interface Entry {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly complete: boolean;
  readonly trust: object | null;
  readonly known_heads?: object;
  readonly now: number;
  readonly grade: string;
  readonly exit_code: number;
  readonly findings: readonly Pick<Finding, 'code' | 'severity' | 'stream' | 'from' | 'to'>[];
}

const { cases } = JSON.parse(readFileSync(`${directory}expected.json`, 'utf8')) as { cases: readonly Entry[] };

/** What a vector states of a finding, as text that sorts. */
function stated({ code, severity, stream, from, to }: Entry['findings'][number]): string {
  return JSON.stringify({ code, severity, stream, from, to });
}

describe('stream vectors', () => {
  test('the files are what the script makes, and small', () => {
    const made = vectorFiles();
    expect(readdirSync(directory).sort()).toEqual([...made.keys()].sort());
    let bytes = 0;
    for (const [name, content] of made) {
      const file = readFileSync(`${directory}${name}`);
      bytes += file.length;
      expect(file.equals(content), name).toBe(true);
    }
    expect(bytes).toBeLessThan(MAX_BYTES);
  });

  for (const entry of cases) {
    test(`${entry.name}: exact verdict, every finding`, async () => {
      const files = new Map(
        Object.entries(entry.files).map(([segment, file]) => [segment, readFileSync(`${directory}${file}`)]),
      );
      const report = await verify({
        sources: [memorySource(files, entry.complete)],
        now: entry.now,
        trust: entry.trust === null ? undefined : parseTrustPolicy(JSON.stringify(entry.trust)),
        knownHeads: entry.known_heads === undefined ? undefined : parseKnownHeads(JSON.stringify(entry.known_heads)),
      });
      expect(report.findings.map(stated).sort()).toEqual(entry.findings.map(stated).sort());
      expect([report.grade, report.exitCode]).toEqual([entry.grade, entry.exit_code]);
    });
  }
});
