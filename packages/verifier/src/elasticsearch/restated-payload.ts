// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { OUTSIDE } from '../projection.ts';
import { ADDED_ON_EXPORT } from './compare-integrity.ts';

/** Names as they begin a member of P, by name. Whoever writes documents chooses them, so not all are kept. */
const members = new Map<string, string>();
const MOST_NAMES = 4096;

/**
 * P as the fields of a document state it, where they have the form that events of the registry take: text, whole numbers,
 * truth values and lists of text, in the order of P, with times in whole milliseconds. Undefined where some field has
 * another form. Since P has one spelling, equal text means that each of these fields says what was sealed, and that none
 * is missing or too many: in the ordinary case that is all there is to ask, at a third of the cost of reading P.
 */
export function restatedPayload(
  source: Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, unknown>>,
): string | undefined {
  let text = '';
  for (const key in attributes) {
    if (key.startsWith(OUTSIDE)) {
      if (!ADDED_ON_EXPORT.has(key)) return undefined;
      continue;
    }
    const value = restatedValue(attributes[key]);
    if (value === undefined) return undefined;
    text += (text === '' ? '' : ',') + memberStart(key) + value;
  }
  const body = restatedBody(source['body']);
  const observed = restatedTime(source['observed_timestamp']);
  const time = restatedTime(source['@timestamp']);
  const { event_name: name, span_id: span, trace_id: trace } = source;
  if (body === undefined || observed === undefined || time === undefined || typeof name !== 'string') return undefined;
  return (
    `{"attributes":{${text}}${body},"event_name":${JSON.stringify(name)},"observed_timestamp":"${observed}"` +
    (typeof span === 'string' ? `,"span_id":${JSON.stringify(span)}` : '') +
    `,"timestamp":"${time}"` +
    (typeof trace === 'string' ? `,"trace_id":${JSON.stringify(trace)}}` : '}')
  );
}

function memberStart(key: string): string {
  const known = members.get(key);
  if (known !== undefined) return known;
  const start = `${JSON.stringify(key)}:`;
  if (members.size < MOST_NAMES) members.set(key, start);
  return start;
}

function restatedValue(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return `{"stringValue":${JSON.stringify(value)}}`;
    case 'boolean':
      return value ? '{"boolValue":true}' : '{"boolValue":false}';
    case 'number':
      // -0 was written as such, which no integer is.
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? `{"intValue":"${value}"}` : undefined;
    default:
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? `[${value.map((item) => `{"stringValue":${JSON.stringify(item)}}`).join(',')}]`
        : undefined;
  }
}

function restatedBody(body: unknown): string | undefined {
  if (body === undefined) return '';
  if (typeof body !== 'object' || body === null || Object.keys(body).length !== 1) return undefined;
  const text: unknown = (body as { readonly text?: unknown }).text;
  return typeof text === 'string' ? `,"body":{"stringValue":${JSON.stringify(text)}}` : undefined;
}

/** Nanoseconds, of a whole number of milliseconds as the exporter writes it. */
function restatedTime(time: unknown): string | undefined {
  return typeof time === 'string' && time.endsWith('.0') ? `${time.slice(0, -2)}000000` : undefined;
}
