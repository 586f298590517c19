// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { describe, expect, it } from 'vitest';
import { type JsonObject, objectsAt } from '../../src/json.ts';
import { kibanaAssets } from '../../src/kibana/kibana-assets.ts';
import { REFERENCE, referenceSchema } from './support/reference.ts';

const bodies = kibanaAssets('default').flatMap(({ kind, name, body }): [string, JsonObject][] =>
  kind === 'dashboard' ? [[name, body]] : [],
);

// `npx vitest run packages/elastic/test/kibana -u` writes the files anew.
it.each(bodies)('the file of %s is in step', async (id, body) => {
  const text = `${JSON.stringify(body, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(`../../kibana/dashboards/${id}.json`);
});

describe.skipIf(REFERENCE === undefined)("against the reference of Kibana's API", () => {
  it.each(bodies)('Kibana takes %s', (_, body) => {
    const accepts = referenceSchema(['components', 'schemas', 'kbn-dashboard-data']);
    expect([accepts(body), accepts.errors]).toEqual([true, null]);
  });

  it('a figure that Kibana does not know is refused', () => {
    const accepts = referenceSchema(['components', 'schemas', 'kbn-dashboard-data']);
    const text = JSON.stringify(bodies[0]?.[1]).replace('"unique_count"', '"unique_counts"');
    expect(accepts(JSON.parse(text))).toBe(false);
  });
});

it.each(bodies)('no panel of %s covers another or leaves the grid', (_, body) => {
  const taken = new Set<string>();
  for (const panel of objectsAt(body, 'panels')) {
    const { x, y, w, h } = panel['grid'] as Record<'x' | 'y' | 'w' | 'h', number>;
    expect(x + w).toBeLessThanOrEqual(48);
    for (let column = x; column < x + w; column++) {
      for (let row = y; row < y + h; row++) {
        expect(taken.has(`${column} ${row}`)).toBe(false);
        taken.add(`${column} ${row}`);
      }
    }
  }
});
