// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type DescribedCommand, firstWords, secondWords } from './described-commands.ts';

/** A completion script for fish: a file stepseal.fish in its completions. */
export function fishScript(commands: readonly DescribedCommand[]): string {
  const lines = ['# stepseal completion for fish'];
  const words = firstWords(commands);
  for (const word of words) {
    const brief = commands.find(({ name }) => name === word)?.brief ?? secondWords(commands, word).join(', ');
    lines.push(`complete -c stepseal -n __fish_use_subcommand -f -a ${word} -d ${quoted(brief)}`);
    const seconds = secondWords(commands, word);
    const none = seconds.length === 0 ? '' : `; and not __fish_seen_subcommand_from ${seconds.join(' ')}`;
    for (const second of seconds) {
      const about = commands.find(({ name }) => name === `${word} ${second}`)?.brief ?? '';
      lines.push(
        `complete -c stepseal -n '__fish_seen_subcommand_from ${word}${none}' -f -a ${second} -d ${quoted(about)}`,
      );
    }
  }
  lines.push(`complete -c stepseal -n '__fish_seen_subcommand_from help' -f -a '${words.join(' ')}'`);
  for (const { name, flags } of commands) {
    const seen = name
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ');
    for (const flag of flags) {
      const value = flag.value === undefined ? '' : ' -r -F';
      lines.push(`complete -c stepseal -n '${seen}' -l ${flag.name}${value} -d ${quoted(flag.brief)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, (character) => `\\${character}`)}'`;
}
