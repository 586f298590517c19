// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@stepseal/processor/config';
import { expect, test } from 'vitest';
import { otlpDelivery } from '../src/otlp-delivery.ts';

const cwd = tmpdir();
const env = {
  STEPSEAL_DELIVERY_ENDPOINT: 'https://collector.bank/v1/logs',
  STEPSEAL_DELIVERY_HEADERS_FILE: 'headers.txt',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20secret',
};
const delivery = (named: string | undefined, ...argv: string[]): ReturnType<typeof otlpDelivery> =>
  otlpDelivery(loadConfig({ argv, env, cwd }), named);

test('credentials of the configured endpoint are not sent to another one', () => {
  expect(delivery(undefined)).toMatchObject({
    headers: { authorization: 'Bearer secret' },
    headersFile: join(cwd, 'headers.txt'),
  });
  const other = delivery('https://somewhere.else');
  expect([other?.endpoint, other?.headers, other?.headersFile]).toEqual([
    'https://somewhere.else/v1/logs',
    undefined,
    undefined,
  ]);
});

test('headers that are named beside another endpoint are meant for it', () => {
  const named = delivery('https://somewhere.else', '--delivery-headers-file=others.txt');
  expect([named?.headersFile, named?.headers]).toEqual([join(cwd, 'others.txt'), undefined]);
});
