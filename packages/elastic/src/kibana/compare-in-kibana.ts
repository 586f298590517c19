// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Difference } from '../compare.ts';
import { isObject, type Json, type JsonObject, objectAt, objectsAt, textAt } from '../json.ts';
import type { KibanaAsset } from './kibana-assets.ts';

/**
 * Where what Kibana holds is not what is wanted. Kibana fills in defaults when it takes something, so that more is
 * there than was sent: an additional setting is no difference, an additional panel is.
 */
export function differencesInKibana({ kind, body }: KibanaAsset, found: JsonObject): Difference[] {
  const [wanted, there] = kind === 'saved search' ? [essence(body), essence(found)] : [body, found];
  return [...lacking(wanted, there, '')];
}

function* lacking(wanted: Json, found: Json | undefined, path: string): Generator<Difference> {
  if (isObject(wanted) && isObject(found)) {
    for (const [name, member] of Object.entries(wanted)) {
      yield* lacking(member, found[name], path === '' ? name : `${path}.${name}`);
    }
  } else if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length) {
    for (const [index, member] of wanted.entries()) yield* lacking(member, found[index], `${path}.${index}`);
  } else if (JSON.stringify(wanted) !== JSON.stringify(found) && !(found === undefined && isNothing(wanted))) {
    yield { path, wanted: shown(wanted), found: found === undefined ? undefined : shown(found) };
  }
}

/** What says nothing may be dropped. */
function isNothing(value: Json): boolean {
  if (isObject(value)) return Object.values(value).every(isNothing);
  if (Array.isArray(value)) return value.length === 0;
  return value === '' || value === false || value === null || value === 'kql';
}

function shown(value: Json): string {
  if (Array.isArray(value)) return `${value.length} element(s)`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A saved search in any version of Kibana: newer ones keep it in the first of several tabs. */
function essence(object: JsonObject): JsonObject {
  const attributes = objectAt(object, 'attributes') ?? {};
  const tab = objectAt(objectsAt(attributes, 'tabs')[0], 'attributes') ?? attributes;
  const source = textAt(tab, 'kibanaSavedObjectMeta', 'searchSourceJSON');
  const view = objectsAt(object, 'references').find(({ type }) => type === 'index-pattern');
  return {
    title: attributes['title'] ?? '',
    description: attributes['description'] ?? '',
    columns: tab['columns'] ?? [],
    sort: tab['sort'] ?? [],
    query: source === '' ? '' : textOf(source),
    dataView: view?.['id'] ?? '',
  };
}

function textOf(source: string): string {
  try {
    return textAt(JSON.parse(source), 'query', 'query');
  } catch {
    return '';
  }
}
