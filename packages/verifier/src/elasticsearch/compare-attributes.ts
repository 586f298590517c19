// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';
import { ATTRIBUTES } from '@stepseal/core/semconv';
import { OUTSIDE, RESERVED } from '../projection.ts';
import type { DifferenceLog } from './difference-log.ts';
import { isObject, isStored } from './stored-value.ts';

/** What the exporter takes out of the attributes: they chose index, id and form of the document. */
const STRIPPED: ReadonlySet<string> = new Set([
  'data_stream.type',
  'data_stream.dataset',
  'data_stream.namespace',
  'elastic.mapping.mode',
  'elasticsearch.document_id',
  'elasticsearch.index',
  'elasticsearch.ingest_pipeline',
  'elasticsearch.mapping.hints',
]);

const GEO = /(?:^|\.)geo\.location$/;
const GEO_PART = /(?:^|\.)geo\.location\.(?:lat|lon)$/;

/** Compares the attributes of a document with the sealed ones; those of `audit.integrity` are compared elsewhere. */
export function compareAttributes(
  sealed: ReadonlyMap<string, TypedValue>,
  stored: Readonly<Record<string, unknown>>,
  log: DifferenceLog,
): void {
  let met = 0;
  for (const key of Object.keys(stored)) {
    if (key.startsWith(OUTSIDE)) continue;
    const value = sealed.get(key);
    if (value === undefined) {
      if (!isMergedPlace(key, sealed, stored[key])) addedAttribute(key, stored[key], sealed, log);
      continue;
    }
    met++;
    if (!isStored(value, stored[key])) log.altered(key, value, stored[key]);
  }
  if (met === sealed.size) return;
  for (const [key, value] of sealed) {
    if (Object.hasOwn(stored, key) || key.startsWith(OUTSIDE) || STRIPPED.has(key)) continue;
    if (!isMerged(key, value, stored)) log.missing(key, value);
  }
}

function addedAttribute(
  key: string,
  value: unknown,
  sealed: ReadonlyMap<string, TypedValue>,
  log: DifferenceLog,
): void {
  // Elasticsearch reads an object as so many dotted names: `{"user":{"hash":…}}` is found as `user.hash`.
  const shadowed = leafNames(key, value).find((name) => {
    return isSealed(name, sealed) || RESERVED.test(name) || Object.hasOwn(ATTRIBUTES, name);
  });
  if (shadowed === undefined) log.added('attributes', key);
  else log.altered(shadowed, undefined, value);
}

/** Dotted names of all that stands in a value. Lists have no names of their own there, nor have lists in lists. */
export function leafNames(name: string, value: unknown): readonly string[] {
  if (Array.isArray(value)) return [name, ...value.flatMap((item) => (isHolder(item) ? leafNames(name, item) : []))];
  if (!isObject(value)) return [name];
  return Object.entries(value).flatMap(([key, item]) => leafNames(`${name}.${key}`, item));
}

function isHolder(value: unknown): boolean {
  return Array.isArray(value) || isObject(value);
}

/** Whether a sealed value is found under this dotted name, as itself or in a map. */
function isSealed(name: string, sealed: ReadonlyMap<string, TypedValue>): boolean {
  if (sealed.has(name)) return true;
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const holder = sealed.get(name.slice(0, dot));
    if (holder !== undefined && holdsName(name.slice(dot + 1), holder)) return true;
  }
  return false;
}

function holdsName(name: string, holder: TypedValue): boolean {
  if (holder.type === 'array') return holder.value.some((item) => holdsName(name, item));
  return holder.type === 'map' && isSealed(name, holder.value);
}

/** Latitude and longitude are merged into one point by the exporter, where both are doubles. */
function isMergedPlace(key: string, sealed: ReadonlyMap<string, TypedValue>, stored: unknown): boolean {
  if (!GEO.test(key)) return false;
  const [lon, lat] = [sealed.get(`${key}.lon`), sealed.get(`${key}.lat`)];
  return (
    lon?.type === 'double' &&
    lat?.type === 'double' &&
    Array.isArray(stored) &&
    stored.length === 2 &&
    isStored(lon, stored[0]) &&
    isStored(lat, stored[1])
  );
}

/** That the point is the right one is told where it stands. */
function isMerged(key: string, value: TypedValue, stored: Readonly<Record<string, unknown>>): boolean {
  return value.type === 'double' && GEO_PART.test(key) && Object.hasOwn(stored, key.slice(0, -4));
}
