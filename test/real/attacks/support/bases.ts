// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';
import {
  lineHash,
  recordAt,
  type SegmentLine,
  type StreamBuilder,
  splitSegment,
  type TestKey,
  TestWriter,
  writeOne,
  writeStepUp,
} from '@stepseal/testkit';
import { makeBase, trustText } from '../../../attacks/bases.ts';
import { V } from '../../../attacks/expect.ts';
import type { Expected } from '../../../attacks/scenario.ts';

/**
 * The streams that attacks on documents start from. `closed`, `rolled`, `adopted` and `live` are those of the suite on
 * segments; `kinds` is one stream with every kind of field:
 *
 * | number | record |
 * |---|---|
 * | 1 | open |
 * | 2 | step_up.required: body, trace and span id, texts, array of texts, integers, booleans, address |
 * | 3 | step_up.completed, failed: severity WARN |
 * | 4 | step_up.access, granted without the requirement met: severity ERROR |
 * | 5 | seal |
 * | 6 | foreign: bytes, doubles, integers beyond 2^53, a map, arrays, a map as body, scope and severity of its own |
 * | 7 | foreign: times with nanoseconds that the exporter does not pad, a boolean as body |
 * | 8 | foreign: without a time, body, event name |
 * | 9 | seal |
 * | 10 to 13 | a step-up |
 * | 14 | close |
 *
 * `refused` are two streams of one writer, the second of which declares that a receiver refused records of the first:
 * 3 truly, 4 under another hash, and 9 of a stream that nobody knows.
 */
export type BaseName = 'closed' | 'rolled' | 'adopted' | 'live' | 'kinds' | 'refused';

export interface Base {
  readonly name: BaseName;
  /** Lines of each stream by its name. */
  readonly lines: Readonly<Record<string, readonly SegmentLine[]>>;
  readonly builders: Readonly<Record<string, StreamBuilder>>;
  readonly streams: Readonly<Record<string, string>>;
  /** Names of streams that a successor adopted. */
  readonly adopted: readonly string[];
  readonly trust: string;
  readonly identity: TestKey;
  /** Long after the last thing that happened, and beyond the grace that delivery has. */
  readonly now: number;
  readonly expected: Expected;
}

const HOUR_MS = 3_600_000;

export function baseOf(name: BaseName): Base {
  if (name === 'kinds') return kinds();
  if (name === 'refused') return refused();
  const { control, writer, streams, expected } = makeBase(name);
  const builders = Object.fromEntries(
    Object.entries(streams).map(([key, id]) => {
      const written = writer.streams.find(({ stream }) => stream.streamId === id);
      if (written === undefined) throw new Error(`base ${name} did not write stream ${key}`);
      return [key, written];
    }),
  );
  return {
    name,
    streams,
    builders: Object.fromEntries(Object.entries(builders).map(([key, { stream }]) => [key, stream])),
    lines: Object.fromEntries(Object.entries(builders).map(([key, { bytes }]) => [key, splitSegment(bytes)])),
    adopted: name === 'adopted' ? ['target'] : [],
    trust: control.trust ?? '',
    identity: writer.identity,
    now: name === 'live' ? control.now : writer.clock.wallMs + HOUR_MS,
    expected,
  };
}

const text = (value: string): TypedValue => ({ type: 'string', value });
const int = (value: bigint): TypedValue => ({ type: 'int', value });
const map = (members: Readonly<Record<string, TypedValue>>): TypedValue => ({
  type: 'map',
  value: new Map(Object.entries(members)),
});
const list = (...value: TypedValue[]): TypedValue => ({ type: 'array', value });

function kinds(): Base {
  const writer = new TestWriter({ label: 'attack/kinds' });
  const stream = writer.start();
  const { clock } = stream;
  const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
  clock.advance(40);
  stream.record(
    'step_up.required',
    {
      'step_up.id': '5001',
      'step_up.trigger.reason': 'amount_threshold',
      'step_up.acr.requested': ['urn:bank:2', 'urn:bank:3'],
      'step_up.risk.score_milli': 731,
      'step_up.device.known': false,
      'step_up.phishing_resistant': true,
      'step_up.source.layer': 'app',
      'user.hash': 'hmac-sha256:0a7f3d1e5b',
      'client.address': '192.0.2.7',
      'http.route': '/transfers/{id}',
    },
    { ...ids, body: 'A step-up is required: the amount is above a threshold.' },
  );
  clock.advance(40);
  stream.record(
    'step_up.completed',
    { 'step_up.id': '5001', 'step_up.method': 'totp', 'step_up.outcome': 'failed', 'step_up.duration_ms': 40 },
    ids,
  );
  clock.advance(40);
  stream.record('step_up.access', {
    'step_up.id': '5001',
    'step_up.access.result': 'granted',
    'step_up.requirement_met': false,
  });
  stream.seal();
  foreign(stream);
  stream.seal();
  writeStepUp(stream, '5002');
  writer.close();
  return {
    name: 'kinds',
    streams: { target: stream.streamId },
    builders: { target: stream },
    lines: { target: stream.lines },
    adopted: [],
    trust: trustText(writer.identity),
    identity: writer.identity,
    now: clock.wallMs + HOUR_MS,
    expected: V(),
  };
}

function foreign(stream: StreamBuilder): void {
  const { clock } = stream;
  clock.advance(40);
  stream.record('bank.transfer', {
    'bank.amount_micros': 9_007_199_254_740_993n,
    'bank.smallest': -9_223_372_036_854_775_808n,
    'bank.rate': { type: 'double', value: 1.25 },
    'bank.whole': { type: 'double', value: 2 },
    'bank.tiny': { type: 'double', value: 1.5e-9 },
    'bank.receipt': new Uint8Array([0, 1, 254, 255]),
    'bank.payee': map({
      name: text('Caf\u00e9 <&> \u2028'),
      'account.number': int(7n),
      limits: list(int(1n), int(2n)),
    }),
    'bank.nothing': list(),
    'bank.empty': '',
    'bank.steps': list(text('a'), text('b'), text('a')),
    'stepseal.foreign.severity_number': 17,
    'stepseal.foreign.severity_text': 'ERROR',
    'stepseal.foreign.scope.name': 'bank.ledger',
    'stepseal.foreign.scope.version': '7.1',
  });
  clock.advance(40);
  const at = (nanoseconds: bigint): bigint => BigInt(clock.wallMs) * 1_000_000n + nanoseconds;
  stream.record('bank.noted', { 'bank.seen': true }, { timestamp: at(5n), body: 'noted' });
  clock.advance(40);
  stream.record('bank.noted', { 'bank.seen': false }, { timestamp: at(120_000n) });
}

function refused(): Base {
  const writer = new TestWriter({ label: 'attack/refused' });
  const target = writer.start();
  for (let id = 1; id <= 5; id++) writeOne(target, `7${id}`);
  target.seal();
  writer.close();
  const next = writer.start();
  const declare = (streamId: string, number: number, hash: string): StreamBuilder =>
    next.record('stepseal.undelivered', {
      'stepseal.undelivered.stream_id': streamId,
      'stepseal.undelivered.number': number,
      'stepseal.undelivered.hash': hash,
      'stepseal.undelivered.answer': 'HTTP 400',
    });
  declare(target.streamId, 3, lineHash(recordAt(target.lines, 3)));
  declare(target.streamId, 4, lineHash(recordAt(target.lines, 3)));
  declare(`${target.streamId.slice(0, -4)}ffff`, 9, 'ab'.repeat(32));
  next.seal();
  writer.close();
  return {
    name: 'refused',
    streams: { target: target.streamId, next: next.streamId },
    builders: { target, next },
    lines: { target: target.lines, next: next.lines },
    adopted: [],
    trust: trustText(writer.identity),
    identity: writer.identity,
    now: writer.clock.wallMs + HOUR_MS,
    expected: V(),
  };
}
