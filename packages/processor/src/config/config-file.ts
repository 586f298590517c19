// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { FormatError, type JsonValue, parseStrictJson } from '@stepseal/core/format';
import { ConfigError, type ConfigProblem } from './errors.ts';
import { SETTINGS } from './settings.ts';
import { didYouMean } from './suggest.ts';

const MAX_BYTES = 1024 * 1024;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
const GROUPS = new Set(
  SETTINGS.filter(({ key }) => key.includes('.')).map(({ key }) => key.slice(0, key.indexOf('.'))),
);

/** The settings of a configuration file, by dotted key, unchecked, and what does not belong in it. */
export interface ConfigFile {
  readonly values: ReadonlyMap<string, unknown>;
  readonly problems: readonly ConfigProblem[];
}

/** Reads `path`; undefined when it does not exist and need not. Throws ConfigError CONFIG_UNREADABLE, CONFIG_MALFORMED. */
export function readConfigFile(path: string, mustExist: boolean): ConfigFile | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    if (reason === 'ENOENT' && !mustExist) return undefined;
    const message = `The configuration file ${path} cannot be read (${reason}): check the path and its permissions.`;
    throw new ConfigError([{ code: 'CONFIG_UNREADABLE', message }], { cause });
  }
  // Some editors put a byte order mark in front.
  return parseConfigFile(bytes.subarray(bytes.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0), path);
}

function parseConfigFile(bytes: Buffer, path: string): ConfigFile {
  let root: JsonValue;
  try {
    root = parseStrictJson(bytes, { maxBytes: MAX_BYTES, maxDepth: 8 });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw malformed(
      path,
      `is not valid JSON (${error.message.replace(/ at byte \d+$/, '')}${position(bytes, error.offset)})`,
    );
  }
  if (!(root instanceof Map)) throw malformed(path, 'does not hold a JSON object');

  const values = new Map<string, unknown>();
  const problems: ConfigProblem[] = [];
  const known = SETTINGS.map(({ key }) => key);
  const unknown = (key: string, names: readonly string[]): void => {
    const message = `Unknown key ${quote(key)} in ${path}.${didYouMean(key, names) || ' See `stepseal config` for all keys.'}`;
    problems.push({ code: 'CONFIG_UNKNOWN_KEY', message });
  };
  for (const [name, value] of root) {
    if (name === '$schema') continue;
    if (!GROUPS.has(name)) {
      if (!known.includes(name)) unknown(name, [...known, ...GROUPS]);
      else if (!name.includes('.')) values.set(name, value);
      else problems.push({ code: 'CONFIG_UNKNOWN_KEY', message: dotted(name, path) });
      continue;
    }
    if (!(value instanceof Map)) {
      const message = `"${name}" in ${path} has the wrong type: set an object of its settings.`;
      problems.push({ code: 'CONFIG_WRONG_TYPE', message });
      continue;
    }
    for (const [member, setting] of value) {
      const key = `${name}.${member}`;
      if (known.includes(key)) values.set(key, setting);
      else unknown(key, known);
    }
  }
  return { values, problems };
}

/** Variables, flags and messages name settings with a dot; the file holds objects. */
function dotted(key: string, path: string): string {
  const [group, member] = key.split('.');
  return `Unknown key "${key}" in ${path}. Write it as "${group}": { "${member}": … }.`;
}

function malformed(path: string, what: string): ConfigError {
  return new ConfigError([
    { code: 'CONFIG_MALFORMED', message: `The configuration file ${path} ${what}: correct it.` },
  ]);
}

function position(bytes: Buffer, offset: number | undefined): string {
  if (offset === undefined) return '';
  const lines = bytes.toString('utf8', 0, offset).split('\n');
  return ` at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

function quote(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}
