// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  type SegmentLine,
  type StreamBuilder,
  segmentBytes,
  splitSegment,
  type TestKey,
  type TestWriter,
  testKey,
} from '@stepseal/testkit';
import { type KnownHeadsVector, type VectorCase, type VectorFinding, verdict } from './case.ts';
import { closedWriter } from './streams.ts';

/** The identity that the policies of the vectors trust. */
export const BANK: TestKey = testKey('demo.bank', 'identity/demo.bank');
/** A stranger with a key under the same name. */
export const ATTACKER: TestKey = testKey('demo.bank', 'attacker');
const LATER_MS = 600_000;

/** A trust policy file of these identities. */
export const policy = (...identities: readonly TestKey[]): object => ({
  version: 1,
  deployments: Object.fromEntries(
    identities.map(({ name }) => [
      name,
      { identities: identities.filter((key) => key.name === name).map((key) => key.vkey) },
    ]),
  ),
});

/** Tampered; one record if `to` is left out, as in the three that follow. */
export const t = (code: string, stream: string, from?: number, to: number | undefined = from): VectorFinding =>
  finding('tampered', code, stream, from, to);
export const incomplete = (code: string, stream: string, from?: number, to: number | undefined = from): VectorFinding =>
  finding('incomplete', code, stream, from, to);
export const unproved = (code: string, stream?: string): VectorFinding => finding('cannot_verify', code, stream);
export const info = (code: string, stream: string, from?: number, to: number | undefined = from): VectorFinding =>
  finding('info', code, stream, from, to);

function finding(
  severity: VectorFinding['severity'],
  code: string,
  stream: string | undefined,
  from?: number,
  to?: number,
): VectorFinding {
  return {
    code,
    severity,
    ...(stream === undefined ? {} : { stream }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** The gap record of the body: every report of the stream states it. */
export const loss = (stream: string): VectorFinding => info('DECLARED_LOSS', stream, 5);

type Given = Partial<Omit<VectorCase, 'name' | 'what' | 'verdict'>>;

/** A case on what a writer left, or on other files. */
export function make(
  name: string,
  what: string,
  writer: TestWriter,
  findings: readonly VectorFinding[],
  given: Given = {},
): VectorCase {
  const files = given.files ?? byName(writer);
  return {
    name,
    what,
    trust: policy(BANK),
    now: writer.clock.wallMs + LATER_MS,
    ...given,
    files,
    verdict: verdict(findings),
  };
}

/** Segments of a writer by bare file name. */
export function byName(...writers: readonly TestWriter[]): Map<string, Uint8Array> {
  return new Map(
    writers.flatMap((writer) =>
      writer.streams.map(({ stream, bytes }) => [`${stream.streamId}.ndjson`, bytes] as const),
    ),
  );
}

/** The writer’s stream of that place. */
export function streamOf(writer: TestWriter, index = 0): StreamBuilder {
  return (writer.streams[index] ?? raise()).stream;
}

function raise(): never {
  throw new Error('the writer has no such stream');
}

/** One stream's file with other lines. */
export function altered(
  writer: TestWriter,
  edit: (lines: readonly SegmentLine[], stream: StreamBuilder) => readonly SegmentLine[],
  index = 0,
): Map<string, Uint8Array> {
  const { stream, bytes } = writer.streams[index] ?? raise();
  return byName(writer).set(`${stream.streamId}.ndjson`, segmentBytes(edit(splitSegment(bytes), stream)));
}

/** A case on the closed stream, which is edited. */
export function onClosed(
  name: string,
  what: string,
  edit: (lines: readonly SegmentLine[], stream: StreamBuilder) => readonly SegmentLine[],
  findings: (stream: string) => readonly VectorFinding[],
  given: Given = {},
): VectorCase {
  const writer = closedWriter();
  const { streamId } = streamOf(writer);
  return make(name, what, writer, findings(streamId), { files: altered(writer, edit), ...given });
}

/** Known heads of an earlier run that has seen each of these streams whole. */
export function heads(
  streams: readonly StreamBuilder[],
  newest: Readonly<Record<string, string>> = {},
): KnownHeadsVector {
  return {
    version: 1,
    streams: Object.fromEntries(
      streams.map((stream) => {
        const size = stream.sealingNumbers.at(-1) ?? 0;
        return [stream.streamId, { deployment: stream.deployment, size, root: stream.rootAt(size), closed: true }];
      }),
    ),
    writers: Object.fromEntries(Object.entries(newest).map(([first, last]) => [first, { newest: last }])),
  };
}
