// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type DescribedCommand, firstWords, secondWords } from './described-commands.ts';

/** A completion script for bash. Where it offers nothing itself, bash offers file names. */
export function bashScript(commands: readonly DescribedCommand[]): string {
  const words = firstWords(commands);
  const groups = words.filter((word) => secondWords(commands, word).length > 0);
  return `# stepseal completion for bash: source it, or put it where bash-completion looks
_stepseal() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local first=\${COMP_WORDS[1]} name=\${COMP_WORDS[1]} from=2 flags= values=
  COMPREPLY=()
  if (( COMP_CWORD == 1 )) || [[ $first == help && COMP_CWORD -eq 2 ]]; then
    COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current"))
    return
  fi
  [[ $first == help ]] && { first=\${COMP_WORDS[2]}; from=3; }
  case $first in
${groups.map((group) => groupCase(group, secondWords(commands, group))).join('\n')}
  esac
  case $name in
${commands.map(commandCase).join('\n')}
  esac
  [[ " $values " == *" $previous "* ]] && return
  [[ $current == -* ]] && COMPREPLY=($(compgen -W "$flags" -- "$current"))
}
complete -o default -F _stepseal stepseal
`;
}

function groupCase(group: string, seconds: readonly string[]): string {
  return `    ${group})
      if (( COMP_CWORD == from )); then
        COMPREPLY=($(compgen -W '${seconds.join(' ')}' -- "$current"))
        return
      fi
      name="${group} \${COMP_WORDS[from]}" ;;`;
}

function commandCase({ name, flags }: DescribedCommand): string {
  const all = flags.map((flag) => `--${flag.name}`).join(' ');
  const withValue = flags.flatMap((flag) => (flag.value === undefined ? [] : [`--${flag.name}`])).join(' ');
  return `    '${name}') flags='${all}' values='${withValue}' ;;`;
}
