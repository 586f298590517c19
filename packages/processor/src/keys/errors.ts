// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** What can be wrong with a key file. Each code is described with its remedy in docs/errors.md. */
export type KeyErrorCode =
  | 'KEY_MISSING'
  | 'KEY_EXISTS'
  | 'KEY_UNREADABLE'
  | 'KEY_NOT_WRITABLE'
  | 'KEY_MODE'
  | 'KEY_NOT_A_FILE'
  | 'KEY_MALFORMED'
  | 'KEY_NOT_ED25519'
  | 'KEY_WRONG_LENGTH'
  | 'KEY_REUSED';

const BRAND = Symbol.for('stepseal.processor.KeyError');

/** A key file cannot be used or made. `message` names the file and what to do, and never holds key material. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
  readonly code: KeyErrorCode;
  readonly file: string;

  constructor(code: KeyErrorCode, file: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.file = file;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Holds over several installed copies of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
