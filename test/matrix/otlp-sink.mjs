// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { once } from 'node:events';
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

const SIGNALS = { '/v1/traces': 'traces', '/v1/metrics': 'metrics', '/v1/logs': 'logs' };

/** Takes everything that is sent to it as OTLP/HTTP JSON. */
export async function startSink() {
  const received = { traces: [], metrics: [], logs: [] };
  const server = createServer(async (request, response) => {
    const signal = SIGNALS[request.url];
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    if (signal === undefined || !/json/.test(request.headers['content-type'] ?? '')) {
      response.writeHead(404).end();
      return;
    }
    received[signal].push(JSON.parse(plain.toString()));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${server.address().port}`,
    received,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
