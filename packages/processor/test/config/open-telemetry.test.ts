// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, it } from 'vitest';
import { readOpenTelemetry } from '../../src/config/open-telemetry.ts';

it('decodes resource attributes, and the service name wins over the attribute', () => {
  const { resource, origins, warnings } = readOpenTelemetry({
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=a, service.namespace=my%20bank%2C%20eu ,host.name=%C3%A9,,',
    OTEL_SERVICE_NAME: 'teller',
  });
  expect(resource).toEqual({ 'service.name': 'teller', 'service.namespace': 'my bank, eu', 'host.name': 'é' });
  expect(origins.get('resource.service.name')).toEqual({ kind: 'variable', name: 'OTEL_SERVICE_NAME' });
  expect(origins.get('resource.host.name')).toEqual({ kind: 'variable', name: 'OTEL_RESOURCE_ATTRIBUTES' });
  expect(warnings).toEqual([]);
});

it.each(['a=%E0%A4%A', 'a=%', 'a', '=b', '__proto__=x', 'good=1,bad=%zz'])(
  'discards the whole list when part of it cannot be decoded: %s',
  (list) => {
    const { resource, warnings } = readOpenTelemetry({ OTEL_RESOURCE_ATTRIBUTES: list });
    expect(resource).toEqual({});
    expect(warnings).toEqual([expect.stringContaining('OTEL_RESOURCE_ATTRIBUTES')]);
  },
);

it.each([
  ['true', true, 0],
  ['TRUE', true, 0],
  ['false', false, 0],
  ['', false, 0],
  ['1', false, 1],
  ['yes', false, 1],
])('OTEL_SDK_DISABLED=%s: only the word true disables', (text, disabled, warnings) => {
  const read = readOpenTelemetry({ OTEL_SDK_DISABLED: text });
  expect(read.disabled).toBe(disabled);
  expect(read.warnings).toHaveLength(warnings);
});
