// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** What the command line can refuse. Each code is described with its remedy in docs/errors.md. */
export type CliErrorCode =
  | 'UNKNOWN_COMMAND'
  | 'UNKNOWN_OPTION'
  | 'BAD_ARGUMENT'
  | 'SOURCE_MISSING'
  | 'SOURCE_UNREADABLE'
  | 'TRUST_UNREADABLE'
  | 'TRUST_MALFORMED'
  | 'TRUST_IN_DATA'
  | 'TRUST_FROM_DATA'
  | 'HEADS_UNREADABLE'
  | 'HEADS_MALFORMED'
  | 'HEADS_IN_DATA'
  | 'NOT_FOUND'
  | 'NOT_WRITABLE';

const USAGE: ReadonlySet<CliErrorCode> = new Set(['UNKNOWN_COMMAND', 'UNKNOWN_OPTION', 'BAD_ARGUMENT']);
const BRAND = Symbol.for('stepseal.cli.CliError');

/** A command cannot do what was asked; `message` is one line for people, with what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** 64 for a mistake in the command line, 3 for what cannot be done. */
  get exitCode(): 64 | 3 {
    return USAGE.has(this.code) ? 64 : 3;
  }

  /** Holds over several installed copies of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
