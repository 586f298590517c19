// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { OUTSIDE } from '../projection.ts';
import { ADDED_ON_EXPORT } from './compare-integrity.ts';

/**
 * Whether P is what the fields of a document make of it again, where they have the form that events of the registry take:
 * text, whole numbers, truth values and lists of text, in the order of P, with times in whole milliseconds. P has one
 * spelling, so then each of these fields says what was sealed, and none is missing or too many. That is all there is to
 * ask in the ordinary case, at a fraction of the cost of reading P. Of any other form it is not told apart whether it is
 * altered.
 *
 * @param text - P.
 */
export function restatesPayload(
  text: string,
  source: Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, unknown>>,
): boolean {
  const { body, event_name: name, span_id: span, trace_id: trace } = source;
  const [observed, time] = [nanoseconds(source['observed_timestamp']), nanoseconds(source['@timestamp'])];
  if (typeof name !== 'string' || observed === undefined || time === undefined) return false;
  const cursor = new Cursor(text, '{"attributes":{');
  let comma = '';
  for (const key in attributes) {
    if (key.startsWith(OUTSIDE)) {
      if (!ADDED_ON_EXPORT.has(key)) return false;
      continue;
    }
    cursor.take(comma);
    cursor.string(key);
    cursor.take(':');
    if (!cursor.value(attributes[key])) return false;
    comma = ',';
  }
  cursor.take('}');
  if (body !== undefined) {
    const { text: words, ...others } = body as { readonly text?: unknown };
    if (typeof words !== 'string' || Object.keys(others).length > 0) return false;
    cursor.take(',"body":{"stringValue":');
    cursor.string(words);
    cursor.take('}');
  }
  cursor.take(',"event_name":');
  cursor.string(name);
  cursor.take(',"observed_timestamp":');
  cursor.string(observed);
  if (span !== undefined && !cursor.member('span_id', span)) return false;
  cursor.take(',"timestamp":');
  cursor.string(time);
  if (trace !== undefined && !cursor.member('trace_id', trace)) return false;
  cursor.take('}');
  return cursor.atEnd;
}

/** Goes through a text as long as it is what is expected. */
class Cursor {
  private readonly text: string;
  private at = 0;

  constructor(text: string, start: string) {
    this.text = text;
    this.take(start);
  }

  get atEnd(): boolean {
    return this.at === this.text.length;
  }

  take(token: string): void {
    // Behind the end nothing is found any more.
    if (this.text.startsWith(token, this.at)) this.at += token.length;
    else this.at = Number.POSITIVE_INFINITY;
  }

  /** A string of JSON in its canonical spelling, which is that of `JSON.stringify`. */
  string(value: string): void {
    const { text, at } = this;
    const end = at + value.length + 1;
    // Where neither stands inside, the spelling is the value itself: a quotation mark would end it before, and what a
    // backslash begins means something else than it shows.
    const plain = text.charCodeAt(at) === 0x22 && text.indexOf('"', at + 1) === end && !value.includes('\\');
    if (plain && text.startsWith(value, at + 1)) this.at = end + 1;
    else this.take(JSON.stringify(value));
  }

  /** @returns false where it is not of an ordinary form */
  value(value: unknown): boolean {
    switch (typeof value) {
      case 'string':
        this.take('{"stringValue":');
        this.string(value);
        this.take('}');
        return true;
      case 'boolean':
        this.take(value ? '{"boolValue":true}' : '{"boolValue":false}');
        return true;
      case 'number':
        // -0 was written as such, which no integer is.
        if (!Number.isSafeInteger(value) || Object.is(value, -0)) return false;
        this.take(`{"intValue":"${value}"}`);
        return true;
      default:
        return Array.isArray(value) && this.list(value);
    }
  }

  member(name: string, value: unknown): boolean {
    if (typeof value !== 'string') return false;
    this.take(`,"${name}":`);
    this.string(value);
    return true;
  }

  private list(values: readonly unknown[]): boolean {
    this.take('[');
    for (const [index, value] of values.entries()) {
      if (typeof value !== 'string') return false;
      if (index > 0) this.take(',');
      this.value(value);
    }
    this.take(']');
    return true;
  }
}

/** Of a whole number of milliseconds as the exporter writes it. */
function nanoseconds(time: unknown): string | undefined {
  return typeof time === 'string' && time.endsWith('.0') ? `${time.slice(0, -2)}000000` : undefined;
}
