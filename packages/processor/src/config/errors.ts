// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * What can be wrong with the configuration. Each code is described with its remedy in docs/errors.md.
 */
export type ConfigErrorCode =
  | 'CONFIG_UNREADABLE'
  | 'CONFIG_MALFORMED'
  | 'CONFIG_UNKNOWN_KEY'
  | 'CONFIG_UNKNOWN_VARIABLE'
  | 'CONFIG_UNKNOWN_FLAG'
  | 'CONFIG_WRONG_TYPE'
  | 'CONFIG_OUT_OF_RANGE'
  | 'CONFIG_INVALID_VALUE';

/** One mistake: `message` names the setting, the place it was read from, and what to do. It never holds the value. */
export interface ConfigProblem {
  readonly code: ConfigErrorCode;
  readonly message: string;
}

const BRAND = Symbol.for('stepseal.processor.ConfigError');

/** The configuration cannot be used. `problems` lists every mistake found; `code` and `message` are those of the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly [ConfigProblem, ...ConfigProblem[]], options?: { readonly cause?: unknown }) {
    const [first, ...others] = problems;
    super(others.length === 0 ? first.message : `${first.message} (${others.length} more)`, options);
    this.code = first.code;
    this.problems = problems;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Holds over several installed copies of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
