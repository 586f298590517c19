// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * What a {@link FormatError} can say.
 *
 * - `MALFORMED`: bytes that are not a payload, or not strict JSON (docs/spec/payload.md).
 * - `NOTE_MALFORMED`: text that is not a signed note (docs/spec/notes.md).
 * - `CHECKPOINT_MALFORMED`: note text that is not a checkpoint, or an origin that is not a stream's.
 * - `VKEY_MALFORMED`: text that is not an Ed25519 verifier key.
 * - `TOO_LARGE`: input beyond a limit of docs/spec/README.md, refused before it was read.
 * - `NOT_ENCODABLE`: a value given to an encoder that the format has no spelling for.
 */
export type FormatErrorCode =
  | 'MALFORMED'
  | 'NOTE_MALFORMED'
  | 'CHECKPOINT_MALFORMED'
  | 'VKEY_MALFORMED'
  | 'TOO_LARGE'
  | 'NOT_ENCODABLE';

const BRAND = Symbol.for('stepseal.core.FormatError');

/**
 * The only error `@stepseal/core/format` throws on purpose. The message names a rule and a position, never a value:
 * what is parsed here may hold secrets and may come from an attacker.
 *
 * `instanceof` holds across copies of this package.
 */
export class FormatError extends Error {
  readonly code: FormatErrorCode;
  /** Byte offset in the parsed input, counted from 0, where one can be named. */
  readonly offset?: number;

  constructor(code: FormatErrorCode, message: string, options?: { offset?: number; cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FormatError';
    this.code = code;
    if (options?.offset !== undefined) this.offset = options.offset;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && Reflect.get(value, BRAND) === true;
  }
}

Object.defineProperty(FormatError.prototype, BRAND, { value: true });
