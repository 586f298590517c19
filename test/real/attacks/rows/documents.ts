// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { recordHash } from '@stepseal/core/format';
import { cutAfterNote, type SegmentLine, segmentBytes, withAttributes } from '@stepseal/testkit';
import type { Files } from '../../../attacks/scenario.ts';
import type { Document } from '../support/exported.ts';
import type { Target } from '../support/target.ts';
import { on, type StoreRow, type StoreVariant } from '../support/variant.ts';

/** Row 9, by their ids. The same row as on segments is among those carried over. */
export const deletedDocuments: StoreRow = {
  'each of them but the first and the last': on('closed', async (target) => {
    await target.remove(...Array.from({ length: 17 }, (_, index) => index + 2));
  }),
  'every second one': on('closed', (target) => target.remove(2, 4, 8, 10, 14, 16, 18)),
  'in a stream that was adopted, behind its last note': on('adopted', (target) => target.remove(18)),
  'and a copy with other sealed bytes under a new id': on('closed', async (target) => {
    const genuine = target.record(9);
    const forged = target.forged(withAttributes(genuine.payload, { 'step_up.id': '9' }), genuine);
    await target.remove(9);
    await target.stream.create([[forged.hash, target.document(forged)]]);
  }),
};

/** Puts the document of record 9 in the index after a roll-over, as a second delivery does. */
async function again(target: Target, change: (source: Document) => unknown = () => undefined): Promise<void> {
  const { id, source } = await target.stored(9);
  await target.stream.rollover();
  change(source);
  await target.stream.create([[id, source]]);
}

/** Files of the base, as a service holds them. */
function segmentsOf({ base }: Target, change: (lines: readonly SegmentLine[]) => readonly SegmentLine[]): Files {
  return new Map(
    Object.entries(base.lines).map(([name, lines]) => [`${base.streams[name]}.ndjson`, segmentBytes(change(lines))]),
  );
}

const upTo = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at);

const whole = (lines: readonly SegmentLine[]): readonly SegmentLine[] => lines;

/** Row 13 beside another copy. With known heads alone it is among those carried over. */
export const tailsBesideSegments: StoreRow = {
  'to note 12, segments whole': on('closed', async (target) => {
    await target.remove(...upTo(13, 19));
    return { segments: segmentsOf(target, whole) };
  }),
  'to record 9, segments whole': on('closed', async (target) => {
    await target.remove(...upTo(10, 19));
    return { segments: segmentsOf(target, whole) };
  }),
  'index whole, segments cut at note 12': on('closed', (target) =>
    Promise.resolve({ segments: segmentsOf(target, (lines) => cutAfterNote(lines, 12)) }),
  ),
  'both whole': on('closed', (target) => Promise.resolve({ segments: segmentsOf(target, whole) })),
};

const YEAR_MS = 31_536_000_000;

function inAYear(source: Document): void {
  source['@timestamp'] = `${Number(String(source['@timestamp']).split('.')[0]) + YEAR_MS}.0`;
}

/** Row 24: the copy bears genuine sealed bytes. */
export const replays: StoreRow = {
  'in the next index, with a new time': on('closed', (target) => again(target, inAYear)),
  'in the same index under an id of its own, with a new time': on('closed', async (target) => {
    const { source } = await target.stored(9);
    inAYear(source);
    await target.stream.create([['copy', source]]);
  }),
  'in the same index under an id of its own, unchanged': on('closed', async (target) => {
    const { source } = await target.stored(9);
    await target.stream.create([['copy', source]]);
  }),
  'with another step-up': on('closed', (target) =>
    again(target, ({ attributes }) => {
      attributes['step_up.id'] = '4711';
    }),
  ),
  'with another body': on('kinds', async (target) => {
    const { source } = await target.stored(2);
    source['body'] = { text: 'other' };
    await target.stream.create([['copy', source]]);
  }),
  'twice, with two times': on('closed', async (target) => {
    const { source } = await target.stored(9);
    inAYear(source);
    await target.stream.create([['copy 1', { ...source }]]);
    inAYear(source);
    await target.stream.create([['copy 2', source]]);
  }),
  'of a seal with its note': on('closed', async (target) => {
    const { source } = await target.stored(11);
    inAYear(source);
    await target.stream.create([['copy', source]]);
  }),
  'in another data stream of the same pattern, with a new time': elsewhere(inAYear),
  'in another data stream of the same pattern, unchanged': elsewhere(() => undefined),
  'in an index of its own behind an alias of the same pattern': aliased(true),
  'in an index of its own behind an alias, not sorted as ours': aliased(false),
};

/** Whether the index has fields as the data stream has them; without, it cannot be read in the same order. */
function aliased(mapped: boolean): StoreVariant {
  return on('closed', async (target) => {
    const { stream } = target;
    const { id, source } = await target.stored(9);
    const index = `replayed-${stream.namespace}`;
    const answer = (await stream.call('GET', `/${stream.name}/_mapping`)) as Record<string, { mappings: object }>;
    const mappings = Object.values(answer)[0]?.mappings;
    await stream.administer('PUT', `/${index}`, mapped ? { mappings } : {});
    await stream.create([[id, source]], index);
    await stream.administer('PUT', `/${index}/_alias/${stream.name}_alias`);
    return { dataStream: `${stream.name}*` };
  });
}

function elsewhere(change: (source: Document) => void): StoreVariant {
  return on('closed', async (target) => {
    const { id, source } = await target.stored(9);
    change(source);
    await target.stream.create([[id, source]], `${target.stream.name}_copy`);
    return { dataStream: `${target.stream.name}*` };
  });
}

const AT = '1793610000480.0';

/** A document that somebody made up, without any of the sealing. */
const madeUp = (source: Readonly<Record<string, unknown>>): StoreVariant =>
  on('closed', async ({ stream }) => {
    const place = { type: 'logs', dataset: 'stepseal.audit.otel', namespace: stream.namespace };
    await stream.create([['made-up', { '@timestamp': AT, data_stream: place, ...source }]]);
  });

/** Row 69. */
export const unsealedDocuments: StoreRow = {
  'step_up event': madeUp({
    event_name: 'step_up.access',
    attributes: { 'step_up.id': '1002', 'step_up.access.result': 'granted' },
  }),
  'audit event': madeUp({ event_name: 'audit.login', attributes: { 'audit.actor.id': 'mallory' } }),
  'stepseal event': madeUp({ event_name: 'stepseal.verified', attributes: {} }),
  'event name in the attributes': madeUp({ attributes: { 'event.name': 'step_up.completed' } }),
  'event name in a list': madeUp({ event_name: ['step_up.completed'] }),
  'event name by a dotted name at the top': madeUp({ 'attributes.event.name': 'step_up.completed' }),
  'no event name, attributes of ours': madeUp({ attributes: { 'step_up.outcome': 'passed' } }),
  'no event name, attributes of ours as an object': madeUp({ attributes: { step_up: { outcome: 'passed' } } }),
  'attributes by dotted names at the top': madeUp({ 'attributes.step_up.outcome': 'passed' }),
  'attributes as a list of objects': madeUp({ attributes: [{ 'step_up.outcome': 'passed' }] }),
  'genuine document without sealed bytes and place': on('closed', async (target) => {
    const { source } = await target.stored(9);
    for (const name of Object.keys(source.attributes)) {
      if (/^audit\.(?:sequence|integrity)\./.test(name)) delete source.attributes[name];
    }
    await target.stream.create([['made-up', source]]);
  }),
  'genuine document without sealed bytes, place kept': on('closed', async (target) => {
    const { source } = await target.stored(9);
    delete source.attributes['audit.integrity.payload'];
    await target.stream.create([['made-up', source]]);
  }),
  'sealed bytes that are no payload': madeUp({
    event_name: 'step_up.access',
    attributes: { 'audit.integrity.payload': '{"attributes":{}}', 'step_up.access.result': 'granted' },
  }),
  'sealed bytes of no stream': on('closed', async (target) => {
    const payload = withAttributes(target.record(9).payload, {
      'audit.sequence.stream_id': undefined,
      'audit.sequence.number': undefined,
    });
    const forged = target.forged(payload, target.record(9));
    await target.stream.create([[forged.hash, target.document(forged)]]);
  }),
  'a document of others': madeUp({ event_name: 'bank.noted', attributes: { 'bank.remark': 'x' } }),
  'an empty document': madeUp({}),
};

/** Row 73: somebody who learnt the id writes first; the genuine record meets a conflict, which the exporter passes over. */
const squatted = (number: number, made: (target: Target) => unknown, view: { now?: number } = {}): StoreVariant =>
  on('closed', async (target) => {
    const id = target.record(number).hash;
    const genuine = target.document(target.record(number));
    await target.remove(number);
    await target.stream.create([[id, made(target)]]);
    const refused = await target.stream.create([[id, genuine]]).then(
      () => false,
      () => true,
    );
    if (!refused) throw new Error('the genuine record was written a second time');
    return view;
  });

const FOREIGN = { '@timestamp': AT, event_name: 'bank.noted', attributes: { 'bank.remark': 'x' } };

/** Row 73. */
export const squattedIds: StoreRow = {
  'foreign content': squatted(9, () => FOREIGN),
  'foreign content with a name of ours': squatted(9, () => ({ ...FOREIGN, event_name: 'step_up.access' })),
  'foreign content in the place of the last record before the close': squatted(18, () => FOREIGN),
  'foreign content in the place of the open record': squatted(1, () => FOREIGN),
  'edited copy': squatted(9, (target) => {
    const genuine = target.record(9);
    const payload = withAttributes(genuine.payload, { 'step_up.id': '4711' });
    return target.document({ ...genuine, payload, hash: recordHash(payload) });
  }),
  'copy with an edited field': squatted(9, (target) => {
    const source = target.document(target.record(9));
    source.attributes['step_up.id'] = '4711';
    return source;
  }),
};

const EARLY = 5 * 60_000;

/** Row 76. `since` is how long after the last record the verification is. */
const underWay = (gone: readonly number[], sinceMs = EARLY, deliveryGraceMs?: number): StoreVariant =>
  on('closed', async (target) => {
    await target.remove(...gone);
    const now = (target.base.builders['target']?.lastNoteMs ?? 0) + sinceMs;
    return { now, ...(deliveryGraceMs === undefined ? {} : { deliveryGraceMs }) };
  });

export const lateBatches: StoreRow = {
  'one record, five minutes after its note': underWay([18]),
  'one record in the middle': underWay([9]),
  'three records together': underWay([7, 8, 9]),
  'two records apart': underWay([3, 15]),
  'a seal with its note': underWay([17]),
  'the records of the last seal': underWay([18]),
  'the record before the last second of the grace': underWay([18], 899_000),
  'the record after the last second of the grace': underWay([18], 901_000),
  'within a grace of its own': underWay([18], 3_000_000, 3_600_000),
  'beyond a grace of its own': underWay([18], EARLY, 60_000),
  'no grace': underWay([18], 1_000, 0),
  'declared to be refused': on('refused', (target) => target.remove(3)),
  'declared to be refused under another hash': on('refused', (target) => target.remove(4)),
  'declared to be refused, and others gone beside it': on('refused', (target) => target.remove(2, 3, 4)),
  'not declared, others are': on('refused', (target) => target.remove(5)),
  'declared by a stream that is gone itself': on('refused', async (target) => {
    await target.remove(3);
    const ids = new Set(target.records('next').map(({ hash }) => hash));
    await target.stream.remove((await target.stream.all()).filter(({ id }) => ids.has(id)));
  }),
};
