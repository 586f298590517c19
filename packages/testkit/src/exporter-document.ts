// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isRegistryEvent, type Payload, parsePayload, recordHash, type TypedValue } from '@stepseal/core/format';
import { severityOf } from '@stepseal/core/semconv';

/** A sealed record on its way into a search index. */
export interface ExportedRecord {
  /** P. */
  readonly text: string;
  /** Number of the sealing record that covers it; left out when a successor adopted it. */
  readonly seal?: number | undefined;
  readonly note?: string | undefined;
  /** Base64 of a record signature. */
  readonly signature?: string | undefined;
}

/** What the open record of its stream states. */
export interface ExportedFrom {
  readonly resource: ReadonlyMap<string, TypedValue>;
  readonly softwareVersion: string;
  /** `type-dataset-namespace`, as the Collector's fragment writes it. */
  readonly dataStream?: string;
}

const NS_PER_MS = 1_000_000n;
const STRIPPED =
  /^(?:data_stream\.(?:type|dataset|namespace)|elastic\.mapping\.mode|elasticsearch\.(?:document_id|index|ingest_pipeline|mapping\.hints))$/;
const GEO_PART = /^(|.*\.)geo\.location\.(lat|lon)$/s;

/**
 * The document that the Collector's Elasticsearch exporter 0.156.0 makes of a record in mode `otel`, as text: a second
 * writer of that form, compared with the real one by the tests against real servers.
 */
export function exporterDocument(record: ExportedRecord, from: ExportedFrom): string {
  const payload = parsePayload(Buffer.from(record.text));
  const [type = '', dataset = '', namespace = ''] = (from.dataStream ?? 'logs-stepseal.audit.otel-default').split('-');
  const time = payload.timestamp ?? 0n;
  const observed = payload.observedTimestamp ?? time;
  const severity = severityIn(payload);
  const eventName = payload.eventName ?? textOf(payload, 'event.name');
  const resource = record.signature === undefined ? from.resource : new Map([...from.resource, ALGORITHM]);
  return object([
    ['@timestamp', quoted(timeText(time === 0n ? observed : time))],
    ['observed_timestamp', quoted(timeText(observed))],
    ['data_stream', JSON.stringify({ type, dataset, namespace })],
    ['severity_text', severity.text === '' ? undefined : quoted(severity.text)],
    ['severity_number', severity.number === 0 ? undefined : String(severity.number)],
    ['trace_id', payload.traceId === undefined ? undefined : quoted(payload.traceId)],
    ['span_id', payload.spanId === undefined ? undefined : quoted(payload.spanId)],
    ['attributes', attributesText(new Map([...payload.attributes, ...integrity(record)]))],
    ['event_name', eventName === '' ? undefined : quoted(eventName)],
    // The fragment has put the dataset there, which the exporter takes out again.
    ['resource', object([['attributes', attributesText(resource)]])],
    ['scope', scopeText(payload, from)],
    ['body', payload.body === undefined ? undefined : bodyText(payload.body)],
  ]);
}

const ALGORITHM: readonly [string, TypedValue] = ['audit.integrity.algorithm', { type: 'string', value: 'EdDSA' }];

function integrity({ text, seal, note, signature }: ExportedRecord): [string, TypedValue][] {
  const texts: readonly (readonly [string, string | undefined])[] = [
    ['payload', text],
    ['hash', recordHash(text)],
    ['signer', 'producer'],
    ['canonicalization', 'jcs'],
    ['note', note],
    ['value', signature],
  ];
  return [
    ...texts.flatMap(([name, value]): [string, TypedValue][] =>
      value === undefined ? [] : [[`audit.integrity.${name}`, { type: 'string', value }]],
    ),
    ...(seal === undefined
      ? []
      : [['audit.integrity.seal', { type: 'int', value: BigInt(seal) }] as [string, TypedValue]]),
  ];
}

/** Milliseconds, a point, and what remains in nanoseconds, without leading zeros. */
function timeText(ns: bigint): string {
  return `${ns / NS_PER_MS}.${ns % NS_PER_MS}`;
}

function severityIn(payload: Payload): { readonly number: number; readonly text: string } {
  const value = (name: string): unknown => payload.attributes.get(name)?.value;
  if (payload.eventName !== undefined && isRegistryEvent(payload.eventName)) {
    const outcomes = ['step_up.outcome', 'step_up.access.result', 'step_up.requirement_met'].map(value);
    return severityOf(payload.eventName, ...outcomes);
  }
  const number = value('stepseal.foreign.severity_number');
  const known = typeof number === 'bigint' && number > 0n && number <= 24n;
  return { number: known ? Number(number) : 0, text: textOf(payload, 'stepseal.foreign.severity_text') };
}

function scopeText(payload: Payload, from: ExportedFrom): string {
  const own = payload.eventName !== undefined && isRegistryEvent(payload.eventName);
  const name = own ? 'stepseal' : textOf(payload, 'stepseal.foreign.scope.name');
  const version = own ? from.softwareVersion : textOf(payload, 'stepseal.foreign.scope.version');
  return JSON.stringify({ ...(name === '' ? {} : { name }), ...(version === '' ? {} : { version }) });
}

function textOf({ attributes }: Payload, name: string): string {
  const value = attributes.get(name);
  return value?.type === 'string' ? value.value : '';
}

function bodyText(body: TypedValue): string {
  if (body.type === 'map') return object([['structured', valueText(body)]]);
  if (body.type !== 'array') return object([['text', valueText(body)]]);
  const objects = body.value.every(({ type }) => type === 'map');
  return object([['structured', objects ? valueText(body) : object([['value', valueText(body)]])]]);
}

function attributesText(attributes: ReadonlyMap<string, TypedValue>): string {
  const members = new Map<string, string>();
  const places = new Map<string, { lat?: number; lon?: number }>();
  for (const [key, value] of attributes) {
    const [, prefix, part] = (value.type === 'double' && GEO_PART.exec(key)) || [];
    if (prefix !== undefined && value.type === 'double') {
      places.set(prefix, { ...places.get(prefix), [part as string]: value.value });
    } else if (!STRIPPED.test(key)) members.set(key, valueText(value));
  }
  for (const [prefix, { lat, lon }] of places) {
    const key = `${prefix}geo.location`;
    if (lat !== undefined && lon !== undefined) members.set(key, `[${doubleText(lon)},${doubleText(lat)}]`);
    else if (lon !== undefined) members.set(`${key}.lon`, doubleText(lon));
    else if (lat !== undefined) members.set(`${key}.lat`, doubleText(lat));
  }
  return object([...members]);
}

function valueText(value: TypedValue): string {
  switch (value.type) {
    case 'string':
      return quoted(value.value);
    case 'bool':
    case 'int':
      return String(value.value);
    case 'double':
      return doubleText(value.value);
    case 'bytes':
      return quoted(Buffer.from(value.value).toString('hex'));
    case 'array':
      return `[${value.value.map(valueText).join(',')}]`;
    case 'map':
      return object([...value.value].map(([key, item]) => [key, valueText(item)] as const));
  }
}

/** Go's shortest form, with an exponent from 1e6 on and below 1e-4, and always a point. */
function doubleText(value: number): string {
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential() : String(value);
  const [digits = '', exponent] = text.split('e');
  const pointed = digits.includes('.') ? digits : `${digits}.0`;
  return exponent === undefined ? pointed : `${pointed}e${exponent.replace(/^([+-])(\d)$/, '$10$2')}`;
}

function object(members: readonly (readonly [string, string | undefined])[]): string {
  const texts = members.flatMap(([key, text]) => (text === undefined ? [] : [`${quoted(key)}:${text}`]));
  return `{${texts.join(',')}}`;
}

/** Equal after parsing: which characters are escaped differs. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
