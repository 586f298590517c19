// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type JsonObject, mappings, STREAM_PATTERN } from '@stepseal/elastic';
import { expect, test } from 'vitest';
import { queryOfKql } from '../real/queries/support/kql.ts';
import { recipes } from '../real/queries/support/recipes.ts';
import { columnsOfEsql } from './support/esql.ts';

type Field = { readonly type: string; readonly doc_values?: boolean; readonly index?: boolean };

/** Every field of the template by its whole name. */
const fields = new Map<string, Field>(leaves(mappings()['properties'] as JsonObject, ''));

function leaves(properties: JsonObject, prefix: string): [string, Field][] {
  return Object.entries(properties).flatMap(([name, mapping]): [string, Field][] => {
    const { properties: inner } = mapping as { properties?: JsonObject };
    return inner === undefined
      ? [[`${prefix}${name}`, mapping as unknown as Field]]
      : leaves(inner, `${prefix}${name}.`);
  });
}

type Use = readonly [field: string, use: 'query' | 'values' | 'stored'];

/** The fields that a request names, and what for. */
function asked(request: unknown, key = ''): readonly Use[] {
  if (Array.isArray(request)) return request.flatMap((one) => asked(one, key));
  if (typeof request === 'string') return key === 'fields' ? [[request, 'stored']] : [];
  if (typeof request !== 'object' || request === null) return [];
  return Object.entries(request).flatMap(([name, value]): readonly Use[] => {
    if (name === 'field') return [[String(value), key === 'exists' ? 'query' : 'values']];
    if (key === 'sort') return [[name, 'values']];
    // Of an aggregation `terms` holds the field as a value.
    const clause = ['term', 'terms', 'range', 'prefix', 'wildcard'].includes(name) && !Object.hasOwn(value, 'field');
    return clause ? Object.keys(value).map((field): Use => [field, 'query']) : asked(value, name);
  });
}

const named = recipes.map((recipe) => [recipe.name, recipe] as const);

test('the questions have names of their own', () => {
  expect(recipes.length).toBeGreaterThan(15);
  expect(new Set(recipes.map(({ name }) => name)).size).toBe(recipes.length);
});

test.each(named)('every field of the request of %s is in the template, and can be asked like that', (_name, recipe) => {
  const uses = asked(recipe.request).filter(([field]) => field !== '_doc');
  expect(uses.length).toBeGreaterThan(0);
  for (const [name, use] of uses) {
    const field = fields.get(name);
    expect(field, name).toBeDefined();
    if (use === 'query') expect(field?.index, name).not.toBe(false);
    if (use === 'values')
      expect([name, field?.type === 'text', field?.doc_values === false]).toEqual([name, false, false]);
  }
});

test.each(named)('the KQL of %s is about fields of the template', (_name, { kql }) => {
  for (const [name] of kql === undefined ? [] : asked(queryOfKql(kql))) expect([...fields.keys()]).toContain(name);
});

test.each(named)(
  'the ES|QL of %s uses known commands, functions and fields, and gives the columns of the request',
  (_name, recipe) => {
    const given = columnsOfEsql(recipe.esql, STREAM_PATTERN, new Set(fields.keys()));
    // What only goes into another column is none of the query's.
    const shown = Object.keys(recipe.columns).filter((name) => name !== 'payload');
    const computed = given.filter((name) => !shown.includes(name));
    expect(shown.filter((name) => !given.includes(name))).toEqual([]);
    // What the request does not give is explained below it.
    for (const name of computed) expect(recipe.then ?? '').toContain(`\`${name}\``);
  },
);

test.each([
  ['an unknown field', '| WHERE attributes.step_up.outcom == "passed"'],
  ['an unknown function', '| WHERE SHA257(event_name) == "passed"'],
  ['an unknown command', '| FILTER event_name == "passed"'],
  ['a field that an aggregation took away', '| STATS all = COUNT(*) | SORT @timestamp ASC'],
  ['a column without a name', '| STATS COUNT(*)'],
  ['another index', ''],
])('%s in ES|QL would be seen', (name, commands) => {
  const index = name === 'another index' ? 'logs-*' : STREAM_PATTERN;
  expect(() => columnsOfEsql(`FROM ${index}\n${commands}`, STREAM_PATTERN, new Set(fields.keys()))).toThrow();
});

test('what is no KQL would be seen', () => {
  for (const text of ['a :', 'a : (b', 'a : b c', 'and a : b', 'a : and']) expect(() => queryOfKql(text)).toThrow();
});
