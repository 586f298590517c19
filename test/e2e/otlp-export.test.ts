// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { formatVkey } from '@stepseal/core/format';
import { startAuditPipeline } from '@stepseal/processor';
import { directorySource, ndjsonSource, parseTrustPolicy, type Report, verify } from '@stepseal/verifier';
import { expect, onTestFinished, test } from 'vitest';

const DEPLOYMENT = 'bank.test';

function newIdentity() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const signSync = (message: Uint8Array): Uint8Array => sign(null, message, privateKey);
  return {
    vkey: formatVkey(DEPLOYMENT, raw),
    sign: (message: Uint8Array) => Promise.resolve(signSync(message)),
    signSync,
  };
}

/** A receiver that keeps each request as a line, as a Collector with a file exporter does. */
async function receiver(): Promise<{ readonly url: string; readonly lines: string[] }> {
  const lines: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      lines.push(Buffer.concat(chunks).toString());
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/logs`, lines };
}

async function sealAndDeliver(url: string, dataDir: string): Promise<string> {
  const identity = newIdentity();
  const pipeline = startAuditPipeline({
    deployment: DEPLOYMENT,
    dataDir,
    identity,
    exitHooks: false,
    seal: { recordSignatures: true, maxRecords: 8 },
    roll: { maxBytes: 40_000 },
    resource: { 'service.name': 'teller' },
    delivery: { endpoint: url, protocol: 'http/json' },
  });
  const logger = pipeline.loggerProvider.getLogger('test');
  for (let i = 0; i < 60; i++) {
    logger.emit({
      eventName: 'step_up.completed',
      body: `"${i}" \\ ü\n`,
      attributes: { 'step_up.id': `id-${i}`, 'step_up.outcome': i % 2 === 0 ? 'passed' : 'failed', 'user.hash': 'h' },
    });
    if (i % 9 === 0) await pipeline.forceFlush();
  }
  await pipeline.shutdown();
  return identity.vkey;
}

test('what a receiver kept is as good as the segments: sealed, complete, and each record signed', async () => {
  const { url, lines } = await receiver();
  const dataDir = mkdtempSync(join(tmpdir(), 'stepseal-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const vkey = await sealAndDeliver(url, dataDir);
  const trust = parseTrustPolicy(JSON.stringify({ version: 1, deployments: { [DEPLOYMENT]: { identities: [vkey] } } }));
  const check = (source: ReturnType<typeof ndjsonSource>): Promise<Report> => {
    onTestFinished(() => source.dispose?.());
    return verify({ sources: [source], trust, recordSignatures: true });
  };
  const local = await check(directorySource(dataDir));
  // In no order at all.
  const remote = await check(ndjsonSource(Readable.from([Buffer.from(`${lines.toReversed().join('\n')}\n`)])));
  expect(local.streams.length).toBeGreaterThan(1);
  expect(local.records).toBeGreaterThan(70);
  for (const report of [local, remote]) {
    expect(report.findings).toEqual([]);
    expect([report.grade, report.records, report.streams.length]).toEqual([
      'SEALED',
      local.records,
      local.streams.length,
    ]);
    expect(report.recordSignatures).toEqual({ valid: local.records, resigned: 0, mismatched: 0, unsigned: 0 });
  }
  const forge = async (change: (line: string) => string): Promise<string[]> => {
    const forged = lines.map(change).join('\n');
    const report = await check(ndjsonSource(Readable.from([Buffer.from(`${forged}\n`)])));
    expect(report.grade).toBe('TAMPERED');
    return report.findings.map(({ code, field }) => `${code} ${field ?? ''}`);
  };
  const once = (line: string): string => line.replace('"stringValue":"id-31"', '"stringValue":"id-32"');
  expect(await forge(once)).toEqual(['PROJECTION_MISMATCH step_up.id']);
  expect(await forge((line) => line.replace('\\"id-31\\"', '\\"id-32\\"'))).toContain('MODIFIED ');
});

test('what others add to a record is no lie, unless it has a name of ours', async () => {
  const { url, lines } = await receiver();
  const dataDir = mkdtempSync(join(tmpdir(), 'stepseal-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const vkey = await sealAndDeliver(url, dataDir);
  const trust = parseTrustPolicy(JSON.stringify({ version: 1, deployments: { [DEPLOYMENT]: { identities: [vkey] } } }));
  const added = async (key: string): Promise<string[]> => {
    const attribute = JSON.stringify({ key, value: { stringValue: 'x' } });
    const text = lines.map((line) =>
      line.replace('"attributes":[{"key":"audit.', `"attributes":[${attribute},{"key":"audit.`),
    );
    expect(text).not.toEqual(lines);
    const source = ndjsonSource(Readable.from([Buffer.from(`${text.join('\n')}\n`)]));
    onTestFinished(() => source.dispose?.());
    return (await verify({ sources: [source], trust })).findings.map(({ code }) => code);
  };
  expect(await added('k8s.node.name')).toEqual([]);
  expect(new Set(await added('step_up.outcome.extra'))).toEqual(new Set(['PROJECTION_MISMATCH']));
});
