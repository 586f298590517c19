// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SeededRandom, segmentBytes, splitSegment, TestWriter, testKey, writeOne } from '@stepseal/testkit';
import { trustText } from './bases.ts';
import type { Files } from './scenario.ts';

/** Files of a data directory after a life nobody interfered with, and what is needed to verify them. */
export interface History {
  readonly files: Files;
  readonly trust: string;
  readonly now: number;
  /** What happened, for the message of a failing test. */
  readonly story: readonly string[];
}

const IDENTITIES = ['identity/demo.bank', 'identity of next year'].map((label) => testKey('demo.bank', label));

/**
 * A genuine history that follows from the seed: one to three writers, each with some processes one after the other, which
 * write, seal, idle, lose records, roll, have their clock set, end well, or are cut off at any byte and adopted.
 */
export function randomHistory(seed: number): History {
  const random = new SeededRandom(`history ${seed}`);
  const story: string[] = [];
  const files = new Map<string, Uint8Array>();
  let now = 0;
  const writers = 1 + random.below(3);
  for (let index = 0; index < writers; index++) {
    const writer = new TestWriter({ label: `history ${seed}/${index}` });
    const processes = 1 + random.below(4);
    for (let process = 0; process < processes; process++) {
      writer.identity = IDENTITIES[random.below(2)] ?? writer.identity;
      live(writer, random, story);
      end(writer, random, process === processes - 1, story);
      writer.clock.advance(random.below(5_000));
    }
    for (const [path, bytes] of writer.files()) {
      files.set(path, bytes);
    }
    now = Math.max(now, writer.clock.wallMs);
  }
  return { files, trust: trustText(...IDENTITIES), now: now + 3_600_000, story };
}

function live(writer: TestWriter, random: SeededRandom, story: string[]): void {
  story.push('start');
  writer.start();
  for (let step = random.below(14); step > 0; step--) {
    const stream = writer.current;
    const deeds: readonly (readonly [string, () => void])[] = [
      ['event', () => writeOne(stream, `${step}`)],
      ['event', () => writeOne(stream, `${step}`)],
      ['seal', () => stream.seal()],
      ['heartbeat', () => stream.heartbeat()],
      ['gap', () => stream.gap({ count: 1 + random.below(9) })],
      ['late note', () => lateNote(writer, random)],
      ['clock set', () => stream.clock.setWallBy(random.below(8_000) - 4_000)],
      ['roll', () => writer.roll()],
    ];
    const [name, deed] = deeds[random.below(deeds.length)] ?? raise();
    story.push(name);
    deed();
  }
}

function raise(): never {
  throw new Error('no such deed');
}

/** Records and another seal overtake a note; the notes still come in order. */
function lateNote(writer: TestWriter, random: SeededRandom): void {
  const stream = writer.current;
  writeOne(stream, 'before').seal({ note: false });
  const first = stream.number;
  for (let count = random.below(3); count > 0; count--) {
    writeOne(stream, 'between');
  }
  stream.seal({ note: false });
  stream.note(first).note(stream.number);
}

function end(writer: TestWriter, random: SeededRandom, last: boolean, story: string[]): void {
  if (last || random.below(3) === 0) {
    story.push('close');
    writer.close();
    return;
  }
  const { current } = writer;
  if (random.below(5) === 0) {
    current.close({ note: false });
  }
  const whole = current.bytes();
  const [first] = current.lines;
  const least = first === undefined ? 0 : segmentBytes([first]).length;
  const cut = random.below(2) === 0 ? whole.length : least + random.below(whole.length - least + 1);
  const kept = splitSegment(whole.subarray(0, cut)).filter((line) => line.kind !== 'raw');
  const torn = Buffer.concat([whole.subarray(segmentBytes(kept).length, cut), Buffer.alloc(random.below(3) * 256)]);
  story.push(`killed at ${cut} of ${whole.length}, ${torn.length} torn`);
  writer.crash({ keepLines: kept.length, torn });
}
