// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SETTINGS } from '@stepseal/processor/config';
import { CATALOGUE } from '../catalogue.ts';

/** A flag as a shell offers it. */
export interface DescribedFlag {
  readonly name: string;
  readonly brief: string;
  /** What follows it; undefined for a switch. */
  readonly value: string | undefined;
}

/** A command as a shell offers it. */
export interface DescribedCommand {
  /** One word or two: `verify`, `trust add`. */
  readonly name: string;
  readonly brief: string;
  readonly flags: readonly DescribedFlag[];
}

/** All commands with what they take, as help knows them. */
export function describedCommands(): Promise<DescribedCommand[]> {
  return Promise.all(
    Object.entries(CATALOGUE).map(async ([name, { brief, load }]) => {
      const { options, settings } = await load();
      const own = Object.entries(options).map(([flag, option]) => ({
        name: flag,
        brief: option.brief,
        value: option.type === 'boolean' ? undefined : (option.value ?? 'VALUE'),
      }));
      const ofSettings = SETTINGS.filter(({ flag }) => settings === 'all' || settings.includes(flag)).map(
        (setting) => ({
          name: setting.flag,
          brief: setting.brief,
          value: setting.type.kind === 'boolean' ? undefined : 'VALUE',
        }),
      );
      const config = settings.length === 0 ? [] : [{ name: 'config', brief: 'Configuration file.', value: 'FILE' }];
      const help = { name: 'help', brief: 'Show the help of this command.', value: undefined };
      return { name, brief, flags: [...own, ...ofSettings, ...config, help] };
    }),
  );
}

/** The first words of all commands, each once. */
export function firstWords(commands: readonly DescribedCommand[]): string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))];
}

/** The second words that follow a first one; none for a command of one word. */
export function secondWords(commands: readonly DescribedCommand[], first: string): string[] {
  return commands.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : []));
}
