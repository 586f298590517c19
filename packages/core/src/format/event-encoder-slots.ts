// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { inOnePiece, isAscii, spliced, unfit } from './event-encoder-text.ts';

// Attributes whose values repeat, because services repeat most of what they say: the route, the method, the library.
// Their canonical text is kept from one event to the next, and only for values that were checked in full.

/** How many values one attribute remembers. Beyond that it forgets all, so that a hostile client cannot fill memory. */
const REMEMBERED_VALUES = 32;

type Kind = 'string' | 'int' | 'boolean' | 'string[]';

export interface Fragment {
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
    return text === undefined ? undefined : `{"stringValue":"${text}"}`;
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

  text(value: unknown): string | undefined {
    if (value === undefined) return undefined;
    return (Array.isArray(value) ? this.#textOf(value) : undefined) ?? unfit();
  }

  #textOf(value: readonly unknown[]): string | undefined {
    const count: unknown = value.length;
    if (typeof count !== 'number' || count === 0 || count > this.#maxItems) return undefined;
    const known = this.#elements;
    let same = known.length === count;
    const elements: string[] = [];
    for (let i = 0; i < count; i++) {
      const element: unknown = value[i];
      if (typeof element !== 'string') return undefined;
      same &&= element === known[i];
      elements.push(element);
    }
    return same ? this.#text : this.#remember(elements);
  }

  #remember(elements: string[]): string | undefined {
    let text = '';
    for (const element of elements) {
      const part = spliced(element, this.#maxBytes);
      if (part === undefined) return undefined;
      text += `${text === '' ? '[' : ','}{"stringValue":"${part}"}`;
    }
    this.#elements = elements;
    this.#text = `${text}]`;
    return this.#text;
  }
}
