// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { ATTRIBUTES, EVENTS } from '@stepseal/core/semconv';
import { expect, it } from 'vitest';
import { objectAt } from '../src/json.ts';
import { mappings } from '../src/mappings.ts';

const fields = objectAt(mappings(), 'properties', 'attributes', 'properties') ?? {};
const registryFields = JSON.parse(
  readFileSync(new URL('../../core/registry/elasticsearch-fields.json', import.meta.url), 'utf8'),
) as Record<string, string>;

it('every attribute of the registry has a field of the type that the registry says', () => {
  const types = Object.entries(fields).map(([name]) => [name, objectAt(fields, name)?.['type']]);
  expect(Object.fromEntries(types)).toMatchObject(registryFields);
  expect(Object.keys(registryFields).sort()).toEqual(Object.keys(ATTRIBUTES).sort());
});

it('every attribute of every event can be searched', () => {
  const used = Object.values(EVENTS).flatMap((event) => Object.keys(event.attributes));
  expect(used.length).toBeGreaterThan(100);
  expect(used.filter((name) => objectAt(fields, name)?.['index'] === false || !(name in fields))).toEqual([]);
});

it('beyond the registry there are fields for what delivery adds, and for nothing else', () => {
  const more = Object.keys(fields).filter((name) => !(name in registryFields));
  expect(more.every((name) => name.startsWith('audit.integrity.'))).toBe(true);
});

it.each(['payload', 'note', 'value'])('the evidence in audit.integrity.%s costs no index and no doc values', (name) => {
  expect(fields[`audit.integrity.${name}`]).toEqual({ type: 'keyword', index: false, doc_values: false });
});

it('no text that an event may hold is too long for its field', () => {
  // A term of Lucene holds 32,766 bytes, a UTF-16 code unit at most three of them.
  const limits = Object.values(fields).flatMap((field) => objectAt(field)?.['ignore_above'] ?? []);
  expect(limits.length).toBeGreaterThan(50);
  expect(limits.every((limit) => Number(limit) * 3 <= 32_766)).toBe(true);
  const longest = Math.max(...Object.values(ATTRIBUTES).map(({ maxBytes = 0 }) => maxBytes));
  expect(limits.every((limit) => Number(limit) >= longest)).toBe(true);
});

it('needs no type of field that a plain Elasticsearch lacks', () => {
  const types = new Set([...JSON.stringify(mappings()).matchAll(/"type":"(\w+)"/g)].map(([, type]) => type));
  expect([...types].sort()).toEqual(['boolean', 'date_nanos', 'ip', 'keyword', 'long', 'object', 'text']);
});
