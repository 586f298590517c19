// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mappingDeviations } from '../../src/elasticsearch/check-mappings.ts';

type Json = Record<string, unknown>;

/** What `GET /_mapping` answers of an index that the installed template made. */
function installed(edit: (mappings: Json) => void = () => {}): Json {
  const template = new URL('../../../elastic/assets/component-template-mappings.json', import.meta.url);
  const { template: made } = JSON.parse(readFileSync(template, 'utf8')) as { template: { mappings: Json } };
  edit(made.mappings);
  return { '.ds-one': { mappings: made.mappings } };
}

function below(mappings: Json, ...names: readonly string[]): Json {
  return names.reduce((holder, name) => (holder['properties'] as Json)[name] as Json, mappings);
}

const attribute = (mappings: Json, name: string): Json => below(mappings, 'attributes', name);
const attributes = (mappings: Json): Json => below(mappings, 'attributes')['properties'] as Json;

test('the installed template deviates in nothing', () => {
  expect(mappingDeviations(installed())).toEqual([]);
});

const EDITS: readonly (readonly [string, (mappings: Json) => void, string])[] = [
  [
    'a runtime field over a sealed one',
    (m) => (m['runtime'] = { 'attributes.user.hash': { type: 'keyword' } }),
    'attributes.user.hash',
  ],
  [
    'a runtime field with a name of ours',
    (m) => (m['runtime'] = { 'attributes.step_up.new': { type: 'long' } }),
    'attributes.step_up.new',
  ],
  [
    'a runtime field over the service',
    (m) => (m['runtime'] = { 'resource.attributes.service.name': {} }),
    'resource.attributes.service.name',
  ],
  ['a runtime field over the time', (m) => (m['runtime'] = { '@timestamp': { type: 'date' } }), '@timestamp'],
  [
    'an alias in place of a field',
    (m) => (attributes(m)['user.hash'] = { type: 'alias', path: 'event_name' }),
    'attributes.user.hash',
  ],
  [
    'an alias under a name of ours',
    (m) => (attributes(m)['step_up.new'] = { type: 'alias', path: 'event_name' }),
    'attributes.step_up.new',
  ],
  ['another type', (m) => (attribute(m, 'user.hash')['type'] = 'long'), 'attributes.user.hash'],
  ['a text as an address', (m) => (attribute(m, 'user.hash')['type'] = 'ip'), 'attributes.user.hash'],
  ['no index', (m) => (attribute(m, 'user.hash')['index'] = false), 'attributes.user.hash'],
  ['no doc values', (m) => (attribute(m, 'step_up.outcome')['doc_values'] = false), 'attributes.step_up.outcome'],
  ['a normalizer', (m) => (attribute(m, 'step_up.outcome')['normalizer'] = 'lowercase'), 'attributes.step_up.outcome'],
  ['a short ignore_above', (m) => (attribute(m, 'user.hash')['ignore_above'] = 1), 'attributes.user.hash'],
  ['a value for none', (m) => (attribute(m, 'step_up.outcome')['null_value'] = 'passed'), 'attributes.step_up.outcome'],
  ['a script', (m) => (attribute(m, 'step_up.aal')['script'] = 'emit(3)'), 'attributes.step_up.aal'],
  [
    'a copy of another field',
    (m) => (attributes(m)['other'] = { type: 'keyword', copy_to: 'attributes.user.hash' }),
    'attributes.user.hash',
  ],
  [
    'a field whose second form has a name of ours',
    (m) => (attributes(m)['step_up'] = { type: 'keyword', fields: { new: { type: 'keyword' } } }),
    'attributes.step_up.new',
  ],
  [
    'one constant for all',
    (m) => (attributes(m)['step_up.outcome'] = { type: 'constant_keyword', value: 'passed' }),
    'attributes.step_up.outcome',
  ],
];

describe('an index in which a search finds something else', () => {
  test.each(EDITS)('%s is found, with index and field', (_name, edit, field) => {
    expect(mappingDeviations(installed(edit)).map((it) => [it.index, it.field, it.absent])).toEqual([
      ['.ds-one', field, false],
    ]);
  });

  test('an object that is not looked into hides all that stands in it', () => {
    const found = mappingDeviations(installed((m) => (below(m, 'attributes')['enabled'] = false)));
    expect(found.length).toBeGreaterThan(100);
    expect(found.every(({ field, absent }) => field.startsWith('attributes.') && !absent)).toBe(true);
  });

  const EMPTY: readonly (readonly [string, (mappings: Json) => void])[] = [
    ['is not looked into', (m) => (m['properties'] = { attributes: { type: 'object', enabled: false } })],
    ['is one field', (m) => (m['properties'] = { attributes: { type: 'flattened' } })],
    ['is for special searches', (m) => (m['properties'] = { attributes: { type: 'nested', dynamic: true } })],
    ['is a text', (m) => (m['properties'] = { attributes: { type: 'keyword' } })],
    ['is in nothing that is looked into', (m) => Object.assign(m, { enabled: false, properties: {} })],
    ['takes nothing up', (m) => (m['properties'] = { attributes: { properties: { step_up: { dynamic: false } } } })],
    [
      'has a part that is not looked into',
      (m) => (m['properties'] = { attributes: { properties: { step_up: { type: 'object', enabled: false } } } }),
    ],
  ];

  test.each(EMPTY)('an object without a field that %s is not one that takes up what documents bring', (_name, edit) => {
    const found = mappingDeviations(
      installed((mappings) => {
        mappings['dynamic'] = true;
        edit(mappings);
      }),
    );
    expect(found.map(({ field }) => field)).toContain('attributes.step_up.outcome');
  });

  test('an object that documents can make takes up what they bring', () => {
    const edit = (mappings: Json): void => {
      Object.assign(mappings, {
        dynamic: true,
        properties: { attributes: { properties: { step_up: { dynamic: true } } } },
      });
    };
    expect(mappingDeviations(installed(edit))).toEqual([]);
  });

  test('a field that is merely absent, as before an upgrade, is told apart', () => {
    const found = mappingDeviations(installed((m) => delete attributes(m)['step_up.outcome']));
    expect(found).toEqual([
      { index: '.ds-one', field: 'attributes.step_up.outcome', how: 'is not searched', absent: true },
    ]);
  });
});

test('a field that no document has brought yet is not missed where documents bring fields', () => {
  const edit = (mappings: Json): void => {
    below(mappings, 'attributes')['dynamic'] = 'true';
    delete attributes(mappings)['step_up.outcome'];
  };
  expect(mappingDeviations(installed(edit))).toEqual([]);
});

test('fields, aliases, runtime fields and copies of others are their own', () => {
  const edit = (mappings: Json): void => {
    Object.assign(attributes(mappings), {
      'bank.iban': { type: 'keyword', copy_to: 'bank.all' },
      'bank.alias': { type: 'alias', path: 'attributes.user.hash' },
    });
    attribute(mappings, 'step_up.outcome')['fields'] = { words: { type: 'text' } };
    mappings['runtime'] = { 'bank.hour': { type: 'long' } };
    mappings['dynamic_templates'] = [{ all: { mapping: { type: 'keyword' } } }];
  };
  expect(mappingDeviations(installed(edit))).toEqual([]);
});

test('names that nest say the same as names with dots', () => {
  const nested = installed((mappings) => {
    const { 'user.hash': hash, 'user.id': id, ...others } = attributes(mappings);
    below(mappings, 'attributes')['properties'] = { ...others, user: { properties: { hash, id } } };
  });
  expect(mappingDeviations(nested)).toEqual([]);
});

test.each([undefined, null, [], 'x', { a: null }, { a: { mappings: { properties: [1], runtime: 'x' } } }])(
  'the answer %j is no reason to fall over',
  (answer) => {
    expect(Array.isArray(mappingDeviations(answer))).toBe(true);
  },
);
