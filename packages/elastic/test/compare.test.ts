// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, it } from 'vitest';
import { differences } from '../src/compare.ts';

it('settings that the server answers nested and as text are the ones that were sent dotted', () => {
  const wanted = { settings: { 'index.mode': 'standard', 'index.mapping.ignore_malformed': true } };
  const found = { settings: { index: { mode: 'standard', mapping: { ignore_malformed: 'true' } } } };
  expect(differences(wanted, found)).toEqual([]);
});

it('what the server adds by itself is no difference, unless it has another value', () => {
  const wanted = { data_stream: {}, priority: 300 };
  const found = {
    data_stream: { hidden: false, allow_custom_routing: false },
    priority: '300',
    created_date_millis: 1,
  };
  expect(differences(wanted, found)).toEqual([]);
  expect(differences(wanted, { ...found, data_stream: { hidden: true } })).toEqual([
    { path: 'data_stream.hidden', wanted: undefined, found: 'true' },
  ]);
});

it('an action that was added to a lifecycle is seen although it has no parameters', () => {
  const phase = { warm: { actions: { readonly: {} } } };
  const more = { warm: { actions: { readonly: {}, delete: {} } } };
  expect(differences(phase, more)).toEqual([{ path: 'warm.actions.delete', wanted: undefined, found: '{}' }]);
  expect(differences(more, phase)).toEqual([{ path: 'warm.actions.delete', wanted: '{}', found: undefined }]);
});

it('objects in lists are compared member by member', () => {
  const role = (names: string[]): { indices: { names: string[] }[] } => ({ indices: [{ names }] });
  expect(differences(role(['a']), role(['*']))).toEqual([{ path: 'indices.0.names', wanted: '["a"]', found: '["*"]' }]);
});
