// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, it } from 'vitest';
import { contentPackage, PACKAGE_VERSION } from '../../src/kibana/content-package.ts';

const files = [...contentPackage()];

// `npx vitest run packages/elastic/test/kibana -u` writes the files anew.
it.each(files)('%s is in step', async (path, text) => {
  await expect(text).toMatchFileSnapshot(`../../kibana/content-package/${path}`);
});

interface Saved {
  readonly id: string;
  readonly attributes: { readonly panelsJSON: string };
  readonly references: readonly { readonly type: string; readonly id: string; readonly name: string }[];
}

const dashboards = files.filter(([path]) => path.startsWith('kibana/dashboard/'));

it.each(dashboards)('%s bears its id, and each of its references leads to something that is there', (path, text) => {
  const { id, references, attributes } = JSON.parse(text) as Saved;
  expect(path).toBe(`kibana/dashboard/${id}.json`);
  const ids = dashboards.map(([, other]) => (JSON.parse(other) as Saved).id);
  const known = (reference: Saved['references'][number]): boolean =>
    reference.type === 'dashboard' ? ids.includes(reference.id) : reference.id === 'logs-*';
  expect(references.filter((reference) => !known(reference))).toEqual([]);
  const panels = JSON.parse(attributes.panelsJSON) as { panelIndex: string }[];
  const named = references.flatMap(({ name }) => (name.includes(':') ? [name.split(':')[0]] : []));
  const expected = [
    ...panels.map(({ panelIndex }) => panelIndex),
    ...named.filter((name) => name?.startsWith('controlGroup')),
  ];
  expect(new Set(named)).toEqual(new Set(expected));
});

it.each(dashboards)('every column of a Lens layer in %s that another refers to is there', (_, text) => {
  const { attributes } = JSON.parse(text) as Saved;
  let layers = 0;
  for (const { embeddableConfig } of JSON.parse(attributes.panelsJSON) as { embeddableConfig: Lens }[]) {
    const layer = embeddableConfig.attributes.state?.datasourceStates.formBased.layers['layer'];
    if (layer === undefined) continue;
    layers++;
    const known = Object.keys(layer.columns);
    expect(layer.columnOrder).toEqual(known);
    const referred = Object.values(layer.columns).flatMap(({ references = [], params }) => [
      ...references,
      ...(params?.orderBy?.columnId === undefined ? [] : [params.orderBy.columnId]),
    ]);
    expect(referred.filter((id) => !known.includes(id))).toEqual([]);
  }
  expect(layers).toBeGreaterThan(0);
});

interface Lens {
  readonly attributes: {
    readonly state?: {
      readonly datasourceStates: {
        readonly formBased: {
          readonly layers: Record<string, { readonly columnOrder: string[]; readonly columns: Record<string, Column> }>;
        };
      };
    };
  };
}

interface Column {
  readonly references?: string[];
  readonly params?: { readonly orderBy?: { readonly columnId?: string } };
}

it('the changelog begins with the version of the manifest', () => {
  const changelog = new Map(files).get('changelog.yml') ?? '';
  expect(changelog.startsWith(`- version: ${PACKAGE_VERSION}\n`)).toBe(true);
});
