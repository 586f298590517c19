// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { encodePayload, type Payload, type TypedValue } from '@stepseal/core/format';
import { StreamBuilder, type TestAttributes, typedAttributes, writeStepUp } from '@stepseal/testkit';

type Shape = { readonly [Field in keyof Omit<Payload, 'attributes'>]?: Payload[Field] | undefined } & {
  readonly attributes?: TestAttributes;
};

const double = (value: number): TypedValue => ({ type: 'double', value });
const map = (members: Readonly<Record<string, TypedValue>>): TypedValue => ({
  type: 'map',
  value: new Map(Object.entries(members)),
});
const list = (...value: TypedValue[]): TypedValue => ({ type: 'array', value });
const text = (value: string): TypedValue => ({ type: 'string', value });
const int = (value: bigint): TypedValue => ({ type: 'int', value });

/** Records of other libraries, by what is special about them. */
const FOREIGN: Readonly<Record<string, Shape>> = {
  'nanoseconds that the exporter does not pad': { timestamp: 1_700_000_000_000_000_123n },
  'no time but that of observation': { timestamp: undefined },
  'the largest and the smallest integers': {
    attributes: {
      most: 9_223_372_036_854_775_807n,
      least: -9_223_372_036_854_775_808n,
      beyond: 9_007_199_254_740_993n,
      safe: 9_007_199_254_740_991n,
    },
  },
  doubles: {
    attributes: {
      whole: double(1),
      zero: double(0),
      negative: double(-12.5),
      huge: double(1e300),
      million: double(1_234_567.5),
      tiny: double(5e-324),
      small: double(0.000_012),
    },
  },
  'one as an integer, a double and a text': { attributes: { a: 1, b: double(1), c: '1', d: true, e: 'true' } },
  bytes: { attributes: { none: new Uint8Array(), some: Uint8Array.of(0, 127, 255) } },
  'lists, maps and nothing': {
    attributes: {
      empty: '',
      nobody: list(),
      nothing: map({}),
      mixed: list(text('a'), int(1n), { type: 'bool', value: false }, double(2), list(), map({ x: int(1n) })),
      nested: map({ 'with.dots': text('x'), deeper: map({ still: list(int(2n ** 60n)) }) }),
    },
  },
  'characters that are escaped': {
    attributes: { text: '"\\/<&>\u2028\u2029\u0000\u001f\u007f\u00e9\u{1f512}' },
    body: text('<b>'),
  },
  'a place': { attributes: { 'geo.location.lat': double(52.5), 'geo.location.lon': double(13), 'geo.name': 'x' } },
  'two places, one of them half': {
    attributes: {
      'client.geo.location.lat': double(-1),
      'client.geo.location.lon': double(2.25),
      'home.geo.location.lon': double(3),
    },
  },
  'a place of integers': { attributes: { 'geo.location.lat': 52, 'geo.location.lon': 13 } },
  'attributes that choose index, id or form': {
    attributes: {
      'data_stream.dataset': 'other',
      'elasticsearch.index': 'other',
      'elasticsearch.document_id': 'other',
      'elasticsearch.mapping.hints': list(text('_doc_count')),
      'elastic.mapping.mode': 'bodymap',
    },
  },
  'the event name as an attribute': { eventName: undefined, attributes: { 'event.name': 'from.attribute' } },
  'no event name': { eventName: undefined },
  'severity and scope of its own': {
    attributes: {
      'stepseal.foreign.severity_number': 19,
      'stepseal.foreign.severity_text': 'fatal',
      'stepseal.foreign.scope.name': 'winston',
      'stepseal.foreign.scope.version': '3.1',
    },
  },
  'trace and span': { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' },
  'a body of text': { body: text('hello') },
  'an empty body': { body: text('') },
  'a body that is an integer': { body: int(2n ** 60n) },
  'a body that is a double': { body: double(7) },
  'a body that is true': { body: { type: 'bool', value: true } },
  'a body of bytes': { body: { type: 'bytes', value: Uint8Array.of(1, 2, 255) } },
  'a body that is a map': { body: map({ a: int(1n), b: map({ c: text('d') }) }) },
  'a body that is a list of maps': { body: list(map({ a: int(1n) }), map({})) },
  'a body that is a mixed list': { body: list(text('a'), map({ b: int(2n) })) },
  'a body that is an empty list': { body: list() },
};

export interface ShapedRecord {
  readonly name: string;
  readonly number: number;
  readonly text: string;
  readonly seal: number;
  readonly note?: string;
}

/** One stream with a record of every shape, sealed. */
export function everyShape(): readonly ShapedRecord[] {
  const stream = new StreamBuilder({ label: 'shapes' }).open();
  const names = new Map([[1, 'an open record']]);
  const own = stream.number;
  writeStepUp(stream, '1');
  for (let number = own + 1; number <= stream.number; number++) names.set(number, `record ${number} of a step-up`);
  stream.seal();
  names.set(stream.number, 'a seal');
  for (const [name, shape] of Object.entries(FOREIGN)) {
    names.set(stream.number + 1, name);
    stream.append(stream.number + 1, foreignText(stream, shape));
  }
  stream.close();
  names.set(stream.number, 'a close record');
  const notes = stream.lines.filter((line) => line.kind === 'note');
  return stream.lines.flatMap((line) => {
    if (line.kind !== 'record') return [];
    const { number, text } = line;
    const note = notes.find(({ size }) => size === number)?.note;
    const seal = notes.find(({ size }) => size >= number)?.size ?? 0;
    return [{ name: names.get(number) ?? '', number, text, seal, ...(note === undefined ? {} : { note }) }];
  });
}

function foreignText(stream: StreamBuilder, { attributes, ...fields }: Shape): string {
  const time = BigInt(stream.clock.wallMs) * 1_000_000n;
  const payload = { eventName: 'library.event', timestamp: time, observedTimestamp: time, ...fields };
  return encodePayload({
    // A field that is said to be undefined is left out.
    ...(Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined)) as Partial<Payload>),
    attributes: typedAttributes({
      'audit.sequence.stream_id': stream.streamId,
      'audit.sequence.number': stream.number + 1,
      'audit.sequence.previous_hash': stream.lastHash,
      ...attributes,
    }),
  });
}
