// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { OUTSIDE } from '../projection.ts';
import { ADDED_ON_EXPORT } from './compare-integrity.ts';

/** What JSON may have to escape. */
const SPECIAL = /["\\\u0000-\u001f\ud800-\udfff]/;

/**
 * P as the fields of a document state it, where they have the form that events of the registry take: text, whole numbers,
 * truth values and lists of text, in the order of P, with times in whole milliseconds. Undefined where some field has
 * another form. P has one spelling, so equal text means that each of these fields says what was sealed, and that none
 * is missing or too many: in the ordinary case that is all there is to ask, at a fraction of the cost of reading P.
 */
export function restatedPayload(
  source: Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, unknown>>,
): string | undefined {
  let text = '{"attributes":{';
  let comma = '';
  for (const key in attributes) {
    if (key.startsWith(OUTSIDE)) {
      if (!ADDED_ON_EXPORT.has(key)) return undefined;
      continue;
    }
    const value = attributes[key];
    const name = quoted(key);
    if (typeof value === 'string') text += `${comma}${name}:{"stringValue":${quoted(value)}}`;
    else {
      const restated = restatedValue(value);
      if (restated === undefined) return undefined;
      text += `${comma}${name}:${restated}`;
    }
    comma = ',';
  }
  const body = restatedBody(source['body']);
  const observed = nanoseconds(source['observed_timestamp']);
  const time = nanoseconds(source['@timestamp']);
  const { event_name: eventName, span_id: span, trace_id: trace } = source;
  if (body === undefined || observed === undefined || time === undefined || typeof eventName !== 'string')
    return undefined;
  // A list or a number is found by a search, too.
  if (!isTextOrUnset(span) || !isTextOrUnset(trace)) return undefined;
  return (
    `${text}}${body},"event_name":${quoted(eventName)},"observed_timestamp":"${observed}"` +
    (span !== undefined ? `,"span_id":${quoted(span)}` : '') +
    `,"timestamp":"${time}"` +
    (trace !== undefined ? `,"trace_id":${quoted(trace)}}` : '}')
  );
}

/** The canonical spelling of a string is that of `JSON.stringify`, which takes its time. */
function quoted(text: string): string {
  return SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function restatedValue(value: unknown): string | undefined {
  switch (typeof value) {
    case 'boolean':
      return `{"boolValue":${value}}`;
    case 'number':
      // -0 was written as such, which no integer is.
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? `{"intValue":"${value}"}` : undefined;
    default:
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? `[${value.map((item) => `{"stringValue":${quoted(item)}}`).join(',')}]`
        : undefined;
  }
}

function restatedBody(body: unknown): string | undefined {
  if (body === undefined) return '';
  const { text, ...others } = (body ?? {}) as { readonly text?: unknown };
  return typeof text === 'string' && Object.keys(others).length === 0
    ? `,"body":{"stringValue":${quoted(text)}}`
    : undefined;
}

function isTextOrUnset(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/** Of a whole number of milliseconds as the exporter writes it. */
function nanoseconds(time: unknown): string | undefined {
  return typeof time === 'string' && /^\d+\.0$/.test(time) ? `${time.slice(0, -2)}000000` : undefined;
}
