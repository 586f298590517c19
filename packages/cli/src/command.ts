// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ResolvedConfig } from '@stepseal/processor/config';
import type { Terminal } from './terminal.ts';

export interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in help, such as FILE. */
  readonly value?: string;
  readonly brief: string;
}

/** One sub-command: what its help says, and what it does. */
export interface Command {
  /** After `stepseal `: `verify [PATH...] [--trust FILE]`. */
  readonly usage: string;
  /** Lines of its help. */
  readonly about: readonly string[];
  /** Two or three command lines to learn from, each with what it is for: `stepseal verify archive # all in a directory`. */
  readonly examples: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Flags of the configuration that it takes too (`data-dir`), or all of them. */
  readonly settings: readonly string[] | 'all';
  /** Positional arguments at most. */
  readonly maxArguments: number;
  /** Its arguments are of the form of a `step_up.id`, one in 64 of which begins with a dash. */
  readonly takesIds?: true;
  run(call: Call): Promise<number>;
}

/** One call of a command. */
export interface Call {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly stdin: NodeJS.ReadStream;
  readonly terminal: Terminal;
  /** Throws ConfigError; not read before it is asked for, so that help works with a broken configuration. */
  config(): ResolvedConfig;
}

export function textFlag(call: Call, name: string): string | undefined {
  const value = call.flags[name];
  return typeof value === 'string' ? value : undefined;
}
