// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';
import { isRegistryEvent, type Payload, parsePayload, type TypedValue } from '@stepseal/core/format';
import { severityOf } from '@stepseal/core/semconv';
import { SOFTWARE_VERSION } from './version.ts';

/** A Resource as exporters read it. */
export interface ExportedResource {
  readonly attributes: Attributes;
  readonly asyncAttributesPending?: boolean;
}

/** A scope as exporters group by it: one object for equal scopes. */
export interface ExportedScope {
  readonly name: string;
  readonly version?: string;
}

/** A sealed record in the shape of the SDK's `ReadableLogRecord`. */
export interface SealedLogRecord {
  readonly hrTime: HrTime;
  readonly hrTimeObserved: HrTime;
  readonly spanContext?: SpanContext;
  readonly severityText?: string;
  readonly severityNumber?: number;
  readonly body?: unknown;
  readonly eventName?: string;
  readonly resource: ExportedResource;
  readonly instrumentationScope: ExportedScope;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

/** What is added outside the payload (docs/spec, "Attributes"). */
export interface Integrity {
  readonly payload: string;
  /** Record hash. */
  readonly hash: string;
  /** Number of the sealing record whose note covers this one; left out when a successor adopted it. */
  readonly seal?: number;
  /** The note, on a sealing record. */
  readonly note?: string;
}

const OWN_SCOPE: ExportedScope = { name: 'stepseal', version: SOFTWARE_VERSION };
const NS_PER_S = 1_000_000_000n;

/**
 * The exported form of one record: a function of its payload, the open record and its note, so that anybody can make it
 * again from the segment and compare.
 */
export function sealedLogRecord(
  integrity: Integrity,
  resource: ExportedResource,
  scopes: Map<string, ExportedScope>,
): SealedLogRecord {
  const payload = parsePayload(Buffer.from(integrity.payload));
  const attributes = plainMap(payload.attributes);
  attributes['audit.integrity.payload'] = integrity.payload;
  attributes['audit.integrity.hash'] = integrity.hash;
  attributes['audit.integrity.signer'] = 'producer';
  attributes['audit.integrity.canonicalization'] = 'jcs';
  if (integrity.seal !== undefined) attributes['audit.integrity.seal'] = integrity.seal;
  if (integrity.note !== undefined) attributes['audit.integrity.note'] = integrity.note;
  const time = payload.timestamp ?? 0n;
  return {
    hrTime: hrTime(time),
    hrTimeObserved: hrTime(payload.observedTimestamp ?? time),
    ...spanContext(payload),
    ...severity(payload),
    ...(payload.body === undefined ? {} : { body: plain(payload.body) }),
    ...(payload.eventName === undefined ? {} : { eventName: payload.eventName }),
    resource,
    instrumentationScope: scope(payload, scopes),
    attributes: attributes as Attributes,
    droppedAttributesCount: 0,
  };
}

function spanContext({ traceId, spanId }: Payload): { spanContext?: SpanContext } {
  // Flags are not sealed; an exported record has none.
  return traceId === undefined || spanId === undefined ? {} : { spanContext: { traceId, spanId, traceFlags: 0 } };
}

function severity(payload: Payload): { severityText?: string; severityNumber?: number } {
  const { eventName, attributes } = payload;
  const value = (key: string): unknown => attributes.get(key)?.value;
  if (eventName !== undefined && isRegistryEvent(eventName)) {
    const { number, text } = severityOf(
      eventName,
      value('step_up.outcome'),
      value('step_up.access.result'),
      value('step_up.requirement_met'),
    );
    return { severityNumber: number, severityText: text };
  }
  const number = value('stepseal.foreign.severity_number');
  const text = value('stepseal.foreign.severity_text');
  return {
    ...(typeof number === 'bigint' ? { severityNumber: Number(number) } : {}),
    ...(typeof text === 'string' ? { severityText: text } : {}),
  };
}

function scope({ eventName, attributes }: Payload, scopes: Map<string, ExportedScope>): ExportedScope {
  if (eventName !== undefined && isRegistryEvent(eventName)) return OWN_SCOPE;
  const name = attributes.get('stepseal.foreign.scope.name')?.value;
  const version = attributes.get('stepseal.foreign.scope.version')?.value;
  const key = JSON.stringify([name, version]);
  let known = scopes.get(key);
  if (known === undefined) {
    known = { name: typeof name === 'string' ? name : '', ...(typeof version === 'string' ? { version } : {}) };
    scopes.set(key, known);
  }
  return known;
}

function hrTime(ns: bigint): HrTime {
  return [Number(ns / NS_PER_S), Number(ns % NS_PER_S)];
}

function plain(value: TypedValue): unknown {
  switch (value.type) {
    case 'int':
      return Number(value.value);
    case 'array':
      return value.value.map(plain);
    case 'map':
      return plainMap(value.value);
    default:
      return value.value;
  }
}

function plainMap(map: ReadonlyMap<string, TypedValue>): Record<string, unknown> {
  // A key of `__proto__` has to become a member like any other.
  return Object.fromEntries([...map].map(([key, value]) => [key, plain(value)]));
}
