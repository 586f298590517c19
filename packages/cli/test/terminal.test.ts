// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { describe, expect, it } from 'vitest';
import { styled } from '../src/render/line.ts';
import { processTerminal, type TerminalStream } from '../src/terminal.ts';

class FakeStream implements TerminalStream {
  text = '';
  readonly isTTY: boolean;
  readonly handlers: ((error: Error) => void)[] = [];

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  on(_event: 'error', handler: (error: Error) => void): void {
    this.handlers.push(handler);
  }
}

function printed(isTTY: boolean, env: NodeJS.ProcessEnv): { out: FakeStream; error: FakeStream } {
  const out = new FakeStream(isTTY);
  const error = new FakeStream(isTTY);
  const terminal = processTerminal(out, error, env);
  const done = terminal.progress('Verifying');
  terminal.print([[styled('good', 'SEALED'), ' all']]);
  terminal.warn('careful');
  done();
  return { out, error };
}

describe('colour', () => {
  it('is on on a terminal', () => {
    expect(printed(true, {}).out.text).toBe('\u001B[1;32mSEALED\u001B[0m all\n');
    expect(printed(true, { NO_COLOR: '' }).out.text).toContain('\u001B[');
  });

  it.each([
    ['the output is no terminal', false, {}],
    ['NO_COLOR is set', true, { NO_COLOR: '1' }],
    ['the terminal is dumb', true, { TERM: 'dumb' }],
  ])('is off when %s', (_when, isTTY, env) => {
    const { out, error } = printed(isTTY, env);
    expect(out.text).toBe('SEALED all\n');
    expect(error.text).toBe('careful\n');
  });
});

it('an error of the output, such as a reader that went away, is taken and not thrown', () => {
  const { out } = printed(false, {});
  expect(() => out.handlers.forEach((handle) => handle(new Error('EPIPE')))).not.toThrow();
  expect(out.handlers).toHaveLength(1);
});
