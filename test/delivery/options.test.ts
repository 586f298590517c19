// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OtlpDeliveryOptions } from '@stepseal/processor';
import type { OtlpSink } from '@stepseal/testkit';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { makeCertificates } from './certificates.ts';
import { HttpProxy } from './http-proxy.ts';
import { arrivedIds, idsOf, startPipeline, startSink, temporaryDirectory, until } from './pipelines.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-certificates-'));
const files = await makeCertificates(directory);
afterAll(() => rmSync(directory, { recursive: true }));
const caFile = files.ca;
const server = { cert: readFileSync(files.server), key: readFileSync(files.serverKey) };
const strictServer = { ...server, ca: readFileSync(caFile), requestCert: true, rejectUnauthorized: true };
const client = { clientCertificateFile: files.client, clientKeyFile: files.clientKey };

async function deliver(sink: OtlpSink, options: Partial<OtlpDeliveryOptions>, records = 20) {
  const dataDir = temporaryDirectory();
  const pipeline = startPipeline({ dataDir, delivery: { endpoint: sink.endpoint, ...options } });
  pipeline.emit(records);
  await pipeline.shutdown();
  return { status: pipeline.status().delivery, diagnostics: pipeline.diagnostics, dataDir };
}

async function startProxy(): Promise<{ proxy: HttpProxy; url: string }> {
  const proxy = new HttpProxy();
  const url = await proxy.start();
  onTestFinished(() => proxy.stop());
  return { proxy, url };
}

test.each([
  ['http/protobuf', 'none', 'application/x-protobuf'],
  ['http/protobuf', 'gzip', 'application/x-protobuf'],
  ['http/json', 'none', 'application/json'],
  ['http/json', 'gzip', 'application/json'],
] as const)('%s with compression %s arrives whole', async (protocol, compression, contentType) => {
  const sink = await startSink();
  await deliver(sink, { protocol, compression });
  expect(arrivedIds(sink)).toEqual(idsOf(20));
  expect(sink.requests[0]).toMatchObject({
    method: 'POST',
    path: '/v1/logs',
    headers: { 'content-type': contentType },
  });
  expect(sink.requests[0]?.headers['content-encoding']).toBe(compression === 'gzip' ? 'gzip' : undefined);
});

test('an endpoint under an authority of its own is trusted with caFile, and not without', async () => {
  const sink = await startSink(server);
  await deliver(sink, { caFile });
  expect(arrivedIds(sink)).toEqual(idsOf(20));
  const stranger = await startSink(server);
  const dataDir = temporaryDirectory();
  const pipeline = startPipeline({ dataDir, flushTimeoutMs: 200, delivery: { endpoint: stranger.endpoint } });
  pipeline.emit(1);
  await pipeline.forceFlush();
  // The flush may give up before the handshake has failed.
  await vi.waitFor(() => expect(pipeline.status().delivery?.lastAnswer).toBe('fault'), { timeout: 30_000 });
  expect(stranger.arrived.size).toBe(0);
  expect(pipeline.status().delivery?.delivered).toBe(0);
  expect(pipeline.diagnostics.map(({ code }) => code)).toEqual(['ENDPOINT_FAULT']);
});

test('a server that demands a client certificate gets it, and refuses us without', async () => {
  const sink = await startSink(strictServer);
  await deliver(sink, { caFile, ...client });
  expect(arrivedIds(sink)).toEqual(idsOf(20));
  const strict = await startSink(strictServer);
  const pipeline = startPipeline({
    dataDir: temporaryDirectory(),
    flushTimeoutMs: 200,
    delivery: { endpoint: strict.endpoint, caFile },
  });
  pipeline.emit(1);
  await pipeline.forceFlush();
  expect(strict.arrived.size).toBe(0);
  expect(pipeline.status().delivery?.delivered).toBe(0);
});

test('HTTPS goes through a proxy by CONNECT: the proxy sees the name, the server our certificate', async () => {
  const sink = await startSink(strictServer);
  const { proxy, url } = await startProxy();
  const endpoint = sink.endpoint.replace('127.0.0.1', 'collector.test');
  await deliver(sink, { endpoint, caFile, ...client, proxy: url.replace('//', '//user:pass%20word@') }, 20);
  expect(arrivedIds(sink)).toEqual(idsOf(20));
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT collector.test:${sink.port}`]));
  expect(proxy.credentials[0]).toBe(`Basic ${Buffer.from('user:pass word').toString('base64')}`);
});

test('a proxy that refuses is a fault of the way, and no record is set aside', async () => {
  const sink = await startSink(server);
  const { proxy, url } = await startProxy();
  proxy.refuseWith = 407;
  const pipeline = startPipeline({
    dataDir: temporaryDirectory(),
    flushTimeoutMs: 200,
    delivery: { endpoint: sink.endpoint, caFile, proxy: url },
  });
  pipeline.emit(1);
  await pipeline.forceFlush();
  expect(pipeline.status().delivery).toMatchObject({ delivered: 0, setAside: 0, lastAnswer: 'fault' });
  proxy.refuseWith = undefined;
  await until(() => sink.arrived.size > 0);
});

test('plain HTTP goes through a proxy as a whole URL', async () => {
  const sink = await startSink();
  const { proxy, url } = await startProxy();
  await deliver(sink, { proxy: url });
  expect(arrivedIds(sink)).toEqual(idsOf(20));
  expect(proxy.asked[0]).toBe(`POST ${sink.endpoint}`);
  expect(sink.requests[0]?.headers.host).toBe(`127.0.0.1:${sink.port}`);
});

test('headers come from a file, which is read again when it changes, and stand in nothing that is said', async () => {
  const sink = await startSink();
  const headersFile = join(temporaryDirectory(), 'headers');
  writeFileSync(headersFile, '# token of the collector\nAuthorization: Bearer first-secret\n\nX-Tenant: bank\n');
  sink.answer = ({ headers }) =>
    headers.authorization === 'Bearer second-secret' ? { kind: 'accept' } : { kind: 'answer', status: 401 };
  const dataDir = temporaryDirectory();
  const pipeline = startPipeline({
    dataDir,
    delivery: { endpoint: sink.endpoint, headersFile, headers: { 'x-tenant': 'none', 'x-more': 'yes' } },
  });
  pipeline.emit(5);
  await until(() => sink.requests.length > 1);
  expect(sink.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer first-secret',
    'x-tenant': 'bank',
    'x-more': 'yes',
  });
  writeFileSync(headersFile, 'Authorization: Bearer second-secret\n');
  await until(() => arrivedIds(sink).length === 5);
  const said = JSON.stringify([pipeline.diagnostics, pipeline.status()]);
  expect(said).toContain('ENDPOINT_FAULT');
  expect(said).not.toContain('secret');
});

test.each([
  ['no file at all', undefined],
  ['a line that is no header', 'Authorization Bearer secret\n'],
  ['a header of the request itself', 'Content-Length: 5\n'],
])('with %s in place of the headers nothing leaves, and it is said without the content', async (_, content) => {
  const sink = await startSink();
  const headersFile = join(temporaryDirectory(), 'headers');
  if (content !== undefined) writeFileSync(headersFile, content);
  const pipeline = startPipeline({
    dataDir: temporaryDirectory(),
    flushTimeoutMs: 100,
    delivery: { endpoint: sink.endpoint, headersFile },
  });
  pipeline.emit(1);
  await pipeline.forceFlush();
  // The flush may give up before the file was looked at.
  await until(() => pipeline.diagnostics.length > 0);
  expect(sink.requests).toEqual([]);
  expect(pipeline.diagnostics.map(({ code }) => code)).toEqual(['ENDPOINT_FAULT']);
  expect(JSON.stringify(pipeline.diagnostics)).not.toContain('secret');
  writeFileSync(headersFile, 'x: y\n');
  await until(() => sink.arrived.size > 0);
});

test('credentials in the endpoint become a header, and are shown nowhere', async () => {
  const sink = await startSink();
  const { status } = await deliver(sink, { endpoint: sink.endpoint.replace('//', '//me:hush@') });
  expect(sink.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:hush').toString('base64')}`);
  expect(status?.endpoint).toBe(`http://127.0.0.1:${sink.port}`);
});

test('a time limit ends a request that is answered too slowly', async () => {
  const sink = await startSink();
  let slow = true;
  sink.answer = () => ({ kind: 'accept', delayMs: slow ? 2_000 : 0 });
  const pipeline = startPipeline({
    dataDir: temporaryDirectory(),
    delivery: { endpoint: sink.endpoint, timeoutMs: 100 },
  });
  pipeline.emit(1);
  await until(() => pipeline.status().delivery?.lastAnswer === 'unreachable');
  slow = false;
  await until(() => (pipeline.status().delivery?.delivered ?? 0) > 0);
  expect(pipeline.status().delivery?.lastAnswer).toBe('accepted');
});

test.each(['collector:4318', 'ftp://collector/v1/logs', ''])('the endpoint %j is refused at start', (endpoint) => {
  expect(() => startPipeline({ dataDir: temporaryDirectory(), delivery: { endpoint } })).toThrow(
    'no http or https URL',
  );
});

test('credentials that cannot be decoded are refused at start, and not shown', () => {
  const endpoint = 'http://127.0.0.1:4318/v1/logs';
  const refused = (delivery: { endpoint: string; proxy?: string }) => () =>
    startPipeline({ dataDir: temporaryDirectory(), delivery });
  expect(refused({ endpoint, proxy: 'http://user:50%off@proxy:3128' })).toThrow(
    /^the credentials in the proxy are not percent-encoded$/,
  );
  expect(refused({ endpoint: 'http://user:50%off@127.0.0.1:4318' })).toThrow(
    /^the credentials in the endpoint are not percent-encoded$/,
  );
});
