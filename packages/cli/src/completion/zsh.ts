// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type DescribedCommand, firstWords, secondWords } from './described-commands.ts';

/** A completion script for zsh: a file _stepseal in a directory of fpath. */
export function zshScript(commands: readonly DescribedCommand[]): string {
  const cases = firstWords(commands).map((word) => {
    const seconds = secondWords(commands, word);
    if (seconds.length === 0) return `    ${word}) ${argumentsOf(commands.find(({ name }) => name === word))} ;;`;
    const inner = seconds.map((second) => {
      const command = commands.find(({ name }) => name === `${word} ${second}`);
      return `        ${second}) ${argumentsOf(command)} ;;`;
    });
    return `    ${word})
      if (( CURRENT == 3 )); then
        compadd -- ${seconds.join(' ')}
        return
      fi
      case $words[3] in
${inner.join('\n')}
      esac ;;`;
  });
  const described = firstWords(commands).map((word) => {
    const brief = commands.find(({ name }) => name === word)?.brief ?? secondWords(commands, word).join(', ');
    return `    ${quoted(`${word}:${brief}`)}`;
  });
  return `#compdef stepseal
_stepseal() {
  local -a commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $words[2] in
${cases.join('\n')}
  esac
}
_stepseal "$@"
`;
}

function argumentsOf(command: DescribedCommand | undefined): string {
  if (command?.name === 'help') return '_describe command commands';
  const specs = (command?.flags ?? []).map(({ name, brief, value }) => {
    const text = escaped(brief);
    return quoted(value === undefined ? `--${name}[${text}]` : `--${name}=[${text}]:${escaped(value)}:_files`);
  });
  return `_arguments ${[...specs, "'*:file:_files'"].join(' ')}`;
}

/** Colons and brackets part a specification of _arguments. */
function escaped(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, (character) => `\\${character}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\\\''")}'`;
}
