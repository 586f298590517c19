// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { ConfigError, type ConfigProblem } from './errors.ts';
import { SETTINGS } from './settings.ts';
import { didYouMean } from './suggest.ts';

const MAX_BYTES = 1024 * 1024;
const GROUPS = new Set(SETTINGS.filter(({ key }) => key.includes('.')).map(({ key }) => key.slice(0, key.indexOf('.'))));

/** The settings of a configuration file, by dotted key, unchecked, and what does not belong in it. */
export interface ConfigFile {
  readonly values: ReadonlyMap<string, unknown>;
  readonly problems: readonly ConfigProblem[];
}

/** Reads `path`; undefined when it does not exist and need not. Throws ConfigError CONFIG_UNREADABLE, CONFIG_MALFORMED. */
export function readConfigFile(path: string, mustExist: boolean): ConfigFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    if (reason === 'ENOENT' && !mustExist) return undefined;
    const message = `The configuration file ${path} cannot be read (${reason}): check the path and its permissions.`;
    throw new ConfigError([{ code: 'CONFIG_UNREADABLE', message }], { cause });
  }
  if (text.length > MAX_BYTES) throw malformed(path, 'is larger than 1 MiB');
  return parseConfigFile(text, path);
}

function parseConfigFile(text: string, path: string): ConfigFile {
  let root: unknown;
  try {
    root = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    // The parser's message quotes the file, so only the position is passed on.
    throw malformed(path, `is not valid JSON${position(text, error as Error)}`);
  }
  if (!isObject(root)) throw malformed(path, 'does not hold a JSON object');

  const values = new Map<string, unknown>();
  const problems: ConfigProblem[] = [];
  const known = SETTINGS.map(({ key }) => key);
  const unknown = (key: string, names: readonly string[]): void => {
    const message = `Unknown key ${quote(key)} in ${path}.${didYouMean(key, names) || ' See `stepseal config` for all keys.'}`;
    problems.push({ code: 'CONFIG_UNKNOWN_KEY', message });
  };
  for (const [name, value] of Object.entries(root)) {
    if (name === '$schema') continue;
    if (!GROUPS.has(name)) {
      if (known.includes(name) && !name.includes('.')) values.set(name, value);
      else unknown(name, [...known, ...GROUPS]);
      continue;
    }
    if (!isObject(value)) {
      const message = `"${name}" in ${path} has the wrong type: set an object of its settings.`;
      problems.push({ code: 'CONFIG_WRONG_TYPE', message });
      continue;
    }
    for (const [member, setting] of Object.entries(value)) {
      const key = `${name}.${member}`;
      if (known.includes(key)) values.set(key, setting);
      else unknown(key, known);
    }
  }
  return { values, problems };
}

function malformed(path: string, what: string): ConfigError {
  return new ConfigError([{ code: 'CONFIG_MALFORMED', message: `The configuration file ${path} ${what}: correct it.` }]);
}

function position(text: string, error: Error): string {
  const offset = /position (\d+)/.exec(error.message)?.[1];
  if (offset === undefined) return '';
  const lines = text.slice(0, Number(offset)).split('\n');
  return ` at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quote(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}
