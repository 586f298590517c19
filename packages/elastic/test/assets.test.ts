// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, it } from 'vitest';
import { type AssetOptions, assets } from '../src/assets.ts';
import { objectAt } from '../src/json.ts';
import { mappings } from '../src/mappings.ts';
import { STREAM_PATTERN } from '../src/names.ts';
import { FOREVER } from '../src/retention.ts';
import { apiKeyDescriptor, type RoleKind, roleDescriptor } from '../src/roles.ts';

const OPTIONS: AssetOptions = { retention: FOREVER, lifecycle: true, autoConfigure: false };

// `npx vitest run packages/elastic/test/assets.test.ts -u` writes the files anew.
it.each(assets(OPTIONS))('the file of the $kind $name is in step', async ({ kind, name, body }) => {
  const file = `${kind.replace(' ', '-')}-${name.replace('stepseal-audit@', '').replace('stepseal_audit_', '')}`;
  await expect(`${JSON.stringify(body, undefined, 2)}\n`).toMatchFileSnapshot(`../assets/${file}.json`);
});

it.each(['writer', 'auditor', 'installer'] as const)(
  'the file of the API key of the role %s is in step',
  async (kind) => {
    const text = `${JSON.stringify(apiKeyDescriptor(kind), undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../assets/api-key-${kind}.json`);
  },
);

it('every object is marked, so that it is known again', () => {
  for (const { body } of assets(OPTIONS)) expect(JSON.stringify(body)).toContain('"managed_by":"stepseal"');
});

it('without lifecycle management no setting refers to it', () => {
  const bodies = (lifecycle: boolean): string =>
    JSON.stringify(assets({ ...OPTIONS, lifecycle }).filter(({ kind }) => kind.endsWith('template')));
  expect(bodies(true)).toContain('lifecycle');
  expect(bodies(false)).not.toContain('lifecycle');
});

it('the index is sorted by fields that the mappings have', () => {
  const settings = assets(OPTIONS).map(({ body }) => objectAt(body, 'template', 'settings'));
  const sorted = settings.flatMap((one) => (one?.['index.sort.field'] ?? []) as string[]);
  const fields = objectAt(mappings(), 'properties', 'attributes', 'properties') ?? {};
  expect(sorted.map((name) => objectAt(fields, name.replace(/^attributes\./, ''))?.['type'])).toEqual([
    'keyword',
    'long',
  ]);
});

it('the writer may add a document and nothing else', () => {
  const indices = (privileges: string[]): unknown => ({
    cluster: [],
    indices: [{ names: [STREAM_PATTERN], privileges }],
  });
  expect(roleDescriptor('writer')).toEqual(indices(['create_doc']));
  expect(roleDescriptor('writer', { autoConfigure: true })).toEqual(indices(['create_doc', 'auto_configure']));
});

it('no role may delete or change what was written', () => {
  const granted = (['writer', 'auditor', 'installer'] satisfies RoleKind[]).flatMap((kind) => {
    const { cluster, indices } = roleDescriptor(kind);
    return [cluster, (indices as { privileges: string[] }[]).map(({ privileges }) => privileges)].flat(2);
  });
  const harmful = [
    'all',
    'write',
    'index',
    'create',
    'delete',
    'delete_index',
    'manage',
    'maintenance',
    'manage_security',
  ];
  expect(granted.filter((privilege) => typeof privilege !== 'string' || harmful.includes(privilege))).toEqual([]);
});
