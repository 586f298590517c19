// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, it } from 'vitest';
import { kibanaAssets } from '../../src/kibana/kibana-assets.ts';

/** Every value under a name, at any depth. */
function valuesOf(name: string, within: unknown): unknown[] {
  if (typeof within !== 'object' || within === null) return [];
  return Object.entries(within).flatMap(([key, value]) => (key === name ? [value] : valuesOf(name, value)));
}

it.each(['default', 'fraud'])('in the space %s everything refers only to what is installed there', (space) => {
  const assets = kibanaAssets(space);
  const named = (kind: string): string[] => assets.filter((asset) => asset.kind === kind).map(({ name }) => name);
  const bodies = assets.map(({ body }) => body);
  const views = ['ref_id', 'data_view_id'].flatMap((name) => valuesOf(name, bodies));
  const viewsOfSearches = bodies
    .flatMap((body) => valuesOf('references', body).flat())
    .map((one) => (one as { id: string }).id);
  expect(new Set([...views, ...viewsOfSearches])).toEqual(new Set(named('data view')));
  const dashboards = valuesOf('dashboard_id', bodies);
  expect(dashboards.length).toBeGreaterThan(5);
  expect(dashboards.filter((id) => !named('dashboard').includes(String(id)))).toEqual([]);
});

it('no id is one of another space, and each is one that Kibana takes', () => {
  const [here, there] = [kibanaAssets('default'), kibanaAssets('fraud')].map((assets) =>
    assets.map(({ name }) => name),
  );
  expect(here?.filter((name) => there?.includes(name))).toEqual([]);
  expect([here, there].flat().filter((name) => !/^[a-z0-9_-]{1,250}$/.test(name ?? ''))).toEqual([]);
});
