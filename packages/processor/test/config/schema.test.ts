// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isDeploymentName } from '@stepseal/core/format';
import { expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { SETTINGS } from '../../src/config/settings.ts';

it('the published JSON Schema is in step with the table of settings', async () => {
  // `npx vitest run packages/processor/test/config/schema.test.ts -u` writes it anew.
  const text = `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../schema/stepseal.config.schema.json');
});

it('every pattern of the schema compiles as the unicode expression that validators make of it', () => {
  const patterns = SETTINGS.flatMap(({ type }) => ('pattern' in type ? [type.pattern] : []));
  expect(patterns.map((pattern) => new RegExp(pattern, 'u').source)).toEqual(
    patterns.map((pattern) => new RegExp(pattern).source),
  );
});

it.each(['local', 'bank/eu-1', 'a.b-c/d_e', 'A', 'a/', '/a', 'a b', 'a+b', '', 'a\n', 'a//b', 'é'])(
  'the configuration and the evidence format agree whether %j names a deployment',
  (name) => {
    const type = SETTINGS.find(({ key }) => key === 'deployment')?.type;
    const accepted = type?.kind === 'text' && new RegExp(type.pattern).test(name);
    expect(accepted).toBe(isDeploymentName(name));
  },
);
