// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isWellFormed } from './json-text.ts';

// Pieces of canonical text that the generated encoders keep from one event to the next, because services repeat most
// of what they say: the route, the method, the library. A piece is kept only for a value that was checked in full.

/** How many values one attribute remembers. Beyond that it forgets all, so that a hostile client cannot fill memory. */
const REMEMBERED_VALUES = 32;
const MAX_TIME_MS = 9_223_372_036_854;
const NON_ASCII = /[^\x00-\x7f]/;

// oxlint-disable-next-line no-control-regex -- the class names what may stand in JSON text without an escape
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** Whether the text is ASCII and stands in JSON as it is. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

export function isAscii(text: string): boolean {
  return !NON_ASCII.test(text);
}

/** Whether the value may be spliced in once its characters are checked; undefined counts as absent. */
export function isText(value: unknown, maxBytes: number): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value !== '' && value.length <= maxBytes);
}

/** Whether the value may be spliced in as an integer; undefined counts as absent. */
export function isInteger(value: unknown): value is number | undefined {
  return value === undefined || Number.isSafeInteger(value);
}

/** The text with JSON's escapes; '' if it must be mended first; undefined for undefined. */
export function escaped(text: string | undefined, maxBytes: number): string | undefined {
  if (text === undefined || PLAIN.test(text)) return text;
  if (!isWellFormed(text) || Buffer.byteLength(text) > maxBytes) return '';
  return JSON.stringify(text).slice(1, -1);
}

type Kind = 'string' | 'int' | 'boolean' | 'string[]';

/** An attribute whose values repeat, with the canonical text of those seen lately. */
export class Slot {
  readonly name: string;
  readonly counted: boolean;
  readonly #kind: Kind;
  readonly #maxBytes: number;
  readonly #values: ReadonlySet<unknown> | undefined;
  readonly #known: Map<unknown, string>;

  /** `counted`: whether the value comes from the event's attributes, not from the sealing side. */
  constructor(name: string, kind: Kind, maxBytes: number, values?: readonly string[], counted: boolean = true) {
    this.name = name;
    this.counted = counted;
    this.#kind = kind;
    this.#maxBytes = maxBytes;
    this.#values = values === undefined ? undefined : new Set(values);
    this.#known = new Map();
  }

  /** `,"name":wrapped value`, or undefined if the value must be mended first. */
  fragment(value: unknown): string | undefined {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const text = this.#encode(value);
    if (text === undefined) return undefined;
    const fragment = `,"${this.name}":${text}`;
    if (this.#known.size >= REMEMBERED_VALUES) this.#known.clear();
    this.#known.set(value, fragment);
    return fragment;
  }

  #encode(value: unknown): string | undefined {
    switch (this.#kind) {
      case 'string':
        return this.#encodeText(value);
      case 'int':
        return Number.isSafeInteger(value) ? `{"intValue":"${value}"}` : undefined;
      case 'boolean':
        return typeof value === 'boolean' ? `{"boolValue":${value}}` : undefined;
      case 'string[]':
        // A list comes here as the text that TextList made of it.
        return typeof value === 'string' ? value : undefined;
    }
  }

  #encodeText(value: unknown): string | undefined {
    if (typeof value !== 'string' || value === '' || value.length > this.#maxBytes) return undefined;
    if (this.#values !== undefined && !this.#values.has(value)) return undefined;
    const text = escaped(value, this.#maxBytes);
    return text === '' ? undefined : `{"stringValue":"${text}"}`;
  }
}

/**
 * Canonical text of a string array. Arrays are compared by their elements, never by identity, because the application
 * may change an array between two events.
 */
export class TextList {
  readonly #maxItems: number;
  readonly #maxBytes: number;
  #elements: string[] = [];
  #text = '';

  constructor(maxItems: number, maxBytes: number) {
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
  }

  /** The text; undefined for undefined; null if the value must be mended first. */
  text(value: unknown): string | null | undefined {
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return null;
    const count: unknown = value.length;
    if (typeof count !== 'number' || count === 0 || count > this.#maxItems) return null;
    const known = this.#elements;
    let same = known.length === count;
    const elements: string[] = [];
    for (let i = 0; i < count; i++) {
      const element: unknown = value[i];
      if (typeof element !== 'string') return null;
      same &&= element === known[i];
      elements.push(element);
    }
    return same ? this.#text : this.#remember(elements);
  }

  #remember(elements: string[]): string | null {
    let text = '';
    for (const element of elements) {
      if (element === '' || element.length > this.#maxBytes) return null;
      const part = escaped(element, this.#maxBytes);
      if (part === '') return null;
      text += `${text === '' ? '[' : ','}{"stringValue":"${part}"}`;
    }
    this.#elements = elements;
    this.#text = `${text}]`;
    return this.#text;
  }
}

/**
 * The text between two values that vary: the end of the first, the attributes in between, whose values repeat, and the
 * beginning of the second. It is kept until one of those changes.
 */
export class Gap {
  /** Text of the whole gap. */
  text = '';
  /** How many attributes of the event it holds. */
  count = 0;
  /** 1 if the text is not ASCII, else 0. */
  wide: 0 | 1 = 0;
  readonly #slots: readonly Slot[];
  readonly #opening: string;
  readonly #head: string;

  /**
   * @param opening Beginning of the value that follows, up to where it is spliced in.
   * @param head What stands before the first attribute, in the first gap of an event; its first slot must be there.
   */
  constructor(slots: readonly Slot[], opening: string, head: string = '') {
    this.#slots = slots;
    this.#opening = opening;
    this.#head = head;
  }

  /**
   * Makes the text anew; false, and all as before, if a value must be mended first.
   *
   * @param values Values of the slots in their order; undefined where absent.
   * @param open Whether the value before the gap is there, so that its wrapper must be closed.
   * @param next Whether the value behind the gap is there.
   */
  rebuild(values: readonly unknown[], open: boolean, next: boolean): boolean {
    let text = open ? '"}' : '';
    let count = 0;
    for (const [i, slot] of this.#slots.entries()) {
      const value = values[i];
      if (value === undefined) continue;
      const fragment = slot.fragment(value);
      if (fragment === undefined) return false;
      text += fragment;
      if (slot.counted) count += 1;
    }
    if (next) text += this.#opening;
    if (this.#head !== '') text = this.#head + text.slice(1);
    this.wide = isAscii(text) ? 0 : 1;
    this.text = text;
    this.count = count;
    return true;
  }
}

/** The end of the attributes and everything up to the digits of the observed time, kept while the body stays. */
export class Tail {
  /** The text; '' if the body must be mended first. */
  text = '';
  /** 1 if the text is not ASCII, else 0. */
  wide: 0 | 1 = 0;
  readonly #maxBytes: number;
  readonly #rest: string;

  constructor(eventName: string, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#rest = `,"event_name":"${eventName}","observed_timestamp":"`;
  }

  /** Makes the text anew; false, and all as before, if the body must be mended first. */
  rebuild(body: unknown): boolean {
    const given = body === '' ? undefined : body;
    if (!isText(given, this.#maxBytes)) return false;
    const text = escaped(given, this.#maxBytes);
    if (text === '') return false;
    const member = text === undefined ? '' : `,"body":{"stringValue":"${text}"}`;
    this.text = `}${member}${this.#rest}`;
    this.wide = isAscii(member) ? 0 : 1;
    return true;
  }
}

const HEX_THEN_PLAIN = /^[0-9a-f]{64}[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const TRACED_HEX_THEN_PLAIN = /^[0-9a-f]{112}[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const HEX = /^[0-9a-f]*$/;
const NO_TRACE_ID = '0'.repeat(32);
const NO_SPAN_ID = '0'.repeat(16);

/**
 * Checks all that varies with one regular expression: the ids and the hash must be hexadecimal, the rest plain.
 *
 * @param varying Every varying text of the event in one.
 * @returns 2 if the texts stand in JSON as they are, 1 if they need escapes, 0 if an id or the hash must be mended.
 */
export function checkVarying(
  traceId: string | undefined,
  spanId: string | undefined,
  previousHash: string | undefined,
  varying: string,
): 0 | 1 | 2 {
  if (typeof previousHash !== 'string' || previousHash.length !== 64) return 0;
  if (traceId === undefined && spanId === undefined) {
    if (HEX_THEN_PLAIN.test(previousHash + varying)) return 2;
    return HEX.test(previousHash) ? 1 : 0;
  }
  if (typeof traceId !== 'string' || traceId.length !== 32 || traceId === NO_TRACE_ID) return 0;
  if (typeof spanId !== 'string' || spanId.length !== 16 || spanId === NO_SPAN_ID) return 0;
  const ids = traceId + spanId + previousHash;
  if (TRACED_HEX_THEN_PLAIN.test(ids + varying)) return 2;
  return HEX.test(ids) ? 1 : 0;
}

/** What the last fast encoding left behind: whether its text is ASCII, and a record id known to be plain. */
export const lastEncoding: { ascii: boolean; recordId: string } = { ascii: true, recordId: '' };

const millisecondTexts: readonly string[] = Array.from({ length: 1000 }, (_, i) => `${String(i).padStart(3, '0')}000000`);
let lastSecond = -1;
let lastSecondText = '';

/** Nanoseconds of a time in milliseconds as decimal text, floored to the millisecond; '' if out of range. */
export function nanosecondText(timeMs: unknown): string {
  if (typeof timeMs !== 'number' || !(timeMs >= 1 && timeMs <= MAX_TIME_MS)) return '';
  const second = Math.floor(timeMs / 1000);
  if (second === 0) return `${Math.floor(timeMs)}000000`;
  if (second !== lastSecond) {
    lastSecond = second;
    lastSecondText = String(second);
  }
  return lastSecondText + (millisecondTexts[Math.floor(timeMs - second * 1000)] ?? '');
}
