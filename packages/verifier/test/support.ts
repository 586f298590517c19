// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type SegmentLine, segmentBytes, type TestKey, TestWriter, writeOne, writeStepUp } from '@stepseal/testkit';
import type { KnownHeads } from '../src/known-heads.ts';
import type { Report } from '../src/report.ts';
import { memorySource } from '../src/sources/memory-source.ts';
import type { Source } from '../src/sources/source.ts';
import { parseTrustPolicy, type TrustPolicy } from '../src/trust.ts';
import { verify } from '../src/verify.ts';

export type Files = ReadonlyMap<string, Uint8Array>;

export interface Asked {
  readonly trust?: TrustPolicy | undefined;
  readonly knownHeads?: KnownHeads | undefined;
  readonly now?: number;
  readonly since?: number;
  readonly until?: number;
  readonly claimedSince?: number;
  readonly strict?: boolean;
  readonly complete?: boolean;
}

/** A policy that lists these identity keys. */
export function policyOf(...identities: readonly Pick<TestKey, 'name' | 'vkey'>[]): TrustPolicy {
  const deployments: Record<string, { identities: string[] }> = {};
  for (const { name, vkey } of identities) {
    deployments[name] ??= { identities: [] };
    deployments[name].identities.push(vkey);
  }
  return parseTrustPolicy(JSON.stringify({ version: 1, deployments }));
}

/** Ten minutes after the last thing that happened: every interval is long over. */
export function later(writer: TestWriter): number {
  return writer.clock.wallMs + 600_000;
}

export function verifyFiles(files: Files, writer: TestWriter, asked: Asked = {}): Promise<Report> {
  return verifySources([memorySource(files, asked.complete ?? true)], writer, asked);
}

export function verifySources(sources: readonly Source[], writer: TestWriter, asked: Asked = {}): Promise<Report> {
  return verify({ sources, trust: policyOf(writer.identity), now: later(writer), ...asked });
}

/** Severity and code of every finding, the declared order. */
export function said(report: Report): string[] {
  return report.findings.map(({ severity, code }) => `${severity} ${code}`);
}

/** One file of these lines. */
export function file(name: string, lines: readonly SegmentLine[]): Files {
  return new Map([[name, segmentBytes(lines)]]);
}

/** A writer with one closed stream of seven records. */
export function closedWriter(label: string): TestWriter {
  const writer = new TestWriter({ label });
  writeStepUp(writer.start(), '1').seal();
  return writer.close();
}

/** A writer whose first stream crashed with two records under no note and was adopted by a second, closed one. */
export function adoptedWriter(label: string, torn?: Uint8Array): TestWriter {
  const writer = new TestWriter({ label });
  const first = writeStepUp(writer.start(), '1').seal();
  writeOne(writeOne(first, '2'), '3');
  writer.crash(torn === undefined ? {} : { torn });
  writer.clock.advance(5_000);
  writeOne(writer.start(), '4');
  return writer.close();
}
