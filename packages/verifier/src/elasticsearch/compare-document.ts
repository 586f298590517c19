// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isRegistryEvent, type Payload } from '@stepseal/core/format';
import { severityOf } from '@stepseal/core/semconv';
import { exportedSeverity, RESERVED } from '../projection.ts';
import { integerOf, stringOf } from '../stream-facts.ts';
import { compareAttributes, leafNames } from './compare-attributes.ts';
import { addedIntegrity, compareIntegrity } from './compare-integrity.ts';
import { compareResource } from './compare-resource.ts';
import { DifferenceLog, type DocumentDifference } from './difference-log.ts';
import type { ExportedFacts } from './exported-facts.ts';
import { restatedPayload } from './restated-payload.ts';
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
  document: StoredDocument,
  { payload, hash }: { readonly payload: Payload; readonly hash: string },
  stream: ExportedFacts | undefined,
): readonly DocumentDifference[] {
  const log = new DifferenceLog();
  const { source } = document;
  if (!isObject(source)) {
    log.hidden('document', undefined);
    return log.found;
  }
  const { attributes } = source;
  compareContent(payload, source, log);
  if (isObject(attributes)) addedIntegrity(attributes, log);
  else log.hidden('attributes', attributes);
  const own = payload.eventName !== undefined && isRegistryEvent(payload.eventName);
  const sealed: Sealed = {
    eventName: payload.eventName ?? '',
    number: integerOf(payload, 'audit.sequence.number') ?? 0,
    hash,
    severity: exportedSeverity(payload),
    scopeName: own ? OWN_SCOPE : (stringOf(payload, 'stepseal.foreign.scope.name') ?? ''),
    scopeVersion: own ? stream?.softwareVersion : (stringOf(payload, 'stepseal.foreign.scope.version') ?? ''),
  };
  compareAround(document, source, isObject(attributes) ? attributes : undefined, sealed, stream, log);
  return log.found;
}

/**
 * Whether a document surely says what was sealed: true only where {@link compareDocument} would find nothing, and nearly
 * always true of a document that nobody has touched. It costs a fraction, for P is not parsed.
 *
 * @param text - P.
 */
export function isAsSealed(
  document: StoredDocument,
  { text, hash }: { readonly text: string; readonly hash: string },
  stream: ExportedFacts | undefined,
): boolean {
  const { source } = document;
  if (!isObject(source) || !isObject(source['attributes'])) return false;
  const { attributes } = source;
  const eventName = source['event_name'];
  if (typeof eventName !== 'string' || !isRegistryEvent(eventName)) return false;
  // What is restated escapes a lone surrogate. A text that holds one as it is, and is no bytes of UTF-8, differs.
  if (restatedPayload(source, attributes) !== text) return false;
  const number = attributes['audit.sequence.number'];
  const sealed: Sealed = {
    eventName,
    number: typeof number === 'number' ? number : 0,
    hash,
    severity: severityOf(
      eventName,
      attributes['step_up.outcome'],
      attributes['step_up.access.result'],
      attributes['step_up.requirement_met'],
    ),
    scopeName: OWN_SCOPE,
    scopeVersion: stream?.softwareVersion,
  };
  const log = new DifferenceLog();
  compareAround(document, source, attributes, sealed, stream, log);
  return log.found.length === 0;
}

/** What P seals. */
function compareContent(payload: Payload, source: Readonly<Record<string, unknown>>, log: DifferenceLog): void {
  const observed = payload.observedTimestamp ?? payload.timestamp ?? 0n;
  const fallback = payload.attributes.get('event.name');
  const time = payload.timestamp ?? observed;
  if (!isTime(time, source['@timestamp'])) log.field('@timestamp', String(time), source['@timestamp']);
  if (!isTime(observed, source['observed_timestamp']))
    log.field('observed_timestamp', String(observed), source['observed_timestamp']);
  const eventName = payload.eventName ?? (fallback?.type === 'string' ? fallback.value : '');
  compareSet('event_name', eventName, source['event_name'], log);
  compareSet('trace_id', payload.traceId ?? '', source['trace_id'], log);
  compareSet('span_id', payload.spanId ?? '', source['span_id'], log);
  if (!isStoredBody(payload.body, source['body'])) log.hidden('body', source['body']);
  const { attributes } = source;
  if (isObject(attributes)) compareAttributes(payload.attributes, attributes, log);
}

/** What of a record decides about the fields around P. */
interface Sealed {
  readonly eventName: string;
  readonly number: number;
  readonly hash: string;
  readonly severity: { readonly number: number; readonly text: string };
  readonly scopeName: string;
  /** Undefined where it is not known. */
  readonly scopeVersion: string | undefined;
}

/** What stands around P and follows from it, from the open record, or from where the document is. */
function compareAround(
  { id, index }: StoredDocument,
  source: Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, unknown>> | undefined,
  sealed: Sealed,
  stream: ExportedFacts | undefined,
  log: DifferenceLog,
): void {
  if (id !== sealed.hash) log.field('_id', sealed.hash, id);
  compareSet('severity_number', sealed.severity.number, source['severity_number'], log);
  compareSet('severity_text', sealed.severity.text, source['severity_text'], log);
  // Ours has dropped nothing when it is exported.
  compareSet('dropped_attributes_count', 0, source['dropped_attributes_count'], log);
  if (attributes !== undefined) compareIntegrity(sealed, attributes, log);
  compareScope(sealed, source['scope'], log);
  compareResource(stream, source['resource'], log);
  comparePlace(index, source['data_stream'], log);
  for (const key in source) if (!TOP.has(key)) compareOther(key, source[key], log);
}

/** What is zero or empty is left out. */
function compareSet(path: string, sealed: string | number, stated: unknown, log: DifferenceLog): void {
  if (stated === sealed || (stated === undefined && (sealed === '' || sealed === 0))) return;
  log.field(path, sealed, stated);
}

function compareScope({ scopeName, scopeVersion }: Sealed, scope: unknown, log: DifferenceLog): void {
  if (scope !== undefined && !isObject(scope)) {
    log.hidden('scope', scope);
    return;
  }
  const stored = isObject(scope) ? scope : {};
  if ((stored['name'] ?? '') !== scopeName) log.hidden('scope.name', stored['name']);
  if (scopeVersion !== undefined && (stored['version'] ?? '') !== scopeVersion)
    log.hidden('scope.version', stored['version']);
  for (const key in stored) if (key !== 'name' && key !== 'version') log.added('scope', key);
}

/** A document says where it is, and is searched by that. Names of backing indices contain the data stream's. */
function comparePlace(index: string, stored: unknown, log: DifferenceLog): void {
  const { type, dataset, namespace } = isObject(stored) ? stored : {};
  const isPlace =
    type === 'logs' &&
    isPart(dataset) &&
    isPart(namespace) &&
    `-${index}-`.includes(`-logs-${dataset}-${namespace}-`) &&
    Object.keys(stored as object).length === 3;
  if (!isPlace) log.field('data_stream', index, stored);
}

/** A hyphen parts them: with one inside, another division of the name would do as well. */
function isPart(part: unknown): part is string {
  return typeof part === 'string' && part !== '' && !part.includes('-');
}

/** Dots make a path: `{"body.text":…}` is found as the body is. */
function compareOther(key: string, stored: unknown, log: DifferenceLog): void {
  const first = key.split('.', 1)[0] ?? '';
  if (TOP.has(first) && first !== key) log.hidden(first, stored);
  else if (leafNames(key, stored).some((name) => RESERVED.test(name))) log.hidden('document', stored);
  else log.added('', key);
}
