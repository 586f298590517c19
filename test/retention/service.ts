// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatVkey } from '@stepseal/core/format';
import { type AuditPipeline, type AuditPipelineOptions, startAuditPipeline } from '@stepseal/processor';
import { directorySource, type KnownHeads, parseTrustPolicy, type Report, verify } from '@stepseal/verifier';
import { onTestFinished } from 'vitest';

export const DAY_MS = 86_400_000;

const DEPLOYMENT = 'bank.test';
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url');

const identity = {
  vkey: formatVkey(DEPLOYMENT, raw),
  sign: async (message: Uint8Array) => sign(null, message, privateKey),
  signSync: (message: Uint8Array) => sign(null, message, privateKey),
};

const trust = parseTrustPolicy(
  JSON.stringify({ version: 1, deployments: { [DEPLOYMENT]: { identities: [identity.vkey] } } }),
);

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-retention-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A pipeline with small streams, and what it told the operator. */
export interface Service extends AuditPipeline {
  readonly said: readonly string[];
  emit(count: number): void;
}

export function startService(dataDir: string, options: Partial<AuditPipelineOptions> = {}): Service {
  const said: string[] = [];
  const pipeline = startAuditPipeline({
    deployment: DEPLOYMENT,
    dataDir,
    identity,
    exitHooks: false,
    roll: { maxBytes: 16_384 },
    onDiagnostic: ({ code }) => said.push(code),
    ...options,
  });
  const logger = pipeline.loggerProvider.getLogger('test');
  const emit = (count: number): void => {
    for (let at = 0; at < count; at++)
      logger.emit({ eventName: 'step_up.required', attributes: { 'step_up.id': `r${at}`, 'user.hash': 'h' } });
  };
  return { ...pipeline, said, emit };
}

/** Segments of all writers, oldest first. */
export function segmentsOf(dataDir: string): string[] {
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => /[0-9a-f-]{36}\.ndjson$/.test(name))
    .sort((a, b) => (a.slice(-43) < b.slice(-43) ? -1 : 1))
    .map((name) => join(dataDir, name));
}

export function idOf(segment: string): string {
  return segment.slice(-43, -7);
}

/** Makes files look as if their last record were so many days old. */
export function age(paths: readonly string[], days: number): void {
  const seconds = Date.now() / 1000 - days * 86_400;
  for (const path of paths) utimesSync(path, seconds, seconds);
}

/** Writes the cursor that says: everything up to the end of this segment is acknowledged. */
export function acknowledge(segment: string, number: number = Number.MAX_SAFE_INTEGER): void {
  const cursor = { version: 1, streamId: idOf(segment), number, offset: 0, updatedMs: Date.now() };
  writeFileSync(join(dirname(segment), 'delivery.json'), JSON.stringify(cursor));
}

/** What the death of the process does to its claims. Here the process lives on. */
export function endClaims(dataDir: string): void {
  for (const entry of readdirSync(dataDir, { recursive: true, encoding: 'utf8' }))
    if (/owner\.\d{6}$/.test(entry)) renameSync(join(dataDir, entry), join(dataDir, `${entry}.released`));
}

export function report(dataDir: string, knownHeads?: KnownHeads): Promise<Report> {
  return verify({ sources: [directorySource(dataDir)], trust, knownHeads });
}

export function codesOf({ findings }: Report): string[] {
  return findings.map(({ code }) => code).sort();
}
