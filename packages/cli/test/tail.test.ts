// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lineBytes, TestWriter, writeOne } from '@stepseal/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryTail, type TailStart } from '../src/tail/directory-tail.ts';

const root = mkdtempSync(join(tmpdir(), 'stepseal-tail-'));
afterAll(() => rmSync(root, { recursive: true }));

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
let dataDir: string;
let count = 0;
let writer: TestWriter;

beforeEach(() => {
  dataDir = join(root, `data-${++count}`);
  mkdirSync(dataDir);
  writer = new TestWriter({ label: `tail/${count}`, deployment: 'demo.bank' });
});

/** Brings the files up to what the writer has written, as a writer does: by appending. */
function write(): string {
  let last = '';
  for (const { path, stream } of writer.streams) {
    last = join(dataDir, path);
    mkdirSync(join(last, '..'), { recursive: true });
    const there = existsSync(last) ? statSync(last).size : 0;
    appendFileSync(last, stream.bytes().subarray(there));
  }
  return last;
}

const FROM_NOW: TailStart = { after: new Map(), all: false, unsealed: false };
const FROM_START: TailStart = { ...FROM_NOW, all: true };

/** What a turn gives: ids of step-ups, event names of others, and notices. */
function turn(tail: DirectoryTail): string[] {
  return [...tail.advance()].flatMap((item) => {
    if ('notice' in item) return `${item.notice} ${item.after}`;
    const id = item.attributes.get('step_up.id');
    return id?.type === 'string' ? id.value : [];
  });
}

describe('following the files of a writer', () => {
  it('a reader that says to have more than there is hears so, and misses nothing that comes', () => {
    const stream = writer.start();
    writeOne(stream, 'first').seal();
    writeOne(stream, 'second');
    write();
    // Up to record 4, behind the note: as a reader of --unsealed leaves it.
    const unsealed = new DirectoryTail(dataDir, { ...FROM_NOW, after: new Map([[stream.streamId, 4]]) });
    expect(turn(unsealed)).toEqual([]);
    const tail = new DirectoryTail(dataDir, { ...FROM_NOW, after: new Map([[stream.streamId, 999_999]]) });
    expect(turn(tail)).toEqual(['stream_replaced 4']);
    writeOne(stream, 'third').seal();
    write();
    expect(turn(tail)).toEqual(['third']);
    expect(turn(unsealed)).toEqual(['third']);
  });

  it('a record is given when a note over it is there, and once', () => {
    const tail = new DirectoryTail(dataDir, FROM_START);
    const stream = writer.start();
    writeOne(stream, 'first');
    write();
    expect(turn(tail)).toEqual([]);
    stream.seal();
    writeOne(stream, 'second');
    write();
    expect(turn(tail)).toEqual(['first']);
    expect(turn(tail)).toEqual([]);
    stream.seal();
    write();
    expect(turn(tail)).toEqual(['second']);
  });

  it('from now on means that what is sealed already is not given, and what waits for its note is', () => {
    const stream = writer.start();
    writeOne(stream, 'old');
    stream.seal();
    writeOne(stream, 'waiting');
    write();
    const tail = new DirectoryTail(dataDir, FROM_NOW);
    expect(turn(tail)).toEqual([]);
    stream.seal();
    write();
    expect(turn(tail)).toEqual(['waiting']);
  });

  it('no part of a line is given, also not without waiting for a note', () => {
    const tail = new DirectoryTail(dataDir, { ...FROM_START, unsealed: true });
    writeOne(writer.start(), 'whole');
    const file = write();
    expect(turn(tail)).toEqual(['whole']);
    const later = lineBytes(writeOne(writer.current, 'later').lines.at(-1) as never);
    appendFileSync(file, later.subarray(0, later.length - 1));
    expect(turn(tail)).toEqual([]);
    appendFileSync(file, '\n');
    expect(turn(tail)).toEqual(['later']);
  });

  it('a rolled stream is followed into the next one, and one of another writer is found', () => {
    const tail = new DirectoryTail(dataDir, FROM_NOW);
    expect(turn(tail)).toEqual([]);
    writeOne(writer.start(), 'one');
    writer.roll();
    writeOne(writer.current, 'two');
    writer.close();
    write();
    expect(turn(tail)).toEqual(['one', 'two']);
    const mine = writer;
    writer = new TestWriter({ label: 'tail/other', deployment: 'demo.bank' });
    writeOne(writer.start(), 'three');
    writer.close();
    write();
    expect(turn(tail)).toEqual(['three']);
    expect(mine).not.toBe(writer);
  });

  it('the end of a crashed stream is given when the next stream vouches for it', () => {
    const tail = new DirectoryTail(dataDir, FROM_START);
    const stream = writer.start();
    writeOne(stream, 'sealed');
    stream.seal();
    writeOne(stream, 'unsealed');
    write();
    expect(turn(tail)).toEqual(['sealed']);
    writer.crash();
    writer.start();
    write();
    expect(turn(tail)).toEqual(['unsealed']);
  });

  it('behind a record that the reader has, the feed goes on with the next, and streams before it are done with', () => {
    writeOne(writer.start(), 'one');
    writer.roll();
    writeOne(writer.current, 'two');
    writeOne(writer.current, 'three');
    writer.close();
    write();
    const after = new Map([[writer.streams.at(-1)?.stream.streamId ?? '', 2]]);
    expect(turn(new DirectoryTail(dataDir, { ...FROM_NOW, after }))).toEqual(['three']);
  });

  it('a stream that was deleted in between is said, and what is there is given', () => {
    writeOne(writer.start(), 'one');
    writer.roll();
    writeOne(writer.current, 'two');
    writer.close();
    write();
    const [first] = writer.streams;
    unlinkSync(join(dataDir, first?.path ?? ''));
    const after = new Map([[first?.stream.streamId ?? '', 1]]);
    const given = turn(new DirectoryTail(dataDir, { ...FROM_NOW, after }));
    expect(given.filter((one) => !one.startsWith('stream_'))).toEqual(['two']);
    expect(given.filter((one) => one.startsWith('stream_absent'))).toHaveLength(1);
  });

  it('a live stream that goes away is said, and one that gets shorter is not believed any more', () => {
    const tail = new DirectoryTail(dataDir, FROM_START);
    writeOne(writer.start(), 'one');
    writer.current.seal();
    const file = write();
    expect(turn(tail)).toEqual(['one']);
    truncateSync(file, 10);
    expect(turn(tail)).toEqual([expect.stringMatching(/^stream_replaced \d+$/)]);
    expect(turn(tail)).toEqual([]);
    unlinkSync(file);
    const other = new DirectoryTail(dataDir, FROM_START);
    write();
    expect(turn(other)).toEqual(['one']);
    unlinkSync(file);
    expect(turn(other)).toEqual([expect.stringMatching(/^stream_gone \d+$/)]);
  });

  it('lines that are none, and those longer than any record, are passed over', () => {
    const stream = writer.start();
    const file = write();
    appendFileSync(file, `not JSON\n${'x'.repeat(3 << 20)}\n{"note":"\\u001b[2J"}\n`);
    writeOne(stream, 'behind');
    stream.seal();
    appendFileSync(file, Buffer.concat(stream.lines.slice(-3).map(lineBytes)));
    expect(turn(new DirectoryTail(dataDir, FROM_START))).toEqual(['behind']);
  });
});

describe('the command', () => {
  let child: ChildProcess | undefined;
  afterEach(() => {
    if (child?.exitCode === null) child.kill('SIGKILL');
  });

  function tail(...flags: string[]): ChildProcess {
    child = spawn(process.execPath, [MAIN, 'tail', '--dir', dataDir, '--json', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    });
    return child;
  }

  async function lineOf(running: ChildProcess): Promise<Record<string, unknown>> {
    let text = '';
    while (!text.includes('\n'))
      text += String((await once(running.stdout as NonNullable<typeof running.stdout>, 'data'))[0]);
    return JSON.parse(text.split('\n')[0] ?? '') as Record<string, unknown>;
  }

  it('prints a record that comes while it runs, and ends with 0 at SIGTERM', async () => {
    writeOne(writer.start(), 'before');
    writer.current.seal();
    write();
    const running = tail('--all');
    expect(await lineOf(running)).toMatchObject({ stepUp: 'before', number: 2, sealed: true });
    writeOne(writer.current, 'while');
    writer.current.seal();
    write();
    expect(await lineOf(running)).toMatchObject({ stepUp: 'while', event: 'step_up.required' });
    running.kill('SIGTERM');
    expect(await once(running, 'exit')).toEqual([0, null]);
  });

  it('ends with 0 when its reader goes away', async () => {
    writeOne(writer.start(), 'one');
    writer.current.seal();
    write();
    const running = tail('--all');
    await lineOf(running);
    running.stdout?.destroy();
    const ended = once(running, 'exit');
    writeOne(writer.current, 'two');
    writer.current.seal();
    write();
    expect(await ended).toEqual([0, null]);
  });
});
