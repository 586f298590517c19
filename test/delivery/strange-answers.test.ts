// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { arrivedIds, idsOf, startPipeline, startSink, temporaryDirectory, until } from './pipelines.ts';

/** What is written as soon as a request comes. Each connection is left open. */
const ANSWERS: [string, string][] = [
  ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
  ['sends a hint and nothing after it', 'HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n'],
  ['has headers without end', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(100_000)}\r\n`],
  ['is no HTTP', 'SSH-2.0-x\r\n'],
  ['has a body that never comes', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n'],
];

test.each(ANSWERS)('an answer that %s holds up nothing for good, and acknowledges nothing', async (_, text) => {
  const sink = await startSink();
  const sockets = new Set<Socket>();
  let mad = true;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', () => (mad ? socket.write(text) : socket.destroy()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const dataDir = temporaryDirectory();
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/logs`;
  const pipeline = startPipeline({ dataDir, flushTimeoutMs: 100, delivery: { endpoint, timeoutMs: 100 } });
  pipeline.emit(3);
  await until(() => (pipeline.status().delivery?.requests ?? 0) > 2);
  expect(pipeline.status().delivery).toMatchObject({ delivered: 0, setAside: 0 });
  mad = false;
  await pipeline.shutdown();
  await startPipeline({ dataDir, delivery: { endpoint: sink.endpoint } }).shutdown();
  expect(arrivedIds(sink)).toEqual(idsOf(3));
});
