// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError, type Payload, type TypedValue } from '@stepseal/core/format';

/** What a log record that is no registry event brings to the sealer. */
export interface ForeignRecord {
  readonly eventName?: string | undefined;
  /** Nanoseconds. */
  readonly timestamp: bigint;
  readonly observedTimestamp: bigint;
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly severityNumber?: number | undefined;
  readonly severityText?: string | undefined;
  readonly scopeName?: string | undefined;
  readonly scopeVersion?: string | undefined;
  readonly body?: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Names that only the sealer writes. A foreign attribute of such a name is left out and listed. */
const RESERVED = /^(?:stepseal\.|audit\.(?:sequence|integrity|schema)\.|audit\.record\.id$)/;

const INT64 = 2 ** 63;

/**
 * Content of a foreign record in typed form, before it has a place. Whole numbers become integers, as the OTLP exporters
 * of OpenTelemetry JS write them; attributes without a value are left out.
 *
 * @throws FormatError `NOT_ENCODABLE` for a value with no spelling: a function, a date, null inside a list, NaN
 */
export function foreignPayload(record: ForeignRecord): Payload {
  const attributes = new Map<string, TypedValue>();
  const leftOut: TypedValue[] = [];
  for (const [key, value] of Object.entries(record.attributes)) {
    if (RESERVED.test(key)) leftOut.push({ type: 'string', value: wellFormed(key.slice(0, 128)) });
    else if (value !== undefined && value !== null) attributes.set(key, typedValue(value, 1));
  }
  if (leftOut.length > 0) attributes.set('stepseal.sanitised', { type: 'array', value: leftOut.slice(0, 32) });
  // Outside P in OTLP, so that without these nobody could tell whether they were changed.
  setText(attributes, 'stepseal.foreign.severity_text', record.severityText);
  setText(attributes, 'stepseal.foreign.scope.name', record.scopeName);
  setText(attributes, 'stepseal.foreign.scope.version', record.scopeVersion);
  if (record.severityNumber !== undefined && record.severityNumber !== 0) {
    attributes.set('stepseal.foreign.severity_number', typedValue(record.severityNumber, 1));
  }
  return {
    attributes,
    timestamp: record.timestamp,
    observedTimestamp: record.observedTimestamp,
    ...(record.body === undefined || record.body === null ? {} : { body: typedValue(record.body, 0) }),
    ...(record.eventName === undefined ? {} : { eventName: record.eventName }),
    ...(record.traceId === undefined ? {} : { traceId: record.traceId }),
    ...(record.spanId === undefined ? {} : { spanId: record.spanId }),
  };
}

/** `depth` bounds the recursion well above what the format allows, for objects that contain themselves. */
function typedValue(value: unknown, depth: number): TypedValue {
  if (depth > 200) throw new FormatError('NOT_ENCODABLE', 'nested too deeply');
  switch (typeof value) {
    case 'string':
      return { type: 'string', value };
    case 'boolean':
      return { type: 'bool', value };
    case 'bigint':
      return { type: 'int', value };
    case 'number':
      if (Number.isInteger(value) && value >= -INT64 && value < INT64) return { type: 'int', value: BigInt(value) };
      return { type: 'double', value };
    case 'object':
      return typedObject(value, depth);
    default:
      throw new FormatError('NOT_ENCODABLE', `a ${typeof value} is no attribute value`);
  }
}

function typedObject(value: object | null, depth: number): TypedValue {
  if (value === null) throw new FormatError('NOT_ENCODABLE', 'null has no place inside a value');
  if (value instanceof Uint8Array) return { type: 'bytes', value: Uint8Array.from(value) };
  if (Array.isArray(value)) return { type: 'array', value: value.map((item) => typedValue(item, depth + 1)) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new FormatError('NOT_ENCODABLE', 'an object of a class is no attribute value');
  }
  const map = new Map<string, TypedValue>();
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) map.set(key, typedValue(item, depth + 1));
  }
  return { type: 'map', value: map };
}

function setText(attributes: Map<string, TypedValue>, key: string, value: string | undefined): void {
  if (value !== undefined && value !== '') attributes.set(key, { type: 'string', value });
}

/** Lone surrogates become U+FFFD, as in every text of ours. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
