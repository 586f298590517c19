// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { formatJson, formatJsonLine, formatLine, type Line } from './render/line.ts';

/** Where a command writes. Nothing reaches the terminal unescaped, and no write throws. */
export interface Terminal {
  print(lines: readonly Line[]): void;
  printJson(value: unknown): void;
  /** One value as one line of NDJSON. */
  printJsonLine(value: unknown): void;
  /** A line on standard error. */
  warn(line: Line): void;
  /** Shows that something takes time, on a terminal only; the returned function takes it away again. */
  progress(what: string): () => void;
  /** Resolves when what was printed has been taken, so that a long output does not pile up; at once when the reader is gone. */
  drained(): Promise<void>;
  /** Aborted when whoever read standard output is gone: nothing printed from then on is read by anybody. */
  readonly gone: AbortSignal;
}

/** The part of a process's output that is used. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  /** What was written and not yet taken is more than the stream wants to hold. */
  readonly writableNeedDrain?: boolean;
  write(text: string): boolean;
  on(event: 'error', handler: (error: Error) => void): unknown;
  once?(event: 'drain', handler: () => void): unknown;
}

export function processTerminal(stdout: TerminalStream, stderr: TerminalStream, env: NodeJS.ProcessEnv): Terminal {
  const gone = new AbortController();
  // A reader such as `head` may go away first: what is left unsaid then changes nothing of the verdict.
  stdout.on('error', () => gone.abort());
  stderr.on('error', () => undefined);
  const colourOut = wantsColour(stdout, env);
  const colourError = wantsColour(stderr, env);
  return {
    print: (lines) => void stdout.write(lines.map((line) => `${formatLine(line, colourOut)}\n`).join('')),
    printJson: (value) => void stdout.write(`${formatJson(value)}\n`),
    printJsonLine: (value) => void stdout.write(`${formatJsonLine(value)}\n`),
    warn: (line) => void stderr.write(`${formatLine(line, colourError)}\n`),
    progress: (what) => (stderr.isTTY && env['TERM'] !== 'dumb' ? showProgress(stderr, what) : () => undefined),
    drained: () => drained(stdout, gone.signal),
    gone: gone.signal,
  };
}

// https://no-color.org: any value but the empty one switches colour off.
function wantsColour(stream: TerminalStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

function drained(stream: TerminalStream, gone: AbortSignal): Promise<void> {
  if (stream.writableNeedDrain !== true || gone.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once?.('drain', resolve);
    gone.addEventListener('abort', () => resolve(), { once: true });
  });
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
