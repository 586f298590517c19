// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ConfigProblem } from './errors.ts';
import { SETTINGS, type Setting } from './settings.ts';
import { didYouMean } from './suggest.ts';

/** Flags of the settings in the form that `parseArgs` of node:util takes. Booleans also take `--no-NAME`. */
export function configFlags(): Record<string, { type: 'string' | 'boolean' }> {
  const flags: Record<string, { type: 'string' | 'boolean' }> = { config: { type: 'string' } };
  for (const { flag, type } of SETTINGS) flags[flag] = { type: type.kind === 'boolean' ? 'boolean' : 'string' };
  return flags;
}

export interface ReadFlags {
  /** Path given with `--config`. */
  readonly file?: string;
  readonly texts: ReadonlyMap<Setting, string>;
  readonly problems: readonly ConfigProblem[];
}

/** Reads `--name=value`, `--name value`, `--name` and `--no-name`; the last one of a name counts. */
export function readFlags(argv: readonly string[]): ReadFlags {
  const byFlag = new Map(SETTINGS.map((setting) => [setting.flag, setting]));
  const texts = new Map<Setting, string>();
  const problems: ConfigProblem[] = [];
  let file: string | undefined;
  for (let index = 0; index < argv.length; index++) {
    const [name, inline] = split(argv[index] ?? '');
    const setting = byFlag.get(name);
    const negated = name.startsWith('no-') ? byFlag.get(name.slice(3)) : undefined;
    if (setting?.type.kind === 'boolean') texts.set(setting, inline ?? 'true');
    else if (negated?.type.kind === 'boolean' && inline === undefined) texts.set(negated, 'false');
    else if (setting === undefined && name !== 'config') {
      const hint = didYouMean(name, [...byFlag.keys(), 'config']).replace(/mean (\S+)\?$/, 'mean --$1?');
      problems.push({ code: 'CONFIG_UNKNOWN_FLAG', message: `Unknown option --${name}.${hint}` });
    } else {
      const value = inline ?? argv[++index];
      if (value === undefined) {
        problems.push({ code: 'CONFIG_WRONG_TYPE', message: `Option --${name} needs a value: write --${name}=VALUE.` });
      } else if (setting === undefined) file = value;
      else texts.set(setting, value);
    }
  }
  return { texts, problems, ...(file !== undefined && { file }) };
}

function split(argument: string): [name: string, value?: string] {
  const body = argument.replace(/^--?/, '');
  const equals = body.indexOf('=');
  return equals < 0 ? [body] : [body.slice(0, equals), body.slice(equals + 1)];
}
