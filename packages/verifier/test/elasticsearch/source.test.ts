// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { noteLine } from '@stepseal/core/format';
import { type StreamBuilder, TestWriter, writeOne, writeStepUp } from '@stepseal/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { elasticsearchSource } from '../../src/elasticsearch/source.ts';
import { memorySource } from '../../src/sources/memory-source.ts';
import { verify } from '../../src/verify.ts';
import { adoptedWriter, closedWriter, later, policyOf, said } from '../support.ts';
import { BACKING_INDEX, DATA_STREAM, documentsOf, type MemoryDocument, memoryClient } from './memory-index.ts';
import { at, longWriter, told, verifyIndex } from './verify-index.ts';

test.each([1, 3, 1_000])('what was sealed verifies in an index, read in pages of %i', async (pageSize) => {
  const writer = longWriter('es/control');
  const documents = documentsOf(writer);
  const report = await verifyIndex(documents, writer, { pageSize });
  expect(told(report)).toEqual([]);
  expect(report.grade).toBe('SEALED');
  expect(report.records).toBe(documents.length);
});

const DAY_MS = 86_400_000;

type Edit = (documents: MemoryDocument[], writer: TestWriter) => readonly MemoryDocument[];

const without =
  (...numbers: readonly number[]): Edit =>
  (documents, writer) => {
    const gone = numbers.map((number) => at(documents, writer, number));
    return documents.filter((document) => !gone.includes(document));
  };

/** A second document beside the genuine one. */
const beside =
  (number: number, edit: (copy: MemoryDocument) => void): Edit =>
  (documents, writer) => {
    const copy = structuredClone(at(documents, writer, number));
    edit(copy);
    return [...documents, copy];
  };

const edited =
  (number: number, edit: (document: MemoryDocument) => void): Edit =>
  (documents, writer) => {
    edit(at(documents, writer, number));
    return documents;
  };

const STRANGER: MemoryDocument = {
  id: 'x',
  index: BACKING_INDEX,
  source: { '@timestamp': '1793610000000.0', attributes: {}, resource: { attributes: {} } },
};

// The first stream holds an open record, five times four records and a seal, and a close record: 27.
const EDITS: readonly (readonly [string, Edit, readonly string[]])[] = [
  ['in any order', (documents) => documents.toReversed(), []],
  ['a record twice, in two indices', beside(4, (copy) => (copy.index = BACKING_INDEX.replace('01', '02'))), []],
  ['an attribute that a Collector added', edited(4, ({ source }) => (source.attributes['k8s.pod.name'] = 'x')), []],
  ['an interior record missing', without(4), ['tampered RECORD_MISSING 4 4']],
  [
    'several records missing here and there',
    without(4, 9, 10, 20),
    ['tampered RECORD_MISSING 4 4', 'tampered RECORD_MISSING 9 10', 'tampered RECORD_MISSING 20 20'],
  ],
  ['a sealing record missing', without(6), ['tampered RECORD_MISSING 6 6']],
  ['the first records missing', without(1, 2, 3), ['tampered GENESIS_MISSING 1 3']],
  ['the end missing, which the next stream pins', without(26, 27), ['tampered TRUNCATED 26 27']],
  ['the last seal missing, behind which nothing is', without(27), ['tampered TRUNCATED 27 27']],
  [
    'a field changed',
    edited(4, ({ source }) => (source.attributes['step_up.outcome'] = 'abandoned')),
    ['tampered PROJECTION_MISMATCH 4 4'],
  ],
  [
    'a field gone',
    edited(4, ({ source }) => delete source.attributes['step_up.outcome']),
    ['tampered PROJECTION_MISMATCH 4 4'],
  ],
  [
    'a field of the registry added',
    edited(4, ({ source }) => (source.attributes['step_up.phishing_resistant'] = true)),
    ['tampered PROJECTION_MISMATCH 4 4'],
  ],
  [
    'the severity changed',
    edited(4, ({ source }) => (source['severity_number'] = 21)),
    ['tampered PROJECTION_MISMATCH 4 4'],
  ],
  [
    'the stream in the fields changed, so that it is found among others',
    edited(4, ({ source }) => (source.attributes['audit.sequence.stream_id'] = 'ffffffff-0000-7000-8000-000000000000')),
    ['tampered PROJECTION_MISMATCH 4 4'],
  ],
  [
    'a copy under another time',
    beside(4, (copy) => {
      copy.id = 'copy';
      copy.source['@timestamp'] = '1793600000000.0';
    }),
    ['tampered REPLAY 4 4'],
  ],
  [
    'a document that only looks like a record',
    (documents) => [...documents, { ...STRANGER, source: { ...STRANGER.source, event_name: 'step_up.completed' } }],
    ['tampered UNSEALED_DOCUMENT'],
  ],
  [
    'documents whose fields are found under names of the trail, however they are spelt',
    (documents) => [
      ...documents,
      { ...STRANGER, source: { ...STRANGER.source, attributes: { step_up: { outcome: 'passed' } } } },
      { ...STRANGER, id: 'y', source: { ...STRANGER.source, 'attributes.step_up.outcome': 'passed' } },
      { ...STRANGER, id: 'z', source: { ...STRANGER.source, event_name: ['step_up.completed'] } },
    ],
    ['tampered UNSEALED_DOCUMENT', 'tampered UNSEALED_DOCUMENT', 'tampered UNSEALED_DOCUMENT'],
  ],
  [
    'documents that carry a note in place of a record',
    (documents, writer) => {
      const { attributes } = at(documents, writer, 6).source;
      const payload = noteLine(String(attributes['audit.integrity.note']));
      const made = { ...STRANGER.source, event_name: 'step_up.completed' };
      const text = { 'audit.integrity.payload': payload, 'step_up.outcome': 'passed' };
      const place = {
        'audit.sequence.stream_id': attributes['audit.sequence.stream_id'],
        'audit.sequence.number': 6,
      };
      return [
        ...documents,
        { ...STRANGER, source: { ...made, attributes: text } },
        { ...STRANGER, id: 'y', source: { ...made, attributes: { ...text, ...place } } },
      ];
    },
    ['tampered UNSEALED_DOCUMENT', 'tampered UNSEALED_DOCUMENT'],
  ],
  [
    "a list in place of a span's id that nobody sealed",
    edited(4, ({ source }) => (source['span_id'] = ['b7ad6b7169203331'])),
    ['tampered PROJECTION_MISMATCH 4 4'],
  ],
  [
    "a number in place of a trace's id that nobody sealed",
    edited(4, ({ source }) => (source['trace_id'] = 12)),
    ['tampered PROJECTION_MISMATCH 4 4'],
  ],
  [
    "somebody else's document under the id of a record",
    (documents) => [...documents, { ...STRANGER, id: 'a'.repeat(64) }],
    ['tampered UNSEALED_DOCUMENT'],
  ],
  ["somebody else's document", (documents) => [...documents, STRANGER], ['incomplete UNSEALED_DOCUMENT']],
];

test.each(EDITS)('an index with %s', async (_, edit, expected) => {
  const writer = longWriter('es/edits');
  const report = await verifyIndex(edit(documentsOf(writer), writer), writer, { pageSize: 10 });
  expect(told(report)).toEqual(expected);
});

test('the evidence of a changed field names document, field and both values', async () => {
  const writer = longWriter('es/evidence');
  const documents = documentsOf(writer);
  const document = at(documents, writer, 4);
  document.source.attributes['step_up.outcome'] = 'abandoned';
  const [finding] = (await verifyIndex(documents, writer)).findings;
  expect(finding?.field).toBe('attributes.step_up.outcome');
  expect(finding?.evidence).toBe(`Document ${document.id} of ${BACKING_INDEX} says "abandoned"; sealed is "passed".`);
  expect(finding?.reproduce).toContain(`--stream ${finding?.stream}`);
});

/** What is missing while everything is a few seconds old. */
const LATE: readonly (readonly [string, Edit, readonly string[]])[] = [
  ['a record', without(4), ['incomplete NOT_YET_DELIVERED 4 4']],
  ['several records', without(4, 5, 6, 12), ['incomplete NOT_YET_DELIVERED 4 6', 'incomplete NOT_YET_DELIVERED 12 12']],
  ['the open record', without(1), ['incomplete NOT_YET_DELIVERED 1 1']],
  [
    'the end, which the next stream pins',
    without(26, 27),
    ['incomplete NOT_YET_DELIVERED 26 27', 'incomplete NOT_YET_DELIVERED 22 25'],
  ],
  [
    'all of the stream before',
    (documents, writer) => {
      const id = writer.streams[0]?.stream.streamId;
      return documents.filter(({ source }) => source.attributes['audit.sequence.stream_id'] !== id);
    },
    ['incomplete NOT_YET_DELIVERED 1 27'],
  ],
  [
    'what adopts the records of a crash',
    (documents, writer) => {
      const id = writer.streams[2]?.stream.streamId;
      return documents.filter(({ source }) => source.attributes['audit.sequence.stream_id'] !== id);
    },
    ['incomplete NOT_YET_DELIVERED 7 7'],
  ],
  [
    'all of a new stream but records without a note',
    (documents) => [...documents, ...documentsOf(closedWriter('es/new')).slice(1, 3)],
    ['incomplete NOT_YET_DELIVERED 1 1', 'incomplete NOT_YET_DELIVERED 1 1'],
  ],
];

test.each(LATE)('%s may still be on the way within the grace, and is missing after it', async (_, edit, expected) => {
  const writer = longWriter('es/late');
  const documents = edit(documentsOf(writer), writer);
  const early = await verifyIndex(documents, writer, { now: writer.clock.wallMs + 5_000 });
  expect(told(early)).toEqual(expected);
  expect(early.exitCode).toBe(2);
  const over = await verifyIndex(documents, writer);
  expect(over.grade).toBe('TAMPERED');
});

test('a record that a signed record declares refused is not delivered, and the rest is proved', async () => {
  const writer = new TestWriter({ label: 'es/refused' });
  const stream = writeStepUp(writer.start(), '1').seal();
  const refused = documentsOf(writer).slice(2, 4);
  for (const [at, { id }] of refused.entries())
    stream.record('stepseal.undelivered', {
      'stepseal.undelivered.stream_id': stream.streamId,
      'stepseal.undelivered.number': at + 3,
      'stepseal.undelivered.hash': id,
      'stepseal.undelivered.answer': '400',
    });
  stream.seal();
  writer.close();
  const ids = refused.map(({ id }) => id);
  const report = await verifyIndex(
    documentsOf(writer).filter(({ id }) => !ids.includes(id)),
    writer,
  );
  expect(told(report)).toEqual(['incomplete NOT_DELIVERED 3 3', 'incomplete NOT_DELIVERED 4 4']);
  expect(report.streams[0]?.records).toBe(writer.streams[0]?.stream.number);
});

test('an absent stream is missing in an index although its segment was pruned by retention', async () => {
  const writer = new TestWriter({ label: 'es/pruned' });
  writeStepUp(writer.start(), '1').seal();
  const first = writer.current;
  const second = writer.roll();
  second.record('stepseal.prune', {
    'stepseal.prune.stream_id': first.streamId,
    'stepseal.prune.size': first.number,
    'stepseal.prune.root': first.rootAt(first.number),
    'stepseal.prune.policy': '7 days',
  });
  second.seal();
  writer.close();
  const later = documentsOf(writer).filter(
    ({ source }) => source.attributes['audit.sequence.stream_id'] === second.streamId,
  );
  expect(told(await verifyIndex(later, writer))).toEqual([`tampered STREAM_MISSING 1 ${first.number}`]);
});

test('one stream that is asked for is verified, and no other is missed', async () => {
  const writer = longWriter('es/one');
  const stream = writer.streams[0]?.stream.streamId ?? '';
  const report = await verifyIndex(documentsOf(writer), writer, { stream });
  expect(report.streams.map(({ streamId }) => streamId)).toEqual([stream]);
  expect(told(report)).toEqual([]);
});

test('a gap record that is on its way does not make the counts behind it wrong', async () => {
  const writer = new TestWriter({ label: 'es/gap' });
  writeStepUp(writer.start(), '1').gap({ count: 3 }).seal();
  writer.close();
  const documents = documentsOf(writer).filter(({ source }) => source.event_name !== 'stepseal.gap');
  const report = await verifyIndex(documents, writer, { now: writer.clock.wallMs });
  expect(told(report)).toEqual(['incomplete NOT_YET_DELIVERED 6 6']);
});

test('known heads of one run bind the next: an end that was seen and is gone is truncated', async () => {
  const writer = closedWriter('es/heads');
  const documents = documentsOf(writer);
  const { knownHeads } = await verifyIndex(documents, writer);
  const report = await verifyIndex(documents.slice(0, -1), writer, { knownHeads });
  expect(told(report)).toEqual([`tampered TRUNCATED ${documents.length} ${documents.length}`]);
});

test('records of a crash that its successor adopts are whole without a note of their own', async () => {
  const writer = adoptedWriter('es/adopted');
  const report = await verifyIndex(documentsOf(writer), writer);
  expect(said(report)).toEqual(['info ADOPTED']);
});

test('a part of the time is widened to whole streams and what these rest on, and misses nothing outside of it', async () => {
  const writer = new TestWriter({ label: 'es/part' });
  const times: number[] = [];
  for (let i = 0; i < 4; i++) {
    writer.clock.advance(DAY_MS);
    times.push(writer.clock.wallMs);
    writeStepUp(writer.start(), `${i}`).seal();
    // The last but one has no close: only the stream behind it pins its end.
    if (i === 2) writeOne(writer.current, 'late');
    if (i === 2) writer.crash();
    else writer.close();
  }
  const ids = writer.streams.map(({ stream }) => stream.streamId);
  const report = await verifyIndex(documentsOf(writer), writer, {
    since: (times[1] as number) + 40,
    until: (times[2] as number) + DAY_MS / 2,
  });
  // The first ended before the part; the last was opened after it, and is read for what it pins.
  expect(new Set(report.streams.map(({ streamId }) => streamId))).toEqual(new Set(ids.slice(1)));
  expect(told(report)).toEqual([]);
});

describe('a stream of the part of the time, whatever its documents say of their time,', () => {
  /** Three streams, half a day apart, of which the second was crashed and adopted. */
  function streams(label: string): TestWriter {
    const writer = new TestWriter({ label });
    for (let i = 0; i < 3; i++) {
      if (i > 0) writer.clock.advance(DAY_MS / 2);
      writeStepUp(writer.start(), `${i}`).seal();
      if (i === 1) writer.crash();
      else writer.close();
    }
    return writer;
  }

  test.each([0, 1, 2])('is read: number %i', async (nth) => {
    const writer = streams(`es/part/times/${nth}`);
    const { streamId, openedAtMs } = writer.streams.map(({ stream }) => stream)[nth] as StreamBuilder;
    const documents = documentsOf(writer);
    for (const { source } of documents)
      if (source.attributes['audit.sequence.stream_id'] === streamId)
        for (const name of ['@timestamp', 'observed_timestamp']) source[name] = '1500000000000.0';
    // A stream may have been opened almost a day before the part that it reaches into.
    for (const since of [openedAtMs - 1, openedAtMs + DAY_MS - 1]) {
      const report = await verifyIndex(documents, writer, { since, until: since + DAY_MS });
      expect(report.findings.filter(({ stream }) => stream === streamId).map(({ code }) => code)).toContain(
        'PROJECTION_MISMATCH',
      );
    }
  });

  test('is not read where it was opened after the part, or more than a day before', async () => {
    const writer = streams('es/part/outside');
    const [first, second] = writer.streams.map(({ stream }) => stream) as [StreamBuilder, StreamBuilder];
    const of = async (since: number, until: number): Promise<string[]> =>
      (await verifyIndex(documentsOf(writer), writer, { since, until })).streams.map(({ streamId }) => streamId);
    expect(await of(first.openedAtMs - DAY_MS, first.openedAtMs)).toEqual([]);
    expect(await of(first.openedAtMs + DAY_MS + 1, second.openedAtMs + DAY_MS)).not.toContain(first.streamId);
  });
});

test('a stream within the part of the time that is gone is missed', async () => {
  const writer = longWriter('es/part/gone');
  const id = writer.streams[1]?.stream.streamId;
  const documents = documentsOf(writer).filter(({ source }) => source.attributes['audit.sequence.stream_id'] !== id);
  const first = writer.streams[0]?.stream.lines.length ?? 0;
  expect(first).toBeGreaterThan(0);
  const report = await verifyIndex(documents, writer, { since: writer.clock.wallMs - 86_400_000 });
  expect(told(report)).toContain('tampered STREAM_MISSING 1 7');
});

describe('documents that a search does not find', () => {
  test('are counted', async () => {
    const writer = longWriter('es/hidden');
    const documents = documentsOf(writer);
    at(documents, writer, 4).hidden = true;
    expect(told(await verifyIndex(documents, writer))).toEqual([
      'tampered RECORD_MISSING 4 4',
      'tampered HIDDEN_DOCUMENTS',
    ]);
  });

  test('are named where they lie outside of the data stream', async () => {
    const writer = longWriter('es/outside');
    const report = await verifyIndex(documentsOf(writer), writer, { server: { outside: 3 } });
    expect(told(report)).toEqual(['tampered HIDDEN_DOCUMENTS']);
    expect(report.findings[0]?.evidence).toContain('.ds-outside holds 3 documents');
  });

  test('are incomplete where they wait in the failure store', async () => {
    const writer = longWriter('es/failed');
    const report = await verifyIndex(documentsOf(writer), writer, { server: { failed: 2 } });
    expect(told(report)).toEqual(['incomplete HIDDEN_DOCUMENTS']);
  });

  test('cannot be told by who may not count, which is said', async () => {
    const writer = longWriter('es/uncounted');
    const report = await verifyIndex(documentsOf(writer), writer, { server: { mayCount: false } });
    expect(said(report)).toContain('info UNREADABLE');
    expect(report.grade).toBe('SEALED');
  });
});

test('who may not read all of it is told so, and what is not there is no alarm', async () => {
  const writer = longWriter('es/denied');
  const [first, second] = writer.streams.map(({ stream }) => stream.streamId);
  const documents = documentsOf(writer).filter(
    ({ source: { attributes } }) =>
      attributes['audit.sequence.stream_id'] !== second &&
      !(attributes['audit.sequence.stream_id'] === first && attributes['audit.sequence.number'] === 4),
  );
  const report = await verifyIndex(documents, writer, { server: { mayReadAll: false } });
  expect(told(report)).toContain('incomplete UNREADABLE');
  expect(report.grade).toBe('INCOMPLETE');
});

test('an index that holds less of a stream than its segment is late within the grace, and truncated after it', async () => {
  const writer = longWriter('es/copies');
  const documents = without(25, 26, 27)(documentsOf(writer), writer);
  const [streamId = ''] = writer.streams.map(({ stream }) => stream.streamId);
  const both = async (now: number): Promise<string[]> => {
    const trust = policyOf(writer.identity);
    const index = elasticsearchSource({
      client: memoryClient(documents),
      dataStream: DATA_STREAM,
      deliveryGraceMs: 60_000,
      trust,
    });
    onTestFinished(() => index.dispose?.());
    const report = await verify({ sources: [memorySource(writer.files()), index], trust, now });
    expect(report.streams.find((stream) => stream.streamId === streamId)?.records).toBe(27);
    return told(report);
  };
  expect(await both(writer.clock.wallMs + 5_000)).toEqual(['incomplete NOT_YET_DELIVERED 25 27']);
  expect(await both(later(writer))).toEqual(['tampered TRUNCATED 25 27']);
});

describe('an index of before an upgrade', () => {
  /** As the template made it, without one field. */
  function mappingsWithout(name: string): unknown {
    const template = new URL('../../../elastic/assets/component-template-mappings.json', import.meta.url);
    const { mappings } = JSON.parse(readFileSync(template, 'utf8')).template;
    delete mappings.properties.attributes.properties[name];
    return { [BACKING_INDEX]: { mappings } };
  }

  test('lacks fields that no document of it has, which is in order', async () => {
    const writer = longWriter('es/upgrade');
    const server = { mappings: mappingsWithout('step_up.risk.score_milli') };
    expect(told(await verifyIndex(documentsOf(writer), writer, { server }))).toEqual([]);
  });

  test('is incomplete where a document has what is not searched', async () => {
    const writer = longWriter('es/upgraded');
    const server = { mappings: mappingsWithout('step_up.outcome') };
    const report = await verifyIndex(documentsOf(writer), writer, { server });
    expect(told(report)).toEqual(['incomplete PROJECTION_MISMATCH']);
    expect(report.findings[0]?.field).toBe('attributes.step_up.outcome');
    expect(report.findings[0]?.evidence).toContain('7 document(s)');
  });
});
