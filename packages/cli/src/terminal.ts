// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { formatJson, formatLine, type Line } from './render/line.ts';

/** Where a command writes. Nothing reaches the terminal unescaped, and no write throws. */
export interface Terminal {
  print(lines: readonly Line[]): void;
  printJson(value: unknown): void;
  /** A line on standard error. */
  warn(line: Line): void;
  /** Shows that something takes time, on a terminal only; the returned function takes it away again. */
  progress(what: string): () => void;
}

/** The part of a process's output that is used. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  write(text: string): boolean;
  on(event: 'error', handler: (error: Error) => void): unknown;
}

export function processTerminal(stdout: TerminalStream, stderr: TerminalStream, env: NodeJS.ProcessEnv): Terminal {
  for (const stream of [stdout, stderr]) {
    // A reader such as `head` may go away first: what is left unsaid then changes nothing of the verdict.
    stream.on('error', () => undefined);
  }
  const colourOut = wantsColour(stdout, env);
  const colourError = wantsColour(stderr, env);
  return {
    print: (lines) => void stdout.write(lines.map((line) => `${formatLine(line, colourOut)}\n`).join('')),
    printJson: (value) => void stdout.write(`${formatJson(value)}\n`),
    warn: (line) => void stderr.write(`${formatLine(line, colourError)}\n`),
    progress: (what) => (stderr.isTTY && env['TERM'] !== 'dumb' ? showProgress(stderr, what) : () => undefined),
  };
}

// https://no-color.org: any value but the empty one switches colour off.
function wantsColour(stream: TerminalStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

function showProgress(stream: TerminalStream, what: string): () => void {
  const start = performance.now();
  const timer = setInterval(() => {
    stream.write(`\r${what} ${Math.round((performance.now() - start) / 1000)} s`);
  }, 1000);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (performance.now() - start >= 1000) stream.write('\r\u001B[2K');
  };
}
