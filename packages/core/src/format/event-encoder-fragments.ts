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
  /** Whether the value comes from the event's attributes, not from the sealing side. */
  readonly counted: boolean;
  readonly #kind: Kind;
  readonly #maxBytes: number;
  readonly #values: ReadonlySet<unknown> | undefined;
  readonly #known: Map<unknown, Fragment> = new Map();

  constructor(name: string, kind: Kind, maxBytes: number, values?: readonly string[], counted: boolean = true) {
    this.name = name;
    this.counted = counted;
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

/** Events without a change after which a layout is put in order: then it is likely to pay. */
const CALM_EVENTS = 8;

/** The gaps of one kind of event, which together are all of its text that does not vary. */
export class Layout {
  /** Events without a change until the gaps are joined; 0 once they are. */
  calm: number = CALM_EVENTS;
  readonly #gaps: Gap[] = [];

  add(gap: Gap): void {
    this.#gaps.push(gap);
  }

  /** A gap has a new text: undoes what `settle` joined. */
  disturb(): void {
    if (this.calm === 0) for (const gap of this.#gaps) gap.out = gap.text;
    this.calm = CALM_EVENTS;
  }

  /** Joins gaps between which nothing stands, so that fewer and longer pieces are added up for an event. */
  settle(): void {
    let carried = '';
    for (const gap of this.#gaps) {
      const text = carried + gap.text;
      carried = gap.next ? '' : text;
      gap.out = gap.next ? inOnePiece(text) : '';
    }
  }
}

/**
 * The text between two values that vary: the end of the first, the attributes in between, whose values repeat, and the
 * beginning of the second. It is kept until one of those changes.
 */
export class Gap {
  /** What to add up for an event: the text of this gap, with that of gaps before it once the layout is settled. */
  out = '';
  text = '';
  /** Whether a value follows. */
  next = true;
  /** How many attributes of the event the gap holds. */
  count = 0;
  /** 1 if the text is not ASCII, else 0. */
  wide: 0 | 1 = 0;
  readonly #layout: Layout;
  readonly #slots: readonly Slot[];
  readonly #opening: string;
  readonly #head: string;

  /**
   * @param opening Beginning of the value that follows, up to where it is spliced in.
   * @param head What stands before the first attribute, in the first gap of an event; its first slot must be there.
   */
  constructor(layout: Layout, slots: readonly Slot[], opening: string, head: string = '') {
    this.#layout = layout;
    this.#slots = slots;
    this.#opening = opening;
    this.#head = head;
    layout.add(this);
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
    let wide = 0;
    for (let i = 0; i < this.#slots.length; i++) {
      const value = values[i];
      const slot = this.#slots[i];
      if (value === undefined || slot === undefined) continue;
      const fragment = slot.fragment(value);
      if (fragment === undefined) return false;
      text += fragment.text;
      wide |= fragment.wide;
      if (slot.counted) count += 1;
    }
    if (next) text += this.#opening;
    if (this.#head !== '') text = this.#head + text.slice(1);
    this.#replace(text, count, wide === 0 ? 0 : 1, next);
    return true;
  }

  #replace(text: string, count: number, wide: 0 | 1, next: boolean): void {
    this.#layout.disturb();
    this.text = text;
    this.out = text;
    this.next = next;
    this.count = count;
    this.wide = wide;
  }

  /** For the last gap of an event: the end of the attributes and all up to the digits of the observed time. */
  rebuildTail(body: unknown, eventName: string): boolean {
    const given = body === '' ? undefined : body;
    if (!isText(given, BODY_MAX_BYTES)) return false;
    const text = escaped(given, BODY_MAX_BYTES);
    if (text === '') return false;
    const member = text === undefined ? '' : `,"body":{"stringValue":"${text}"}`;
    const tail = `}${member},"event_name":"${eventName}","observed_timestamp":"`;
    this.#replace(inOnePiece(tail), 0, isAscii(member) ? 0 : 1, true);
    return true;
  }
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
