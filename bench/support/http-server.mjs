// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// A service that demands no step-up, with OpenTelemetry's HTTP instrumentation, whose spans go nowhere. Its parent asks for
// the processor time used so far and for the port. The framework is the argument; whether Stepseal looks on was decided by
// who started the process.

import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

const nowhere = { export: (_spans, done) => done({ code: 0 }), shutdown: () => Promise.resolve() };
const sdk = new NodeSDK({
  traceExporter: nowhere,
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [new HttpInstrumentation()],
});
sdk.start();

const ACCOUNT = { id: 'a-17', owner: 'customer-4', balance: 1200.5, currency: 'EUR' };

async function listenWithExpress() {
  const { default: express } = await import('express');
  const app = express();
  app.get('/accounts/:id', (_request, response) => {
    response.json(ACCOUNT);
  });
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server));
  });
}

async function listenWithFastify() {
  const { default: fastify } = await import('fastify');
  const app = fastify();
  app.get('/accounts/:id', async () => ACCOUNT);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server;
}

const server = await (process.argv[2] === 'fastify' ? listenWithFastify() : listenWithExpress());
server.keepAliveTimeout = 600_000;
process.on('message', () => {
  process.send({ cpu: process.cpuUsage() });
});
process.on('disconnect', () => process.exit());
process.send({ port: server.address().port });
