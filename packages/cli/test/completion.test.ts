// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../src/catalogue.ts';
import { bashScript } from '../src/completion/bash.ts';
import { describedCommands, firstWords } from '../src/completion/described-commands.ts';
import { fishScript } from '../src/completion/fish.ts';
import { zshScript } from '../src/completion/zsh.ts';

const commands = await describedCommands();

/** What bash offers for the last of these words, once the script is sourced. */
function offered(...words: readonly string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(' ');
  const call = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _stepseal; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', `${bashScript(commands)}\n${call}`], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect([stderr, status]).toEqual(['', 0]);
  return stdout.split('\n').filter((word) => word !== '');
}

test('bash offers every command, and those that begin like the word', () => {
  expect(offered('stepseal', '')).toEqual(firstWords(commands));
  expect(offered('stepseal', 'ver')).toEqual(['verify']);
  expect(offered('stepseal', 'nothing')).toEqual([]);
});

test('bash offers the second word of a command, and what it takes', () => {
  expect(offered('stepseal', 'trust', '')).toEqual(['add', 'show']);
  expect(offered('stepseal', 'trust', 'show', '--')).toEqual(['--file', '--json', '--data-dir', '--config', '--help']);
  expect(offered('stepseal', 'drill', 'archive', '--se')).toEqual(['--seed']);
});

test('bash offers file names, by offering nothing, after an option that takes a value and for arguments', () => {
  expect(offered('stepseal', 'verify', '--trust', '-')).toEqual([]);
  expect(offered('stepseal', 'verify', 'arch')).toEqual([]);
  expect(offered('stepseal', 'verify', '--strict', '--kn')).toEqual(['--known-heads']);
});

test('bash offers commands after help', () => {
  expect(offered('stepseal', 'help', 'ex')).toEqual(firstWords(commands).filter((word) => word.startsWith('ex')));
  expect(offered('stepseal', 'help', 'trust', 's')).toEqual(['show']);
});

test.each([
  ['zsh', zshScript(commands), "'"],
  ['fish', fishScript(commands), "'"],
])('the script for %s names every command and option, and its quotes are in pairs', (_, script) => {
  for (const { name, flags } of commands) {
    for (const word of name.split(' ')) expect(script).toContain(word);
    for (const flag of flags) expect(script).toMatch(new RegExp(`(--|-l )${flag.name}\\b`));
  }
  for (const line of script.split('\n'))
    expect([line, line.replaceAll(/\\'/g, '').split("'").length % 2]).toEqual([line, 1]);
});

test('no command is left out, and each teaches by example with a line that it would take', async () => {
  expect(commands.map(({ name }) => name)).toEqual(Object.keys(CATALOGUE));
  for (const { name, flags } of commands) {
    const { examples } = (await CATALOGUE[name]?.load()) ?? { examples: [] };
    expect([name, examples.length >= 1 && examples.length <= 4]).toEqual([name, true]);
    for (const example of examples) {
      expect(example).toMatch(new RegExp(`stepseal ${name}\\b.* # `));
      const [, own = ''] = new RegExp(`stepseal ${name}([^|>#)]*)`).exec(example) ?? [];
      const known = new Set(flags.map((flag) => flag.name));
      const used = [...own.matchAll(/--([a-z-]+)/g)].map(([, flag]) => flag ?? '');
      expect([example, used.filter((flag) => !known.has(flag))]).toEqual([example, []]);
    }
  }
});
