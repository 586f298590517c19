// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Slot } from './event-encoder-slots.ts';
import { inOnePiece, isAscii, spliced } from './event-encoder-text.ts';
import { BODY_MAX_BYTES } from './event-encoder-types.ts';

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

  /** To be called in order of the gaps. */
  changed(gap: Gap): void {
    if (gap.next && (gap.index === 0 || this.#gaps[gap.index - 1]?.next === true)) {
      gap.out = gap.text;
      return;
    }
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
  return text === undefined ? undefined : `,"body":{"stringValue":"${text}"}`;
}
