// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SETTINGS, type Setting } from '../../src/config/settings.ts';

const page = new URL('../../../../docs/configuration.md', import.meta.url);

function row({ key, variable, flag, fallback, type, brief }: Setting): string {
  const value = Array.isArray(fallback) || fallback === '' ? 'none' : `\`${fallback}\``;
  const range =
    type.kind === 'integer'
      ? `${type.min} to ${type.max} ${type.unit}`
      : type.kind === 'choice'
        ? type.values.map((one) => `\`${one}\``).join(', ')
        : '';
  return `| \`${key}\` | \`${variable}\` | \`--${flag}\` | ${value} | ${range} | ${brief} |`;
}

it('docs/configuration.md lists every setting as the loader has it', async () => {
  const text = readFileSync(page, 'utf8');
  const head = '|---|---|---|---|---|---|\n';
  const [before = '', rest = ''] = text.split(head);
  const [, after = ''] = rest.split('<!-- /settings -->');
  const inStep = `${before}${head}${SETTINGS.map(row).join('\n')}\n<!-- /settings -->${after}`;
  // `npx vitest run packages/processor/test/config/docs.test.ts -u` writes the table anew.
  await expect(inStep).toMatchFileSnapshot('../../../../docs/configuration.md');
});
