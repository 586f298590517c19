// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { BODY_MAX_BYTES } from './event-encoder-types.ts';
import { isWellFormed } from './json-text.ts';

// Pieces of canonical text that the generated encoders keep from one event to the next, because services repeat most
// of what they say: the route, the method, the library. A piece is kept only for a value that was checked in full.

/** How many values one attribute remembers. Beyond that it forgets all, so that a hostile client cannot fill memory. */
const REMEMBERED_VALUES = 32;
const MAX_TIME_MS = 9_223_372_036_854;
const NON_ASCII = /[^\x00-\x7f]/;

// oxlint-disable-next-line no-control-regex -- the class names what may stand in JSON text without an escape
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

export function isAscii(text: string): boolean {
  return !NON_ASCII.test(text);
}

/**
 * The text as it may be spliced in between quotation marks: itself mostly, with escapes where JSON needs them; '' if it
 * must be mended first, or is no text; undefined for undefined.
 */
export function spliced(value: unknown, maxBytes: number): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > maxBytes) return '';
  return PLAIN.test(value) ? value : escaped(value, maxBytes);
}

/** The text with JSON's escapes; '' if it must be mended first. Says in `lastEncoding` that there is such a text. */
function escaped(text: string, maxBytes: number): string {
  if (!isWellFormed(text) || Buffer.byteLength(text) > maxBytes) return '';
  lastEncoding.plain = false;
  return JSON.stringify(text).slice(1, -1);
}

/** What the encoding of an event leaves behind for its caller and for the next one. */
export const lastEncoding: {
  /** Whether the text is ASCII. */
  ascii: boolean;
  /** Whether every value stands in the text as it is, without an escape. */
  plain: boolean;
  /** A record id known to be plain, likely to come again as that of the predecessor. */
  recordId: string | undefined;
} = { ascii: true, plain: true, recordId: undefined };

/** The same text in one piece: a text that was added up stays a chain of its parts, dear to copy each time. */
function inOnePiece(text: string): string {
  return Buffer.from(text).toString();
}

type Kind = 'string' | 'int' | 'boolean' | 'string[]';

interface Fragment {
  /** `,"name":wrapped value` */
  readonly text: string;
  /** 1 if the text is not ASCII, else 0. */
  readonly wide: 0 | 1;
}

/** An attribute whose values repeat, with the canonical text of those seen lately. */
export class Slot {
  readonly name: string;
  readonly #kind: Kind;
  readonly #maxBytes: number;
  readonly #values: ReadonlySet<unknown> | undefined;
  readonly #known: Map<unknown, Fragment> = new Map();

  constructor(name: string, kind: Kind, maxBytes: number, values?: readonly string[]) {
    this.name = name;
    this.#kind = kind;
    this.#maxBytes = maxBytes;
    this.#values = values === undefined ? undefined : new Set(values);
  }

  /** Undefined if the value must be mended first. */
  fragment(value: unknown): Fragment | undefined {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const wrapped = this.#encode(value);
    if (wrapped === undefined) return undefined;
    const text = inOnePiece(`,"${this.name}":${wrapped}`);
    const fragment: Fragment = { text, wide: isAscii(text) ? 0 : 1 };
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
    if (this.#values !== undefined && !this.#values.has(value)) return undefined;
    const text = spliced(value, this.#maxBytes);
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
      const part = spliced(element, this.#maxBytes);
      if (part === '') return null;
      text += `${text === '' ? '[' : ','}{"stringValue":"${part}"}`;
    }
    this.#elements = elements;
    this.#text = `${text}]`;
    return this.#text;
  }
}

/** Events for which joined gaps must stay the same before they are made one piece: then it is likely to pay. */
const CALM_EVENTS = 8;
/** How many texts a gap remembers. */
const REMEMBERED_TEXTS = 8;

/** The gaps of one kind of event, which together are all of its text that does not vary. */
export class Layout {
  /** Whether `arrange` must be called before the gaps are added up. */
  restless = false;
  /** How many of the gaps hold text that is not ASCII. */
  wide = 0;
  readonly #gaps: Gap[] = [];
  readonly #changed: Gap[] = [];
  #joined: Gap[] = [];

  add(gap: Gap): number {
    return this.#gaps.push(gap) - 1;
  }

  changed(gap: Gap): void {
    this.restless = true;
    this.#changed.push(gap);
  }

  arrange(): void {
    for (const gap of this.#changed) this.#join(gap);
    this.#changed.length = 0;
    for (const gap of this.#joined) {
      gap.calm += 1;
      if (gap.calm === CALM_EVENTS && gap.out !== gap.text) gap.out = inOnePiece(gap.out);
    }
    if (this.#joined.length > 0) this.#joined = this.#joined.filter(({ calm }) => calm < CALM_EVENTS);
    this.restless = this.#joined.length > 0;
  }

  /** Joins the gaps around this one between which no value stands, so that fewer and longer pieces are added up. */
  #join(gap: Gap): void {
    let first = gap.index;
    while (first > 0 && this.#gaps[first - 1]?.next === false) first -= 1;
    let text = '';
    for (const part of this.#gaps.slice(first)) {
      text = text === '' ? part.text : text + part.text;
      part.out = part.next ? text : '';
      if (!part.next) continue;
      part.calm = 0;
      if (text !== part.text && !this.#joined.includes(part)) this.#joined.push(part);
      return;
    }
  }
}

interface GapText {
  readonly values: readonly unknown[];
  readonly open: boolean;
  readonly next: boolean;
  readonly text: string;
  readonly wide: 0 | 1;
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * The text between two values that vary: the end of the first, the attributes in between, whose values repeat, and the
 * beginning of the second. It is kept until one of those changes, and found again when they change back.
 */
export class Gap {
  /** What to add up for an event: the text of this gap, after that of gaps before it which it was joined with. */
  out = '';
  text = '';
  /** Whether a value follows. */
  next = true;
  /** Events for which `out` has stayed the same since it was joined. */
  calm = 0;
  readonly index: number;
  readonly #layout: Layout;
  readonly #slots: readonly Slot[];
  readonly #opening: string;
  readonly #head: string;
  readonly #known: GapText[] = [];
  #oldest = 0;
  /** 1 if the text is not ASCII, else 0. */
  #wide: 0 | 1 = 0;

  /**
   * @param opening Beginning of the value that follows, up to where it is spliced in.
   * @param head What stands before the first attribute, in the first gap of an event; its first slot must be there.
   */
  constructor(layout: Layout, slots: readonly Slot[], opening: string, head: string = '') {
    this.#layout = layout;
    this.#slots = slots;
    this.#opening = opening;
    this.#head = head;
    this.index = layout.add(this);
  }

  /**
   * Takes the text for these values; false, and all as before, if one of them must be mended first.
   *
   * @param values Values of the slots in their order; undefined where absent.
   * @param open Whether the value before the gap is there, so that its wrapper must be closed.
   * @param next Whether the value behind the gap is there.
   */
  select(values: readonly unknown[], open: boolean, next: boolean): boolean {
    for (const known of this.#known) {
      if (known.open === open && known.next === next && isSame(known.values, values)) {
        this.#use(known);
        return true;
      }
    }
    const made = this.#make(values, open, next);
    if (made === undefined) return false;
    this.#known[this.#oldest] = made;
    this.#oldest = (this.#oldest + 1) % REMEMBERED_TEXTS;
    this.#use(made);
    return true;
  }

  #make(values: readonly unknown[], open: boolean, next: boolean): GapText | undefined {
    let text = open ? '"}' : '';
    let wide: 0 | 1 = 0;
    for (const [i, slot] of this.#slots.entries()) {
      if (values[i] === undefined) continue;
      const fragment = slot.fragment(values[i]);
      if (fragment === undefined) return undefined;
      text += fragment.text;
      if (fragment.wide === 1) wide = 1;
    }
    if (next) text += this.#opening;
    if (this.#head !== '') text = this.#head + text.slice(1);
    return { values, open, next, text: inOnePiece(text), wide };
  }

  #use({ text, next, wide }: GapText): void {
    this.text = text;
    this.next = next;
    this.#layout.wide += wide - this.#wide;
    this.#wide = wide;
    this.#layout.changed(this);
  }

  /** For the last gap of an event: the end of the attributes and all up to the digits of the observed time. */
  selectTail(body: unknown, eventName: string): boolean {
    const member = body === undefined || body === '' ? '' : bodyMember(body);
    if (member === undefined) return false;
    const text = `}${member},"event_name":"${eventName}","observed_timestamp":"`;
    this.#use({ values: [], open: false, next: true, text: inOnePiece(text), wide: isAscii(member) ? 0 : 1 });
    return true;
  }
}

function bodyMember(body: unknown): string | undefined {
  const text = spliced(body, BODY_MAX_BYTES);
  return text === '' || text === undefined ? undefined : `,"body":{"stringValue":"${text}"}`;
}

const HEX = /^[0-9a-f]*$/;
const NO_TRACE_ID = '0'.repeat(32);
const NO_SPAN_ID = '0'.repeat(16);

/** Whether both ids are there and valid, or neither is given. */
export function areIds(traceId: unknown, spanId: unknown): boolean {
  if (traceId === undefined) return spanId === undefined;
  if (typeof traceId !== 'string' || traceId.length !== 32 || traceId === NO_TRACE_ID) return false;
  if (typeof spanId !== 'string' || spanId.length !== 16 || spanId === NO_SPAN_ID) return false;
  return HEX.test(traceId) && HEX.test(spanId);
}

/** Whether so many attributes are there; those that are undefined count as absent. */
export function areAll(attributes: Readonly<Record<string, unknown>>, found: number): boolean {
  let present = 0;
  for (const name in attributes) if (attributes[name] !== undefined) present += 1;
  return found === present;
}

const small: readonly string[] = Array.from({ length: 1000 }, (_, i) => String(i));
const padded: readonly string[] = small.map((text) => text.padStart(3, '0'));
const paddedNanoseconds: readonly string[] = padded.map((text) => `${text}000000`);

/** Decimal text of an integer. The engine is slow to make a text of a number it has not just made one of. */
function integerText(value: number): string {
  if (!(value >= 0 && value < 1_000_000)) return String(value);
  if (value < 1000) return small[value] ?? '';
  return (small[Math.floor(value / 1000)] ?? '') + (padded[value % 1000] ?? '');
}

/** Decimal text of an integer; '' if it must be mended first, or is none; undefined for undefined. */
export function splicedInteger(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) ? integerText(value) : '';
}

let lastSecond = -1;
let lastSecondText = '';

/** Nanoseconds of a time in milliseconds as decimal text, floored to the millisecond; '' if out of range. */
export function nanosecondText(timeMs: unknown): string {
  if (typeof timeMs !== 'number' || !(timeMs >= 1 && timeMs <= MAX_TIME_MS)) return '';
  const second = Math.floor(timeMs / 1000);
  if (second !== lastSecond) {
    if (second === 0) return `${Math.floor(timeMs)}000000`;
    lastSecond = second;
    lastSecondText = String(second);
  }
  return lastSecondText + (paddedNanoseconds[Math.floor(timeMs - second * 1000)] ?? '');
}
