// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { readOtlpVariables } from '../../src/config/otlp-variables.ts';

function load(env: Record<string, string>, argv: string[] = []) {
  return loadConfig({ env, argv, cwd: tmpdir() });
}

it.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/logs'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/base/' }, 'http://c:4318/base/v1/logs'],
  [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://c:4318' }, 'http://c:4318'],
  [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://l/x', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' }, 'http://l/x'],
  [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: '', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' }, 'http://c/v1/logs'],
  [
    { STEPSEAL_DELIVERY_ENDPOINT: 'http://own:4318', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' },
    'http://own:4318/v1/logs',
  ],
  [{ STEPSEAL_DELIVERY_ENDPOINT: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' }, 'none'],
  [{}, 'none'],
])('the endpoint of %o is %s', (env, endpoint) => {
  expect(load(env).delivery.endpoint).toBe(endpoint);
});

it('a flag comes before all variables, and the origin names the variable', () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', STEPSEAL_DELIVERY_ENDPOINT: 'http://own/v1/logs' };
  expect(load(env, ['--delivery-endpoint=http://flag/p']).delivery.endpoint).toBe('http://flag/p');
  const { origins } = load({ OTEL_EXPORTER_OTLP_TIMEOUT: '5000' });
  expect(origins.get('delivery.timeoutMs')).toEqual({ kind: 'variable', name: 'OTEL_EXPORTER_OTLP_TIMEOUT' });
});

it.each([{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, { OTEL_LOGS_EXPORTER: 'none' }])(
  'with %o an endpoint of OpenTelemetry is not used, and one line says so, unless Stepseal has its own',
  (env) => {
    const shared = load({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', ...env });
    expect(shared.delivery.endpoint).toBe('none');
    expect(shared.warnings).toEqual([expect.stringContaining('STEPSEAL_DELIVERY_ENDPOINT')]);
    const own = load({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317',
      STEPSEAL_DELIVERY_ENDPOINT: 'http://c:4318',
      ...env,
    });
    expect(own.delivery).toMatchObject({ endpoint: 'http://c:4318/v1/logs', protocol: 'http/protobuf' });
    expect(own.warnings).toEqual([]);
  },
);

it('a value that our table does not take is left out with a warning: the application may know what it means', () => {
  const { delivery, warnings } = load({
    OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd',
    OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
  });
  expect(delivery).toMatchObject({ compression: 'none', timeoutMs: 10_000, endpoint: 'none' });
  expect(warnings).toHaveLength(3);
});

it('headers are decoded, those for logs come before, and what cannot be decoded is left out whole', () => {
  expect(
    readOtlpVariables({
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20abc, x-a=1',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-a=2',
    }).headers,
  ).toEqual({ authorization: 'Bearer abc', 'x-a': '2' });
  const { headers, warnings } = readOtlpVariables({ OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=%0d%0aset-cookie:x' });
  expect(headers).toEqual({});
  expect(warnings).toEqual([expect.not.stringContaining('cookie')]);
});
