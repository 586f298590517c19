// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError } from '../errors.ts';
import { isWellFormed } from './json-text.ts';

const ESCAPED: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const HEX4 = /[0-9a-fA-F]{4}/y;

/**
 * A reading position in JSON text, with the tokens of RFC 8259. The text is the attacker's; every token is checked
 * when it is read and nothing is skipped.
 */
export class JsonCursor {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  fail(reason: string, position: number = this.position): never {
    const offset = Buffer.byteLength(this.text.slice(0, position));
    throw new FormatError('MALFORMED', `${reason} at byte ${offset}`, { offset });
  }

  /** The character code at the position; NaN at the end. */
  peek(): number {
    return this.text.charCodeAt(this.position);
  }

  /** Reads `token` if it comes next. */
  accept(token: string): boolean {
    if (!this.text.startsWith(token, this.position)) return false;
    this.position += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token)) this.fail(`expected ${token}`);
  }

  skipSpace(): void {
    for (let code = this.peek(); code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09; code = this.peek()) {
      this.position++;
    }
  }

  end(): void {
    if (this.position !== this.text.length) this.fail('bytes after the value');
  }

  number(): number {
    NUMBER.lastIndex = this.position;
    const match = NUMBER.exec(this.text);
    if (match === null) this.fail('expected a value');
    const value = Number(match[0]);
    if (!Number.isFinite(value)) this.fail('number out of range');
    this.position = NUMBER.lastIndex;
    return value;
  }

  string(): string {
    const start = this.position;
    if (this.peek() !== 0x22) this.fail('expected a string');
    let from = ++this.position;
    let value = '';
    let escapes = false;
    for (;;) {
      const code = this.peek();
      if (code === 0x22) break;
      if (Number.isNaN(code)) this.fail('string without an end', start);
      if (code < 0x20) this.fail('control character in a string');
      if (code !== 0x5c) {
        this.position++;
        continue;
      }
      value += this.text.slice(from, this.position) + this.#escape();
      escapes = true;
      from = this.position;
    }
    value += this.text.slice(from, this.position);
    this.position++;
    // Strict UTF-8 has no surrogates, so only an escape can bring one in.
    if (escapes && !isWellFormed(value)) this.fail('lone surrogate in a string', start);
    return value;
  }

  #escape(): string {
    const letter = this.text[this.position + 1] ?? '';
    if (letter === 'u') {
      HEX4.lastIndex = this.position + 2;
      const digits = HEX4.exec(this.text);
      if (digits === null) this.fail('bad escape in a string');
      this.position = HEX4.lastIndex;
      return String.fromCharCode(Number.parseInt(digits[0], 16));
    }
    const value = Object.hasOwn(ESCAPED, letter) ? ESCAPED[letter] : undefined;
    if (value === undefined) this.fail('bad escape in a string');
    this.position += 2;
    return value;
  }
}
