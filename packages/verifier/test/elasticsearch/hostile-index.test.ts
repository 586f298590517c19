// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Client } from '@elastic/elasticsearch';
import { recordHash } from '@stepseal/core/format';
import { TestWriter, writeOne, writeStepUp } from '@stepseal/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { elasticsearchSource } from '../../src/elasticsearch/source.ts';
import { memorySource } from '../../src/sources/memory-source.ts';
import { verify } from '../../src/verify.ts';
import { adoptedWriter, closedWriter, later, policyOf, said } from '../support.ts';
import { BACKING_INDEX, DATA_STREAM, documentsOf, type MemoryDocument, memoryClient } from './memory-index.ts';
import { at, longWriter, told, verifyIndex } from './verify-index.ts';

/** A document of this text, all of whose fields say what the document of a record says. */
function carrying(text: string, { source }: MemoryDocument): MemoryDocument {
  const { 'audit.integrity.seal': _, ...attributes } = source.attributes;
  const hash = recordHash(text);
  const own = { 'audit.integrity.payload': text, 'audit.integrity.hash': hash };
  return { id: hash, index: BACKING_INDEX, source: { ...source, attributes: { ...attributes, ...own } } };
}

/** A record that nobody sealed, made of a genuine one. */
function forged(genuine: MemoryDocument, number: number, previousHash: string): MemoryDocument {
  const payload = JSON.parse(String(genuine.source.attributes['audit.integrity.payload']));
  payload.attributes['audit.sequence.number'].intValue = String(number);
  payload.attributes['audit.sequence.previous_hash'].stringValue = previousHash;
  const document = carrying(JSON.stringify(payload), genuine);
  const place = { 'audit.sequence.number': number, 'audit.sequence.previous_hash': previousHash };
  Object.assign(document.source.attributes, place);
  return document;
}

describe('behind the last record that a successor pins', () => {
  /** Two records that crashed, at the end of the first of two streams, and the documents of both. */
  function crashed(torn?: Uint8Array): { writer: TestWriter; documents: MemoryDocument[]; number: number } {
    const writer = adoptedWriter('hostile/adopted', torn);
    return { writer, documents: documentsOf(writer), number: writer.streams[0]?.stream.number ?? 0 };
  }

  test('a record that does not follow is no torn end, in whatever place it stands', async () => {
    const { writer, documents, number } = crashed();
    for (const place of [number + 1, 9_999]) {
      const made = forged(at(documents, writer, 3), place, 'a'.repeat(64));
      const report = await verifyIndex([...documents, made], writer);
      expect(told(report)).toEqual([`tampered UNSEALED_DOCUMENT ${number + 1} ${number + 1}`]);
      // What is genuine still resolves.
      expect(report.records).toBe(documents.length);
    }
  });

  test('a record that follows is not of the stream', async () => {
    const { writer, documents, number } = crashed();
    const made = forged(at(documents, writer, 3), number + 1, at(documents, writer, number).id);
    const report = await verifyIndex([...documents, made], writer);
    expect(report.grade).toBe('TAMPERED');
  });

  test('the torn bytes that the successor found are no document', async () => {
    const id = crashed().writer.streams[0]?.stream.streamId;
    const stream = `"audit.sequence.stream_id":{"stringValue":"${id}"}`;
    const torn = `{"attributes":{"audit.sequence.number":{"intValue":"9"},${stream},"step_up.id":{"stri`;
    const { writer, documents, number } = crashed(Buffer.from(torn));
    expect(told(await verifyIndex(documents, writer))).toEqual([]);
    const made = carrying(torn, at(documents, writer, 3));
    expect(told(await verifyIndex([...documents, made], writer))).toContain(
      `tampered UNSEALED_DOCUMENT ${number + 1} ${number + 1}`,
    );
  });

  test('is no note: a document before it that says that one covers it is altered', async () => {
    const { writer, documents, number } = crashed();
    for (const seal of [number, number - 1, 9_999]) {
      at(documents, writer, number - 1).source.attributes['audit.integrity.seal'] = seal;
      const report = await verifyIndex(documents, writer);
      expect(told(report)).toEqual([`tampered PROJECTION_MISMATCH ${number - 1} ${number - 1}`]);
      expect(report.findings.find(({ code }) => code === 'PROJECTION_MISMATCH')).toMatchObject({
        field: 'attributes.audit.integrity.seal',
      });
    }
  });

  test('a record that left under a note which a power cut then took is no alarm', async () => {
    const writer = new TestWriter({ label: 'hostile/note-lost' });
    const first = writeStepUp(writer.start(), '1').seal();
    writeOne(writeOne(first, '2'), '3').seal();
    const before = documentsOf(writer);
    writer.crash({ keepLines: first.lines.length - 1 });
    writer.clock.advance(5_000);
    writeOne(writer.start(), '4');
    writer.close();
    const documents = documentsOf(writer);
    const end = first.number;
    const [early, sealing] = [at(before, writer, end - 1), at(documents, writer, end)];
    expect(early.source.attributes['audit.integrity.seal']).toBe(end);
    for (const name of ['seal', 'note']) delete sealing.source.attributes[`audit.integrity.${name}`];
    const mixed = documents.map((document) => (document.id === early.id ? early : document));
    for (const document of mixed)
      if (document.id === at(documents, writer, end - 2).id) delete document.source.attributes['audit.integrity.seal'];
    const report = await verifyIndex(mixed, writer);
    expect(said(report)).toEqual(['info ADOPTED']);
    // The sealing record itself left without its note.
    sealing.source.attributes['audit.integrity.seal'] = end;
    expect(told(await verifyIndex(mixed, writer))).toEqual([`tampered PROJECTION_MISMATCH ${end} ${end}`]);
  });

  test('what was abandoned after an I/O error never left, and nobody may say that he has it', async () => {
    const writer = new TestWriter({ label: 'hostile/abandoned' });
    const first = writeOne(writeStepUp(writer.start(), '1').seal(), '2');
    const pin = { streamId: first.streamId, number: first.number, hash: first.lastHash };
    const validBytes = first.byteLength();
    writeOne(first, '3');
    writer.crash();
    writer.startAfter({ cause: 'io_error', ...pin, validBytes });
    writer.close();
    const all = documentsOf(writer);
    const abandoned = at(all, writer, pin.number + 1);
    expect(
      told(
        await verifyIndex(
          all.filter((document) => document !== abandoned),
          writer,
        ),
      ),
    ).toEqual([]);
    const place = pin.number + 1;
    expect(told(await verifyIndex(all, writer))).toEqual([`tampered UNSEALED_DOCUMENT ${place} ${place}`]);
  });
});

describe('at the end of a crashed stream, a record that its receiver refused', () => {
  /** A stream with three records behind its last note, and another that pins them and declares some of them refused. */
  function refused(label: string, ...places: readonly number[]): { writer: TestWriter; documents: MemoryDocument[] } {
    const writer = new TestWriter({ label });
    const first = writeStepUp(writer.start(), '1').seal();
    for (const id of ['2', '3', '4']) writeOne(first, id);
    writer.crash();
    writer.clock.advance(5_000);
    const second = writer.start();
    const gone = places.map((place) => at(documentsOf(writer), writer, place));
    for (const [nth, { id }] of gone.entries())
      second.record('stepseal.undelivered', {
        'stepseal.undelivered.stream_id': first.streamId,
        'stepseal.undelivered.number': places[nth] as number,
        'stepseal.undelivered.hash': id,
        'stepseal.undelivered.answer': '400',
      });
    second.seal();
    writer.close();
    const ids = gone.map(({ id }) => id);
    return { writer, documents: documentsOf(writer).filter(({ id }) => !ids.includes(id)) };
  }

  test.each([
    [[7], ['incomplete NOT_DELIVERED 7 7']],
    [[8], ['incomplete NOT_DELIVERED 8 8', 'incomplete TAIL_UNSEALED 7 7']],
    [[9], ['incomplete NOT_DELIVERED 9 9', 'incomplete TAIL_UNSEALED 7 8']],
    [
      [7, 8, 9],
      ['incomplete NOT_DELIVERED 7 7', 'incomplete NOT_DELIVERED 8 8', 'incomplete NOT_DELIVERED 9 9'],
    ],
  ] as const)('is not delivered, and what only it proves is not proved: %j', async (places, expected) => {
    const { writer, documents } = refused(`hostile/refused/${places}`, ...places);
    const report = await verifyIndex(documents, writer);
    expect(told(report)).toEqual(expected);
    expect(report.exitCode).toBe(2);
  });

  test('excuses no other that is missing, and no document that stands there', async () => {
    const { writer, documents } = refused('hostile/refused/not', 8);
    for (const number of [7, 9]) {
      const gone = at(documents, writer, number);
      expect(
        (
          await verifyIndex(
            documents.filter((document) => document !== gone),
            writer,
          )
        ).grade,
      ).toBe('TAMPERED');
    }
    const before = at(documents, writer, 7);
    for (const made of [forged(before, 8, before.id), forged(before, 9_999, 'a'.repeat(64))])
      expect((await verifyIndex([...documents, made], writer)).grade).toBe('TAMPERED');
  });

  test('is missing where nobody who is trusted says so', async () => {
    const { writer, documents } = refused('hostile/refused/untold', 8);
    const declared = documents.find(({ source }) => source.event_name === 'stepseal.undelivered');
    const report = await verifyIndex(
      documents.filter((document) => document !== declared),
      writer,
    );
    expect(told(report)).toContain('tampered TRUNCATED 8 9');
  });

  test('is proved by its segment, and so is what stands before it', async () => {
    for (const places of [[7], [8], [7, 9], [9]]) {
      const { writer, documents } = refused(`hostile/refused/both/${places}`, ...places);
      const expected = places.map((place) => `incomplete NOT_DELIVERED ${place} ${place}`);
      expect(await verifyBoth(writer, documents)).toEqual(expected);
    }
  });

  test('excuses beside its segment neither what is missing nor what the segment does not have there', async () => {
    const { writer, documents } = refused('hostile/refused/both/forged', 8);
    const without = (number: number): MemoryDocument[] =>
      documents.filter((document) => document !== at(documents, writer, number));
    const made = forged(at(documents, writer, 3), 7, at(documents, writer, 6).id);
    const stray = forged(at(documents, writer, 3), 9_999, 'a'.repeat(64));
    for (const changed of [without(7), without(9), [...without(7), made], [...documents, stray]])
      expect((await verifyBoth(writer, changed)).join()).toContain('tampered');
  });

  test('may be the close record', async () => {
    const writer = new TestWriter({ label: 'hostile/refused/close' });
    const first = writeStepUp(writer.start(), '1');
    const second = writer.roll();
    const close = at(documentsOf(writer), writer, first.number);
    second.record('stepseal.undelivered', {
      'stepseal.undelivered.stream_id': first.streamId,
      'stepseal.undelivered.number': first.number,
      'stepseal.undelivered.hash': close.id,
      'stepseal.undelivered.answer': '400',
    });
    writer.close();
    const documents = documentsOf(writer).filter(({ id }) => id !== close.id);
    expect(told(await verifyIndex(documents, writer))).toEqual([
      `incomplete NOT_DELIVERED ${first.number} ${first.number}`,
      `incomplete TAIL_UNSEALED 2 ${first.number - 1}`,
    ]);
  });
});

test('open records among the documents of another stream do not make what that one states forgotten', async () => {
  const writer = longWriter('hostile/forgotten');
  const documents = documentsOf(writer);
  const changed = at(documents, writer, 4);
  changed.source.resource.attributes['service.name'] = 'other';
  const strangers = Array.from({ length: 257 }, (_, count) => {
    const [open] = documentsOf(closedWriter(`hostile/stranger/${count}`)) as [MemoryDocument];
    const place = { 'audit.sequence.stream_id': changed.source.attributes['audit.sequence.stream_id'] };
    Object.assign(open.source.attributes, place, { 'audit.sequence.number': 2 });
    return open;
  });
  expect(told(await verifyIndex([...documents, ...strangers], writer))).toContain('tampered RESOURCE_ALTERED 4 4');
});

/** A server that answers the nth search with something else. */
function failingClient(documents: readonly MemoryDocument[], nth: number, statusCode: number, body: object): Client {
  const client = memoryClient(documents, { mayCount: false });
  let searches = 0;
  const transport = {
    request: (asked: { path: string }, ...options: readonly unknown[]) => {
      if (asked.path === '/_search' && ++searches === nth)
        return Promise.resolve({ statusCode, body: [Buffer.from(JSON.stringify(body))] });
      return Reflect.apply(client.transport.request, client.transport, [asked, ...options]);
    },
  };
  return { transport } as unknown as Client;
}

describe('indices outside of a data stream', () => {
  /** A server that has one only where it is asked for what lies behind the name. */
  function client(documents: readonly MemoryDocument[], statusCode: number): Client {
    const { transport } = memoryClient(documents, { outside: 1 });
    const request = (asked: { path: string }): unknown => {
      const isListing = asked.path.startsWith('/_resolve/index/');
      const isBehind = decodeURIComponent(asked.path).split(',').includes(`.ds-${DATA_STREAM}-*`);
      if (isListing && (statusCode !== 200 || !isBehind)) return { statusCode, body: [Buffer.from('{}')] };
      return Reflect.apply(transport.request, transport, [asked]);
    };
    return { transport: { request } } as unknown as Client;
  }

  test('are looked for behind the name of one data stream, too', async () => {
    const writer = longWriter('hostile/behind');
    const documents = documentsOf(writer);
    const report = await verifyIndex(documents, writer, { client: client(documents, 200) });
    expect(told(report)).toEqual(['tampered HIDDEN_DOCUMENTS']);
  });

  test('are not known to who may not list any, which is said', async () => {
    const writer = longWriter('hostile/unlisted');
    const documents = documentsOf(writer);
    const report = await verifyIndex(documents, writer, { client: client(documents, 403) });
    expect(said(report)).toContain('info UNREADABLE');
    expect(report.grade).toBe('SEALED');
  });
});

/** What is told of an index beside the segments of the same streams. */
async function verifyBoth(writer: TestWriter, documents: readonly MemoryDocument[]): Promise<string[]> {
  const trust = policyOf(writer.identity);
  const options = { client: memoryClient(documents), dataStream: DATA_STREAM, deliveryGraceMs: 60_000, trust };
  const index = elasticsearchSource(options);
  onTestFinished(() => index.dispose?.());
  return told(await verify({ sources: [memorySource(writer.files()), index], trust, now: later(writer) }));
}

describe('beside its segments, the end of a stream in an index', () => {
  test('is what the segment has, or there are documents that nobody sealed', async () => {
    const writer = adoptedWriter('hostile/both');
    const documents = documentsOf(writer);
    const end = writer.streams[0]?.stream.number ?? 0;
    expect(await verifyBoth(writer, documents)).toEqual([]);
    const made = forged(at(documents, writer, 3), end + 1, 'a'.repeat(64));
    expect(await verifyBoth(writer, [...documents, made])).toEqual([`tampered UNSEALED_DOCUMENT ${end - 1} ${end}`]);
  });

  test('has every record that a successor pins', async () => {
    const writer = adoptedWriter('hostile/both/short');
    const documents = documentsOf(writer);
    const end = writer.streams[0]?.stream.number ?? 0;
    const last = at(documents, writer, end);
    expect(
      await verifyBoth(
        writer,
        documents.filter((document) => document !== last),
      ),
    ).toEqual([`tampered TRUNCATED ${end} ${end}`]);
  });

  test('is no other while the stream is written, either', async () => {
    const writer = new TestWriter({ label: 'hostile/both/open' });
    const stream = writeOne(writeOne(writeStepUp(writer.start(), '1').seal(), '2'), '3');
    const documents = documentsOf(writer).filter(
      ({ source }) => source.attributes['audit.integrity.seal'] !== undefined,
    );
    const end = documents.length;
    expect(await verifyBoth(writer, documents)).toEqual([`incomplete TAIL_UNSEALED ${end + 1} ${stream.number}`]);
    const made = forged(at(documents, writer, 3), end + 1, at(documents, writer, end).id);
    expect(await verifyBoth(writer, [...documents, made])).toContain(
      `tampered UNSEALED_DOCUMENT ${end + 1} ${end + 1}`,
    );
  });
});

test('a record that comes before the one it follows is no alarm, however short the grace is', async () => {
  const writer = new TestWriter({ label: 'hostile/early' });
  writeStepUp(writer.start(), '1').seal();
  writeStepUp(writer.current, '2').seal();
  const early = documentsOf(writer).filter((_, place) => place < 6 || place === 7);
  const report = await verifyIndex(early, writer, { now: writer.clock.wallMs + 1_000, deliveryGraceMs: 10_000 });
  expect(told(report)).toEqual(['incomplete NOT_YET_DELIVERED 7 7']);
});

describe('a server that lets go of what is being read', () => {
  const GONE = { error: { type: 'search_phase_execution_exception' }, status: 404 };

  test.each([1, 2, 5])('ends the verification at search %i: the rest is not taken for absent', async (nth) => {
    const writer = longWriter('hostile/gone');
    const documents = documentsOf(writer);
    const client = failingClient(documents, nth, 404, GONE);
    await expect(verifyIndex(documents, writer, { client, pageSize: 10 })).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
    });
  });

  test('ends a verification of a part of the time, too', async () => {
    const writer = longWriter('hostile/gone/part');
    const documents = documentsOf(writer);
    const client = failingClient(documents, 1, 404, GONE);
    await expect(verifyIndex(documents, writer, { client, since: 1 })).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
    });
  });
});

test.each([{ _shards: { failed: 1 } }, { timed_out: true }])(
  'streams of a part of the time that a server with %j could not name make the verification incomplete',
  async (answer) => {
    const writer = longWriter('hostile/unnamed');
    const documents = documentsOf(writer);
    const [, , third = ''] = writer.streams.map(({ stream }) => stream.streamId);
    const buckets = [{ key: { value: third } }];
    const client = failingClient(documents, 1, 200, { ...answer, aggregations: { values: { buckets } } });
    const report = await verifyIndex(documents, writer, { client, since: writer.clock.wallMs - 1 });
    expect(told(report)).toContain('incomplete UNREADABLE');
    expect(report.exitCode).toBe(2);
  },
);
