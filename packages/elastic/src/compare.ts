// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isObject, type Json, type JsonObject } from './json.ts';

/** A place where the server has something else than is wanted; undefined stands for nothing. */
export interface Difference {
  readonly path: string;
  readonly wanted: string | undefined;
  readonly found: string | undefined;
}

/** What the server adds by itself, by the last parts of its path and its value (any, where none is given). */
const ADDED: readonly (readonly [suffix: string, value?: string])[] = [
  ['created_date'],
  ['created_date_millis'],
  ['modified_date'],
  ['modified_date_millis'],
  ['data_stream.hidden', 'false'],
  ['data_stream.allow_custom_routing', 'false'],
  ['allow_restricted_indices', 'false'],
  ['transient_metadata.enabled', 'true'],
  ['applications', '[]'],
  ['run_as', '[]'],
];

/** Compares a body with the one the server holds, in the server's several spellings of the same. */
export function differences(wanted: JsonObject, found: JsonObject): Difference[] {
  const [ours, theirs] = [leaves(wanted), leaves(found)];
  const paths = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  return paths.flatMap((path): Difference[] => {
    const [here, there] = [ours.get(path), theirs.get(path)];
    if (here === there || (here === undefined && there !== undefined && isAdded(path, there))) return [];
    return [{ path, wanted: here, found: there }];
  });
}

function isAdded(path: string, value: string): boolean {
  return ADDED.some(([suffix, only]) => `.${path}`.endsWith(`.${suffix}`) && (only === undefined || only === value));
}

/** Every scalar and list by its dotted path: settings come nested or dotted, numbers and booleans also as text. */
function leaves(body: JsonObject): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (value: Json, path: string): void => {
    if (isObject(value)) {
      // An action without parameters says something, an empty container of nothing does not.
      if (Object.keys(value).length === 0 && /\.actions\.\w+$/.test(path)) found.set(path, '{}');
      for (const [name, member] of Object.entries(value)) visit(member, path === '' ? name : `${path}.${name}`);
    } else if (Array.isArray(value)) {
      if (value.some(isObject)) for (const [index, element] of value.entries()) visit(element, `${path}.${index}`);
      else found.set(path, JSON.stringify(value.map(String)));
    } else found.set(path, typeof value === 'string' ? value : JSON.stringify(value));
  };
  visit(body, '');
  return found;
}
