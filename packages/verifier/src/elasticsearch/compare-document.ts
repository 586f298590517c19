// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isRegistryEvent, type Payload } from '@stepseal/core/format';
import { exportedSeverity, RESERVED } from '../projection.ts';
import { stringOf } from '../stream-facts.ts';
import { compareAttributes, leafNames } from './compare-attributes.ts';
import { compareIntegrity } from './compare-integrity.ts';
import { compareResource } from './compare-resource.ts';
import { DifferenceLog, type DocumentDifference } from './difference-log.ts';
import type { ExportedFacts } from './exported-facts.ts';
import { isStoredBody } from './stored-body.ts';
import { isTime } from './stored-time.ts';
import { isObject } from './stored-value.ts';

export type { DocumentDifference } from './difference-log.ts';

/** A document as it was found. Whoever may write to the index controls all of it. */
export interface StoredDocument {
  readonly id: string;
  /** The backing index that it is in. */
  readonly index: string;
  /** `_source`, read by `parseLossless`: integers beyond 2^53 are bigints. */
  readonly source: unknown;
}

/** Name of the scope of every event of the registry. */
const OWN_SCOPE = 'stepseal';

/** Everything that the exporter writes at the top, in mode `otel`. */
const TOP: ReadonlySet<string> = new Set([
  '@timestamp',
  'observed_timestamp',
  'data_stream',
  'severity_text',
  'severity_number',
  'trace_id',
  'span_id',
  'attributes',
  'dropped_attributes_count',
  'event_name',
  'resource',
  'scope',
  'body',
]);

/**
 * Compares every field of a document, in the form of the exporter's mode `otel`, with the record sealed in it.
 *
 * @param payload - Content of P, proved or not: whether it is genuine is decided elsewhere.
 * @param hash - Record hash of P, which is the document's id.
 * @param stream - What the stream's open record states; without it neither Resource nor version of the scope is compared.
 */
export function compareDocument(
  { id, index, source }: StoredDocument,
  { payload, hash }: { readonly payload: Payload; readonly hash: string },
  stream: ExportedFacts | undefined,
): readonly DocumentDifference[] {
  const log = new DifferenceLog();
  if (id !== hash) log.field('_id', hash, id);
  if (!isObject(source)) {
    log.hidden('document', undefined);
    return log.found;
  }
  compareTimes(payload, source, log);
  compareNames(payload, source, log);
  if (!isStoredBody(payload.body, source['body'])) log.hidden('body', source['body']);
  const { attributes } = source;
  if (isObject(attributes)) {
    compareAttributes(payload.attributes, attributes, log);
    compareIntegrity(payload, hash, attributes, log);
  } else log.hidden('attributes', attributes);
  compareScope(payload, source['scope'], stream, log);
  compareResource(stream, source['resource'], log);
  comparePlace(index, source['data_stream'], log);
  for (const key of Object.keys(source)) if (!TOP.has(key)) compareOther(key, source[key], log);
  return log.found;
}

function compareTimes(payload: Payload, source: Readonly<Record<string, unknown>>, log: DifferenceLog): void {
  const observed = payload.observedTimestamp ?? payload.timestamp ?? 0n;
  const times: readonly (readonly [string, bigint])[] = [
    ['@timestamp', payload.timestamp ?? observed],
    ['observed_timestamp', observed],
  ];
  for (const [name, ns] of times) if (!isTime(ns, source[name])) log.field(name, String(ns), source[name]);
}

function compareNames(payload: Payload, source: Readonly<Record<string, unknown>>, log: DifferenceLog): void {
  const severity = exportedSeverity(payload);
  const fallback = payload.attributes.get('event.name');
  const eventName = payload.eventName ?? (fallback?.type === 'string' ? fallback.value : '');
  const expected: readonly (readonly [string, string | number])[] = [
    ['severity_number', severity.number],
    ['severity_text', severity.text],
    ['event_name', eventName],
    ['trace_id', payload.traceId ?? ''],
    ['span_id', payload.spanId ?? ''],
    // Ours has dropped nothing when it is exported.
    ['dropped_attributes_count', 0],
  ];
  for (const [name, value] of expected) {
    const stated = source[name];
    // What is zero or empty is left out.
    const unset = value === 0 || value === '' ? stated === undefined : false;
    if (!unset && stated !== value) log.field(name, value, stated);
  }
}

function compareScope(payload: Payload, scope: unknown, stream: ExportedFacts | undefined, log: DifferenceLog): void {
  const own = payload.eventName !== undefined && isRegistryEvent(payload.eventName);
  const name = own ? OWN_SCOPE : (stringOf(payload, 'stepseal.foreign.scope.name') ?? '');
  const version = own ? stream?.softwareVersion : (stringOf(payload, 'stepseal.foreign.scope.version') ?? '');
  const stored = isObject(scope) ? scope : {};
  if ((stored['name'] ?? '') !== name) log.hidden('scope.name', stored['name']);
  if (version !== undefined && (stored['version'] ?? '') !== version) log.hidden('scope.version', stored['version']);
  for (const key of Object.keys(stored)) if (key !== 'name' && key !== 'version') log.added('scope', key);
}

/** A document says where it is, and is searched by that. Names of backing indices contain the data stream's. */
function comparePlace(index: string, stored: unknown, log: DifferenceLog): void {
  const { type, dataset, namespace, ...others } = isObject(stored) ? stored : {};
  const parts = [type, dataset, namespace];
  const isPlace =
    type === 'logs' &&
    // A hyphen parts them: with one inside, another division of the name would do as well.
    parts.every((part) => typeof part === 'string' && part !== '' && !part.includes('-')) &&
    `-${index}-`.includes(`-${parts.join('-')}-`);
  if (!isPlace || Object.keys(others).length > 0) log.field('data_stream', index, stored);
}

/** Dots make a path: `{"body.text":…}` is found as the body is. */
function compareOther(key: string, stored: unknown, log: DifferenceLog): void {
  const first = key.split('.', 1)[0] ?? '';
  if (TOP.has(first) && first !== key) log.hidden(first, stored);
  else if (leafNames(key, stored).some((name) => RESERVED.test(name))) log.hidden('document', stored);
  else log.added('', key);
}
