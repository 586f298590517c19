// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import {
  type CheckName,
  directorySource,
  memorySource,
  ndjsonSource,
  parseKnownHeads,
  parseTrustPolicy,
  type Report,
  type Source,
  verify,
} from '@stepseal/verifier';
import type { Verifiable } from './scenario.ts';

/** Verifies what a scenario gives, in memory; `disable` switches checks off. */
export function runVerifier(input: Verifiable, disable: ReadonlySet<CheckName> = new Set()): Promise<Report> {
  return verifySources(
    input,
    input.sources.map((files) => memorySource(files, input.complete ?? true)),
    disable,
  );
}

/** The same, shown as one export: the bytes given are all lines of all streams, in any order. */
export async function runOnExport(input: Verifiable, bytes: Uint8Array): Promise<Report> {
  const source = ndjsonSource(Readable.from([Buffer.from(bytes)]));
  try {
    return await verifySources(input, [source], new Set());
  } finally {
    await source.dispose?.();
  }
}

/** The same, written to disk first and read from the directory; one source only. */
export async function runOnDirectory(input: Verifiable): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-attack-'));
  try {
    for (const [path, bytes] of input.sources[0] ?? []) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), bytes);
    }
    return await verifySources(input, [directorySource(directory)], new Set());
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function verifySources(
  input: Verifiable,
  sources: readonly Source[],
  disable: ReadonlySet<CheckName>,
): Promise<Report> {
  return verify({
    sources,
    now: input.now,
    strict: input.strict ?? false,
    disable,
    ...(input.trust === undefined ? {} : { trust: parseTrustPolicy(input.trust) }),
    ...(input.knownHeads === undefined ? {} : { knownHeads: parseKnownHeads(input.knownHeads) }),
  });
}
