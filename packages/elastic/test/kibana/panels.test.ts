// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { ATTRIBUTES, type AttributeName, EVENTS } from '@stepseal/core/semconv';
import { describe, expect, it } from 'vitest';
import { textAt } from '../../src/json.ts';
import { DASHBOARDS, SAVED_SEARCHES } from '../../src/kibana/dashboards.ts';
import { templateField } from '../../src/kibana/field-type.ts';
import { EVENT } from '../../src/kibana/fields.ts';
import type { Chart, Measure, Split } from '../../src/kibana/panel.ts';
import { DOCUMENT_ORDER, searchRequest, splitsOf } from '../../src/kibana/search-request.ts';
import { type Condition, kql, type Where } from '../../src/kibana/where.ts';
import { panelTables } from './support/panel-tables.ts';

const DOCS = new URL('../../../../docs/kibana.md', import.meta.url);
const GENERATED = /(?<=<!-- from the panels -->\n\n).*(?=<!-- end -->)/s;

const panels = DASHBOARDS.flatMap((dashboard) => dashboard.panels.map((panel) => ({ ...panel, dashboard })));

// `npx vitest run packages/elastic/test/kibana -u` writes both files anew.
it('the table in docs/kibana.md is in step with the panels', async () => {
  const page = readFileSync(DOCS, 'utf8');
  expect(page).toMatch(GENERATED);
  await expect(page.replace(GENERATED, () => `${panelTables()}\n`)).toMatchFileSnapshot(DOCS.pathname);
});

it('the file of the search requests is in step with the panels', async () => {
  const requests = Object.fromEntries(panels.map((panel) => [panel.id, searchRequest(panel.dashboard, panel)]));
  const text = `${JSON.stringify(requests, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../kibana/search-requests.json');
});

it('no two panels or dashboards have the same id', () => {
  const ids = [...panels.map(({ id }) => id), ...DASHBOARDS.map(({ id }) => id), ...SAVED_SEARCHES.map(({ id }) => id)];
  expect(new Set(ids).size).toBe(ids.length);
});

/** How a field is used: each wants other things of it. */
type Use = 'found by' | 'grouped by' | 'counted' | 'calculated with' | 'shown';

const NEEDS: Readonly<Record<Use, readonly string[]>> = {
  'found by': ['keyword', 'boolean', 'long', 'ip', 'date_nanos'],
  'grouped by': ['keyword', 'boolean', 'ip'],
  counted: ['keyword'],
  'calculated with': ['long', 'date_nanos'],
  shown: ['keyword', 'boolean', 'long', 'ip', 'date_nanos', 'text'],
};

function usesOf(where: Where, chart: Chart): [field: string, use: Use][] {
  const shown = (fields: readonly string[]): [string, Use][] => fields.map((field) => [field, 'shown']);
  const conditions = (all: Where = []): [string, Use][] => all.map(({ field }) => [field, 'found by']);
  if (chart.chart === 'documents') return [...conditions(where), ...shown([...chart.columns, ...DOCUMENT_ORDER])];
  return [
    ...conditions(where),
    ...splitsOf(chart).flatMap((split): [string, Use][] => {
      if (split.by === 'conditions') return split.groups.flatMap((group) => conditions(group.where));
      return split.by === 'values' ? [[split.field, 'grouped by']] : [];
    }),
    ...chart.measures.flatMap((measure): [string, Use][] => [
      ...('where' in measure ? conditions(measure.where) : []),
      ...fieldOf(measure),
    ]),
  ];
}

function fieldOf(measure: Measure): [string, Use][] {
  if (measure.figure === 'rate') return [[measure.per, 'counted']];
  if (measure.figure === 'distinct') return [[measure.field, 'counted']];
  if (measure.figure === 'sum' || measure.figure === 'percentile') return [[measure.field, 'calculated with']];
  return measure.figure === 'last' ? [[measure.field, 'found by']] : [];
}

/** Every place that asks something: panels, saved searches, what is chosen at the top. */
const asking: [name: string, where: Where, chart: Chart][] = [
  ...panels.map(({ id, where, chart }): [string, Where, Chart] => [id, where, chart]),
  ...SAVED_SEARCHES.map(({ id, where, documents }): [string, Where, Chart] => [id, where, documents]),
  ...DASHBOARDS.flatMap(({ id, choose }): [string, Where, Chart][] =>
    choose === undefined ? [] : [[id, [{ field: choose.field, exists: true }], { chart: 'documents', columns: [] }]],
  ),
];

it.each(asking)(
  'every field of %s is in the index template, with a type for what is asked of it',
  (_, where, chart) => {
    const unfit = usesOf(where, chart).filter(([field, use]) => {
      const found = templateField(field);
      const searchable = found?.['index'] !== false && found?.['doc_values'] !== false;
      return !NEEDS[use].includes(textAt(found, 'type')) || !searchable;
    });
    expect(unfit).toEqual([]);
  },
);

it.each(asking)('%s asks for no value that no record can have', (_, where, chart) => {
  const conditions = [where, ...innerConditions(chart)].flat();
  expect(conditions.filter((condition) => !canBe(condition))).toEqual([]);
});

function innerConditions(chart: Chart): Where[] {
  if (chart.chart === 'documents') return [];
  const ofSplit = (split: Split): Where[] => (split.by === 'conditions' ? split.groups.map(({ where }) => where) : []);
  const ofMeasure = (measure: Measure): Where[] => ('where' in measure ? [measure.where ?? []] : []);
  return [...splitsOf(chart).flatMap(ofSplit), ...chart.measures.flatMap(ofMeasure)];
}

function canBe(condition: Condition): boolean {
  if ('exists' in condition) return true;
  const values = 'is' in condition ? [condition.is] : condition.oneOf;
  if (condition.field === EVENT) return values.every((value) => Object.hasOwn(EVENTS, String(value)));
  const { type, values: members } = ATTRIBUTES[condition.field.replace(/^attributes\./, '') as AttributeName];
  if (type === 'boolean') return values.every((value) => typeof value === 'boolean');
  return values.every((value) => typeof value === 'string' && (members === undefined || members.includes(value)));
}

it('what groups are ranked by is a number that Elasticsearch can rank by', () => {
  const ranked = panels.filter(
    ({ chart }) =>
      chart.chart !== 'documents' && splitsOf(chart).some((one) => one.by === 'values' && one.order === undefined),
  );
  const first = ranked.map(({ id, chart }) => [id, chart.chart === 'documents' ? '' : chart.measures[0]?.figure]);
  expect(ranked.length).toBeGreaterThan(5);
  expect(first.filter(([, figure]) => !['count', 'distinct', 'sum'].includes(String(figure)))).toEqual([]);
});

describe('conditions', () => {
  it('are written in the language of Kibana', () => {
    const where: Where = [
      { field: 'a', is: 'x y' },
      { field: 'b', oneOf: ['1', '2'] },
      { field: 'c', is: true },
      { field: 'd', exists: true },
      { field: 'e', exists: false },
    ];
    expect(kql(where)).toBe('a : "x y" and b : ("1" or "2") and c : true and d : * and not e : *');
  });

  it('hold no sign that would end a text in them', () => {
    const all = asking.flatMap(([, where, chart]) => [where, ...innerConditions(chart)].map(kql));
    // Quotes stand around values alone, and a formula of Kibana puts single ones around the whole.
    expect(all.filter((text) => /['\\]/.test(text) || (text.match(/"/g)?.length ?? 0) % 2 !== 0)).toEqual([]);
  });
});
