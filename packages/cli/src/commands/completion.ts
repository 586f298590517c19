// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Command } from '../command.ts';
import { bashScript } from '../completion/bash.ts';
import { type DescribedCommand, describedCommands } from '../completion/described-commands.ts';
import { fishScript } from '../completion/fish.ts';
import { zshScript } from '../completion/zsh.ts';
import { CliError } from '../errors.ts';

const SHELLS: Readonly<Record<string, (commands: readonly DescribedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export const completionCommand: Command = {
  usage: 'completion (bash | zsh | fish)',
  about: ['Prints a script with which a shell completes the commands and options of stepseal.'],
  examples: [
    'eval "$(stepseal completion bash)" # in ~/.bashrc',
    'stepseal completion zsh > ~/.zfunc/_stepseal # a directory of fpath',
    'stepseal completion fish > ~/.config/fish/completions/stepseal.fish # for fish',
  ],
  options: {},
  settings: [],
  maxArguments: 1,
  async run(call) {
    const [shell] = call.arguments;
    const script = shell !== undefined && Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
    if (script === undefined) throw new CliError('BAD_ARGUMENT', 'Name the shell: bash, zsh or fish.');
    const text = script(await describedCommands());
    call.terminal.print(text.trimEnd().split('\n'));
    return 0;
  },
};
