// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { encodeEvent } from '@stepseal/core/format';
import { SeededRandom, type StreamBuilder, TestWriter, uuidV7, writeOne } from '@stepseal/testkit';
import { later, trustText } from '../bases.ts';
import { own, type Row, type Variant } from '../variant.ts';

/** What a user may get into an event, and the attribute that the record must then name as mended. */
export interface HostileInput {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Entry that `stepseal.sanitised` must hold; none where nothing had to be mended. */
  readonly named?: string;
}

const RULE = 'security_rule.name';

/** Rows 7 and 72, by name of the variant. */
export const HOSTILE: Readonly<Record<string, HostileInput>> = {
  'lone high surrogate': { attributes: { [RULE]: 'a\ud800b' }, named: RULE },
  'lone low surrogate at the end': { attributes: { [RULE]: 'a\udfff' }, named: RULE },
  'nothing but a lone surrogate': { attributes: { [RULE]: '\udc00' }, named: RULE },
  'text of 10 MB': { attributes: { [RULE]: 'x'.repeat(10_000_000) }, named: RULE },
  'text of 10 MB of four-byte letters': { attributes: { [RULE]: '\u{1f600}'.repeat(2_500_000) }, named: RULE },
  NUL: { attributes: { [RULE]: 'a\u0000b' } },
  'control characters and line ends': { attributes: { [RULE]: 'a\r\n\t\u001b[2Jb\u2028c' } },
  'text that is JSON': { attributes: { [RULE]: '"},"event_name":"stepseal.seal","x":{"' } },
  'text that is a note line': { attributes: { [RULE]: '{"note":"demo.bank/stream/x\\n1\\n"}' } },
  'attribute named __proto__': { attributes: JSON.parse('{"__proto__":"x"}'), named: 'unknown' },
  'attribute named constructor': { attributes: { constructor: 'x' }, named: 'unknown' },
  'attribute of the chain': { attributes: { 'audit.sequence.number': 1 }, named: 'audit.sequence.number' },
  'attribute with a lone surrogate in its name': { attributes: { 'step_up.\ud800': 'x' }, named: 'unknown' },
  'number instead of text': { attributes: { [RULE]: 7 }, named: RULE },
  'not a number': { attributes: { 'step_up.attempt.number': Number.NaN }, named: 'step_up.attempt.number' },
  'infinite number': {
    attributes: { 'step_up.attempt.number': Number.POSITIVE_INFINITY },
    named: 'step_up.attempt.number',
  },
  null: { attributes: { [RULE]: null } },
  'cyclic object': { attributes: { [RULE]: cyclic() }, named: RULE },
  'getter that throws': { attributes: throwing(), named: RULE },
};

function cyclic(): object {
  const object: Record<string, unknown> = {};
  object['self'] = object;
  return object;
}

function throwing(): Record<string, unknown> {
  return Object.defineProperty({}, RULE, {
    enumerable: true,
    get: () => {
      throw new Error('a getter of the application');
    },
  });
}

/** The hostile event as the encoder writes it, as record `number` of that stream. */
export function encodeHostile(input: HostileInput, stream: StreamBuilder): string {
  const ids = new SeededRandom('hostile event');
  const { lastRecordId } = stream;
  const attributes = Object.defineProperties(
    { 'step_up.id': '1', 'step_up.trigger.reason': 'policy' },
    Object.getOwnPropertyDescriptors(input.attributes),
  );
  return encodeEvent(
    {
      eventName: 'step_up.required',
      timestampMs: stream.clock.wallMs,
      observedTimestampMs: stream.clock.wallMs,
      attributes,
    },
    {
      recordId: uuidV7(stream.clock.wallMs, ids),
      streamId: stream.streamId,
      number: stream.number + 1,
      previousHash: stream.lastHash,
      ...(lastRecordId === undefined ? {} : { previousRecordId: lastRecordId }),
    },
  );
}

const recorded = (input: HostileInput): Variant =>
  own(() => {
    const write = (hostile: boolean): TestWriter => {
      const writer = new TestWriter({ label: 'attack/emitted' });
      const stream = writeOne(writer.start(), '1');
      stream.append(stream.number + 1, encodeHostile(hostile ? input : { attributes: {} }, stream));
      writeOne(stream, '2');
      return writer.close();
    };
    const verifiable = (writer: TestWriter) => ({
      sources: [writer.files()],
      trust: trustText(writer.identity),
      now: later(writer),
      strict: true,
    });
    const hostile = write(true);
    return {
      control: verifiable(write(false)),
      attacked: verifiable(hostile),
      streams: { target: hostile.streams[0]?.stream.streamId ?? '' },
    };
  });

/** Row 72: recorded, sealed, verified. */
export const emitted: Row = Object.fromEntries(Object.entries(HOSTILE).map(([name, input]) => [name, recorded(input)]));
