// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { type ByteRange, flipBitAt, seededFlips } from '@stepseal/testkit';
import { type Finding, memorySource, parseTrustPolicy, verify } from '@stepseal/verifier';

export interface FlippedRun {
  readonly tried: number;
  /** Exit codes by how often they came. */
  readonly exitCodes: Readonly<Record<number, number>>;
  /** Flips that nobody noticed: must be empty. */
  readonly unnoticed: readonly string[];
}

/** All segments below a data directory, by path. */
export function readSegments(directory: string): Map<string, Uint8Array> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = names.filter((entry) => entry.isFile() && entry.name.endsWith('.ndjson'));
  return new Map(
    paths.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(directory, path), readFileSync(path)];
    }),
  );
}

/** Where the last sealing record of a segment begins, and where its note ends. */
function lastSeal(path: string, bytes: Uint8Array): ByteRange {
  const text = Buffer.from(bytes);
  const note = text.lastIndexOf('\n{"note":') + 1;
  const to = text.indexOf('\n', note) + 1;
  // Records may stand between a sealing record and its note: the event name tells which one it is.
  const sealing = Math.max(
    text.lastIndexOf('"event_name":"stepseal.seal"', note),
    text.lastIndexOf('"event_name":"stepseal.stream.close"', note),
    text.lastIndexOf('"event_name":"stepseal.stream.open"', note),
  );
  return { path, from: text.lastIndexOf('\n', sealing) + 1, to };
}

/**
 * Flips `count` seeded bits over all segments, and one in every byte of the newest segment's last sealing record and
 * note, each in a copy of its own, and verifies every copy in memory.
 */
export async function flipDirectory(
  files: ReadonlyMap<string, Uint8Array>,
  options: { readonly trust: string; readonly now: number; readonly count: number; readonly seed: string },
): Promise<FlippedRun> {
  const trust = parseTrustPolicy(options.trust);
  // The name of a segment is a stream id, which begins with the time.
  const [newest] = [...files].sort(([a], [b]) => (basename(a) < basename(b) ? 1 : -1));
  const always = newest === undefined ? [] : [lastSeal(...newest)];
  const bytesOfSeals = always.reduce((sum, { from, to }) => sum + to - from, 0);
  const exitCodes: Record<number, number> = {};
  const unnoticed: string[] = [];
  const flips = seededFlips(files, bytesOfSeals + options.count, options.seed, always);
  for (const { path, bit } of flips) {
    const changed = new Map(files).set(path, flipBitAt(files.get(path) ?? new Uint8Array(), bit));
    const report = await verify({ sources: [memorySource(changed)], trust, now: options.now });
    exitCodes[report.exitCode] = (exitCodes[report.exitCode] ?? 0) + 1;
    if (report.exitCode === 0 || !report.findings.some(isAlarm)) {
      unnoticed.push(`bit ${bit} of ${path}`);
    }
  }
  return { tried: flips.length, exitCodes, unnoticed };
}

function isAlarm({ severity }: Finding): boolean {
  return severity !== 'info';
}
