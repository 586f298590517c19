// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A command of a script, with what it is expected to print and its exit code. */
export interface Step {
  readonly line: number;
  readonly command: string;
  readonly expected: string;
}

/**
 * Reads a script: prose, and blocks that begin with `$ command` and end with `[exit code]`. In between stands what the
 * command prints; lines on standard error begin with `! ` and come last.
 */
export function parseScript(text: string): Step[] {
  const steps: Step[] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const command = /^\$ (.*)$/.exec(lines[index] ?? '')?.[1];
    if (command === undefined) continue;
    const start = index;
    while (!/^\[\d+\]$/.test(lines[index] ?? '')) {
      index++;
      if (index === lines.length) throw new Error(`line ${start + 1}: the block has no [exit code]`);
    }
    steps.push({ line: start + 1, command, expected: lines.slice(start + 1, index + 1).join('\n') });
  }
  return steps;
}

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A shell in `cwd` in which `stepseal` is the built command, run by this Node. */
export function shell(cwd: string): (command: string) => string {
  const bin = join(cwd, '.bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'stepseal'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  chmodSync(join(bin, 'stepseal'), 0o755);
  return (command) => {
    const { stdout, stderr, status } = spawnSync('/bin/sh', ['-c', command], {
      cwd,
      env: { PATH: `${bin}${delimiter}${process.env['PATH']}` },
      encoding: 'utf8',
      timeout: 60_000,
    });
    const errors = stderr.replaceAll(/^(?=.)/gm, '! ');
    return `${stdout}${errors}[${status}]`.replaceAll(cwd, '/HERE');
  };
}

const SHAPES: Readonly<Record<string, string>> = {
  fingerprint: '[0-9a-f]{64}',
  vkey: '\\S+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]{44}',
  number: '[0-9.]+',
  any: '.*',
};

/**
 * What is expected, where the output is as expected, else the output. In what is expected `<fingerprint>`, `<vkey>`,
 * `<number>` and `<any>` stand for text of that shape.
 */
export function fitted(output: string, expected: string): string {
  const pattern = expected
    .split(/(<\w+>)/)
    .map((part) => SHAPES[/^<(\w+)>$/.exec(part)?.[1] ?? ''] ?? part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('');
  return new RegExp(`^${pattern}$`).test(output) ? expected : output;
}
