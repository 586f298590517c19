// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parseArgs } from 'node:util';
import { configFlags, loadConfig, nearestName } from '@stepseal/processor/config';
import type { Call, Command } from './command.ts';
import { CliError } from './errors.ts';
import type { Terminal } from './terminal.ts';

export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  readonly terminal: Terminal;
}

/** A `step_up.id` that looks like an option; no option has one dash and 21 characters. */
const DASHED_ID = /^-\w[\w-]{20}$/;

/** Reads the arguments of a command. Throws CliError UNKNOWN_OPTION, BAD_ARGUMENT. */
export function parseCall(name: string, command: Command, argv: readonly string[], around: Surroundings): Call {
  const { settings } = command;
  const ofSettings = Object.entries(configFlags()).filter(
    ([flag]) => settings === 'all' || settings.includes(flag) || (flag === 'config' && settings.length > 0),
  );
  const settingFlags = Object.fromEntries(ofSettings);
  const ownFlags = Object.fromEntries(Object.entries(command.options).map(([flag, { type }]) => [flag, { type }]));
  const options = { ...settingFlags, ...ownFlags };

  const words = command.takesIds === true ? argv.filter((word) => DASHED_ID.test(word)) : [];
  const args = argv.filter((word) => !words.includes(word));
  // `-` alone is an argument (standard input); not strict, since the messages of parseArgs are not for people.
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const flags: Record<string, string | boolean> = {};
  const settingArguments: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = token.name.startsWith('no-') && !(token.name in options) ? token.name.slice(3) : token.name;
    const type = Object.hasOwn(options, flag) && token.rawName.startsWith('--') ? options[flag]?.type : undefined;
    if (type === undefined || (flag !== token.name && type !== 'boolean')) {
      throw new CliError(
        'UNKNOWN_OPTION',
        `Unknown option ${token.rawName} of stepseal ${name}. ${hintAt(token.name, options, name)}`,
      );
    }
    if (type === 'string' && (token.value === undefined || token.value === '')) {
      throw new CliError('BAD_ARGUMENT', `Option --${flag} needs a value: write --${flag}=VALUE.`);
    }
    if (!Object.hasOwn(settingFlags, flag)) {
      if (type === 'boolean' && token.value !== undefined) {
        throw new CliError('BAD_ARGUMENT', `Option --${flag} takes no value.`);
      }
      flags[flag] = token.value ?? flag === token.name;
    } else settingArguments.push(token.value === undefined ? `--${token.name}` : `--${token.name}=${token.value}`);
  }
  if (words.length > command.maxArguments) {
    const extra = words[command.maxArguments];
    throw new CliError('BAD_ARGUMENT', `Unexpected argument ${extra}. Usage: stepseal ${command.usage}`);
  }
  const { cwd, env, stdin, terminal } = around;
  return {
    flags,
    arguments: words,
    cwd,
    stdin,
    terminal,
    config: () => loadConfig({ argv: settingArguments, env, cwd }),
  };
}

function hintAt(name: string, options: object, command: string): string {
  const near = nearestName(name, Object.keys(options));
  if (near !== undefined) return `Did you mean --${near}?`;
  return `\`stepseal help ${command}\` lists what it takes; what begins with a dash and is none comes after \`--\`.`;
}
