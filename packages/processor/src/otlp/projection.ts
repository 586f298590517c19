// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isRegistryEvent, type Payload, parsePayload, type TypedValue } from '@stepseal/core/format';
import { severityOf } from '@stepseal/core/semconv';
import type { ExportedStream } from './exported-stream.ts';
import type { DeliverableRecord } from './logs-encoding.ts';

/** A record's scope. Foreign records carry theirs as signed attributes. */
export interface ExportedScope {
  readonly name: string;
  readonly version: string;
}

/** All that an exported record says, before it is spelt in one of OTLP's encodings (docs/spec/payload.md, "On export"). */
export interface Projection {
  readonly payload: Payload;
  readonly attributes: ReadonlyMap<string, TypedValue>;
  readonly timestamp: bigint;
  readonly observedTimestamp: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly scope: ExportedScope;
}

/** Name of the scope of every registry event. */
export const OWN_SCOPE_NAME = 'stepseal';

/** Attribute of the Resource of records that carry a signature, and its value. */
export const ALGORITHM: readonly [string, string] = ['audit.integrity.algorithm', 'EdDSA'];

/** OTLP's enumeration goes from 1 to 24; any other number is unspecified. */
const MAX_SEVERITY = 24n;

/** @throws FormatError `MALFORMED`, `TOO_LARGE` where P is no payload */
export function project(record: DeliverableRecord, stream: ExportedStream): Projection {
  const payload = parsePayload(record.payload);
  const timestamp = payload.timestamp ?? 0n;
  return {
    payload,
    attributes: withIntegrity(payload.attributes, record),
    timestamp,
    observedTimestamp: payload.observedTimestamp ?? timestamp,
    ...severity(payload),
    scope: scopeOf(payload, stream),
  };
}

function withIntegrity(sealed: Payload['attributes'], record: DeliverableRecord): Map<string, TypedValue> {
  const attributes = new Map(sealed);
  const add = (name: string, value: string): void => {
    attributes.set(`audit.integrity.${name}`, { type: 'string', value });
  };
  add('payload', Buffer.from(record.payload).toString());
  add('hash', record.hash);
  add('signer', 'producer');
  add('canonicalization', 'jcs');
  if (record.seal !== undefined) attributes.set('audit.integrity.seal', { type: 'int', value: BigInt(record.seal) });
  if (record.note !== undefined) add('note', record.note);
  if (record.signature !== undefined) add('value', Buffer.from(record.signature).toString('base64'));
  return attributes;
}

function severity({ eventName, attributes }: Payload): { severityNumber: number; severityText: string } {
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
    severityNumber: typeof number === 'bigint' && number >= 1n && number <= MAX_SEVERITY ? Number(number) : 0,
    severityText: typeof text === 'string' ? text : '',
  };
}

function scopeOf({ eventName, attributes }: Payload, stream: ExportedStream): ExportedScope {
  if (eventName !== undefined && isRegistryEvent(eventName)) {
    return { name: OWN_SCOPE_NAME, version: stream.softwareVersion };
  }
  const name = attributes.get('stepseal.foreign.scope.name')?.value;
  const version = attributes.get('stepseal.foreign.scope.version')?.value;
  return { name: typeof name === 'string' ? name : '', version: typeof version === 'string' ? version : '' };
}
