// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { textEnd } from './line-bytes.ts';

/** Reads values of one line by the names of their attributes. */
export class LineValues {
  readonly #line: Buffer;

  constructor(line: Buffer) {
    this.#line = line;
  }

  string(name: string): string | undefined {
    return this.#quoted(`"${name}":{"stringValue":"`);
  }

  integer(name: string): number | undefined {
    const digits = this.#quoted(`"${name}":{"intValue":"`);
    return digits === undefined ? undefined : Number(digits);
  }

  isFalse(name: string): boolean {
    return this.#line.indexOf(`"${name}":{"boolValue":false}`) !== -1;
  }

  get eventName(): string | undefined {
    return this.#quoted('"event_name":"');
  }

  /** The text between `opening`, which ends with a quotation mark, and the next one. */
  #quoted(opening: string): string | undefined {
    const at = this.#line.indexOf(opening, 0, 'latin1');
    if (at === -1) return undefined;
    const from = at + opening.length;
    const text = this.#line.toString('utf8', from, textEnd(this.#line, from));
    return text.includes('\\') ? unescaped(text) : text;
  }
}

function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}
