// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  type SegmentLine,
  type StreamBuilder,
  segmentBytes,
  splitSegment,
  type TestKey,
  TestWriter,
  writeOne,
  writeStepUp,
} from '@stepseal/testkit';
import { I, V } from './expect.ts';
import type { Expected, Files, Verifiable } from './scenario.ts';

/**
 * The streams that attacks start from. All of them hold one stream, the target, of the same nineteen records:
 *
 * | number | record |
 * |---|---|
 * | 1 | open, note |
 * | 2 to 5 | a step-up: required, challenged, completed, access |
 * | 6 | seal, note |
 * | 7 to 10 | a step-up |
 * | 11, 12 | a heartbeat each, note |
 * | 13 | step_up.required |
 * | 14 | gap of two records |
 * | 15 | a foreign record with an integer beyond 2^53 and a replacement character |
 * | 16 | step_up.required |
 * | 17 | seal, note |
 * | 18 | step_up.required |
 * | 19 | close and note where the stream ends well, else step_up.required under no note |
 *
 * `handed` is `rolled` as the first software wrote it: a close record alone vouches for the stream after it.
 */
export type BaseName = 'closed' | 'crashed' | 'live' | 'adopted' | 'rolled' | 'handed';

export const ALL: readonly BaseName[] = ['closed', 'crashed', 'live', 'adopted', 'rolled'];
export const ENDED: readonly BaseName[] = ['closed', 'rolled'];
export const LONELY: readonly BaseName[] = ['closed', 'crashed'];

export interface Base {
  readonly name: BaseName;
  readonly writer: TestWriter;
  /** The attacked stream. */
  readonly stream: StreamBuilder;
  readonly path: string;
  readonly lines: readonly SegmentLine[];
  readonly streams: Readonly<Record<string, string>>;
  readonly control: Verifiable;
  readonly expected: Expected;
}

export function trustText(...identities: readonly TestKey[]): string {
  const deployments: Record<string, { identities: string[] }> = {};
  for (const { name, vkey } of identities) {
    deployments[name] ??= { identities: [] };
    deployments[name].identities.push(vkey);
  }
  return JSON.stringify({ version: 1, deployments });
}

/** Known heads as an earlier, honest run would have kept them: each stream's highest note. */
export function headsText(
  heads: readonly { readonly stream: StreamBuilder; readonly size: number; readonly closed: boolean }[],
  newest: Readonly<Record<string, string>> = {},
): string {
  const streams = Object.fromEntries(
    heads.map(({ stream, size, closed }) => [
      stream.streamId,
      { deployment: stream.deployment, size, root: stream.rootAt(size), closed },
    ]),
  );
  const writers = Object.fromEntries(Object.entries(newest).map(([first, last]) => [first, { newest: last }]));
  return JSON.stringify({ version: 1, streams, writers });
}

/** Records 2 to 18. */
export function writeBody(stream: StreamBuilder): StreamBuilder {
  writeStepUp(stream, '1001').seal();
  stream.clock.advance(1_000);
  writeStepUp(stream, '1002').heartbeat().heartbeat();
  writeOne(stream, '1003').gap({ count: 2 });
  stream.clock.advance(40);
  stream.record('bank.transfer', {
    'bank.amount_micros': 9_007_199_254_740_993n,
    'bank.rate': { type: 'double', value: 1.25 },
    'bank.payee': 'Caf\uFFFD',
  });
  writeOne(stream, '1004').seal();
  return writeOne(stream, '1005');
}

/** A short stream that ends well, for neighbours and successors: open, one record, close. */
export function writeShort(writer: TestWriter): StreamBuilder {
  const stream = writer.start();
  writeOne(stream, '2001');
  writer.close();
  return stream;
}

/** Ten minutes after the last thing that happened: every interval is long over. */
export function later(writer: TestWriter): number {
  return writer.clock.wallMs + 600_000;
}

function base(
  name: BaseName,
  writer: TestWriter,
  stream: StreamBuilder,
  streams: Readonly<Record<string, StreamBuilder>>,
  expected: Expected,
  now: number = later(writer),
): Base {
  const written = writer.streams.find((candidate) => candidate.stream === stream);
  if (written === undefined) {
    throw new Error('the writer does not know the attacked stream');
  }
  return {
    name,
    writer,
    stream,
    path: written.path,
    lines: splitSegment(written.bytes),
    streams: Object.fromEntries(Object.entries(streams).map(([key, value]) => [key, value.streamId])),
    control: { sources: [writer.files()], trust: trustText(writer.identity), now },
    expected,
  };
}

const builders: Readonly<Record<BaseName, () => Base>> = {
  closed: () => {
    const writer = new TestWriter({ label: 'attack/closed' });
    const target = writeBody(writer.start());
    writer.close();
    return base('closed', writer, target, { target }, V());
  },
  crashed: () => {
    const writer = new TestWriter({ label: 'attack/crashed' });
    const target = writeOne(writeBody(writer.start()), '1006');
    writer.crash();
    return base('crashed', writer, target, { target }, I('TAIL_UNSEALED', 18, 19));
  },
  live: () => {
    const writer = new TestWriter({ label: 'attack/live' });
    const target = writeOne(writeBody(writer.start()), '1006');
    return base('live', writer, target, { target }, V('TAIL_OPEN'), writer.clock.wallMs + 200);
  },
  adopted: () => {
    const writer = new TestWriter({ label: 'attack/adopted' });
    const target = writeOne(writeBody(writer.start()), '1006');
    writer.crash();
    writer.clock.advance(5_000);
    const next = writeShort(writer);
    return base('adopted', writer, target, { target, next }, V('ADOPTED'));
  },
  rolled: () => rolled('rolled', true),
  handed: () => rolled('handed', false),
};

function rolled(name: BaseName, identityAlways: boolean): Base {
  const writer = new TestWriter({ label: `attack/${name}`, identityAlways });
  const first = writeOne(writer.start(), '3001').seal();
  const target = writeBody(writer.roll());
  const next = writeOne(writer.roll(), '3002').seal();
  writer.close();
  return base(name, writer, target, { first, target, next }, V());
}

export function makeBase(name: BaseName): Base {
  return builders[name]();
}

/** The base's files with the attacked stream's lines exchanged; `undefined` takes the file away. */
export function withLines(
  files: Files,
  path: string,
  lines: readonly SegmentLine[] | undefined,
): Map<string, Uint8Array> {
  const changed = new Map(files);
  if (lines === undefined) {
    changed.delete(path);
  } else {
    changed.set(path, segmentBytes(lines));
  }
  return changed;
}

/** Path of the stream with that name, for attacks on a neighbour of the target. */
export function pathOf(from: Base, name: string): string {
  const id = from.streams[name];
  const path = [...(from.control.sources[0]?.keys() ?? [])].find((candidate) => candidate.includes(id ?? ' '));
  if (path === undefined) {
    throw new Error(`base ${from.name} has no stream ${name}`);
  }
  return path;
}
