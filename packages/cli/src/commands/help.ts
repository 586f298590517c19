// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SETTINGS } from '@stepseal/processor/config';
import { CATALOGUE } from '../catalogue.ts';
import type { Command } from '../command.ts';
import { CliError } from '../errors.ts';
import type { Line } from '../render/line.ts';
import { columns } from '../render/table.ts';
import { suggestCommand } from '../suggest-command.ts';

export const helpCommand: Command = {
  usage: 'help [COMMAND]',
  about: ['Shows all commands, or what one command takes and does.'],
  examples: ['stepseal help # all commands', 'stepseal help trust add # what one takes, with examples'],
  options: {},
  settings: [],
  maxArguments: 2,
  async run({ arguments: words, terminal }) {
    const name = words.join(' ');
    const entry = Object.hasOwn(CATALOGUE, name) ? CATALOGUE[name] : undefined;
    if (entry !== undefined) terminal.print(commandHelp(await entry.load()));
    else if (name === '') terminal.print(overview(Object.keys(CATALOGUE)));
    else {
      const members = Object.keys(CATALOGUE).filter((command) => command.startsWith(`${name} `));
      if (members.length === 0)
        throw new CliError('UNKNOWN_COMMAND', `Unknown command ${name}.${suggestCommand(name)}`);
      terminal.print(overview(members));
    }
    return 0;
  },
};

function overview(names: readonly string[]): Line[] {
  return [
    'stepseal: explain and verify the audit trail of step-up authentication',
    '',
    'usage: stepseal COMMAND [options]',
    '',
    ...columns(names.map((name) => [`  ${name}`, CATALOGUE[name]?.brief ?? ''])),
    '',
    '`stepseal help COMMAND` tells what a command takes. `stepseal --version` prints the version.',
    'Exit codes: 0 done or verified, 1 tampered or found, 2 incomplete or to be looked at, 3 cannot be done or verified,',
    '64 usage.',
  ];
}

function commandHelp({ usage, about, examples, options, settings }: Command): Line[] {
  const taken = SETTINGS.filter(({ flag }) => settings === 'all' || settings.includes(flag));
  const rows = [
    ...Object.entries(options).map(([name, { value, brief }]) => [`  --${name}${value ? ` ${value}` : ''}`, brief]),
    ...taken.map(({ flag, type, brief }) => [`  --${flag}${type.kind === 'boolean' ? '' : ' VALUE'}`, brief]),
    ...(settings.length > 0
      ? [['  --config FILE', 'Configuration file; default ./stepseal.config.json if there.']]
      : []),
  ];
  return [
    `usage: stepseal ${usage}`,
    '',
    ...about,
    ...(rows.length === 0 ? [] : ['', ...columns(rows)]),
    '',
    'examples:',
    ...columns(examples.map((example) => `  ${example}`.split(/ (?=# )/))),
  ];
}
