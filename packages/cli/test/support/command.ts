// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { PassThrough } from 'node:stream';
import { run } from '../../src/run.ts';
import { processTerminal } from '../../src/terminal.ts';

export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line of `stepseal` in this process and its directory, with an empty environment. */
export async function stepseal(...argv: string[]): Promise<Printed> {
  const printed = { out: '', err: '' };
  const stream = (name: 'out' | 'err'): Parameters<typeof processTerminal>[0] => ({
    write: (text) => {
      printed[name] += text;
      return true;
    },
    on: () => undefined,
  });
  const stdin = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.ReadStream;
  const terminal = processTerminal(stream('out'), stream('err'), {});
  const code = await run(argv, { cwd: process.cwd(), env: {}, stdin, terminal });
  return { code, ...printed };
}
