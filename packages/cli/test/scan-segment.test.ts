// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePayload } from '@stepseal/core/format';
import { SeededRandom, StreamBuilder, TestClock, testKey } from '@stepseal/testkit';
import { directorySource, type Segment, type SegmentReader } from '@stepseal/verifier';
import { afterAll, describe, expect, it } from 'vitest';
import { Pseudonyms } from '../../instrumentation/src/identity/pseudonyms.ts';
import { IdTable, latestRows } from '../src/search/id-table.ts';
import { stringNeedle, timeOfLine } from '../src/search/line-bytes.ts';
import { LineValues } from '../src/search/line-values.ts';
import { pseudonym } from '../src/search/pseudonym.ts';
import { type LineTerm, scanSegment } from '../src/search/scan-segment.ts';
import { findRecords, findStepUps } from '../src/search/search.ts';

const identity = testKey('demo.bank', 'identity/scan');
const root = mkdtempSync(join(tmpdir(), 'stepseal-scan-'));
afterAll(() => rmSync(root, { recursive: true }));

function stream(label: string): StreamBuilder {
  return new StreamBuilder({ label, clock: new TestClock(), identity }).open();
}

function term(...needles: Buffer[]): LineTerm {
  return { alternatives: [needles], inValues: false, inWindow: true };
}

function word(text: string): LineTerm {
  return { alternatives: [[Buffer.from(text)]], inValues: true, inWindow: true };
}

function lines(bytes: Buffer, one: LineTerm): string[] {
  const found: string[] = [];
  const [segment] = segmentsOf(bytes);
  const reader = (segment as Segment).open();
  scanSegment(reader, [one], undefined, (block, start, end, { offset }) => {
    expect(block.toString('utf8', start, end)).toBe(bytes.toString('utf8', offset, offset + end - start));
    found.push(block.toString('utf8', start, end));
  });
  return found;
}

function segmentsOf(...files: Buffer[]): Segment[] {
  return files.map((bytes, at) => {
    const reader: SegmentReader = {
      read(target, from, position) {
        const part = bytes.subarray(position, position + target.length - from);
        target.set(part, from);
        return part.length;
      },
      close: () => undefined,
    };
    return { name: `${at}`, exportOf: 'memory', open: () => reader };
  });
}

async function found(segments: readonly Segment[], ...terms: LineTerm[]): Promise<string[]> {
  const filters = terms.map((line) => ({ line, absent: false }));
  const { stories } = await findStepUps(segments, { filters, window: undefined, limit: 100 });
  return stories.map(({ id }) => id);
}

describe('a line is found by its bytes', () => {
  const builder = stream('scan/1');
  builder.record('step_up.required', { 'step_up.id': 'one', 'step_up.trigger.reason': 'policy' });
  builder.record('step_up.completed', { 'step_up.id': 'one', 'step_up.outcome': 'failed' });
  builder.record('step_up.required', {
    'step_up.id': 'two',
    'step_up.trigger.detail': 'text with "step_up.outcome":{"stringValue":"failed"} in it, \\ and "quotes"',
  });
  builder.seal();
  const bytes = builder.bytes();

  it('of an attribute with a value', () => {
    expect(lines(bytes, term(stringNeedle('step_up.outcome', 'failed'))).map((line) => line.slice(-20))).toHaveLength(
      1,
    );
  });

  it('and never of a text that looks like one, since its quotation marks are escaped', async () => {
    expect(await found(segmentsOf(bytes), term(stringNeedle('step_up.outcome', 'failed')))).toEqual(['one']);
  });

  it('of a word in a value, not in the name of a member', () => {
    expect(lines(bytes, word('outcome'))).toHaveLength(1);
    expect(lines(bytes, word('event_name'))).toEqual([]);
    expect(lines(bytes, word('policy'))).toHaveLength(1);
  });

  it('and its time, event and values are read as a parser reads them', () => {
    for (const line of bytes.toString().split('\n').slice(0, -1)) {
      if (line.startsWith('{"note"')) continue;
      const raw = Buffer.from(line);
      const payload = parsePayload(raw);
      expect(timeOfLine(raw, 0, raw.length)).toBe(Number((payload.timestamp ?? 0n) / 1_000_000n));
      const values = new LineValues(raw);
      expect(values.eventName).toBe(payload.eventName);
      const detail = payload.attributes.get('step_up.trigger.detail');
      expect(values.string('step_up.trigger.detail')).toBe(detail?.value);
    }
  });

  it('also where reads end in the middle of lines, and none twice', () => {
    const many = stream('scan/many');
    const random = new SeededRandom('scan');
    const wanted: string[] = [];
    for (let at = 0; at < 3000; at++) {
      const failed = random.below(3) === 0;
      if (failed) wanted.push(`id-${at}`);
      many.record('step_up.completed', {
        'step_up.id': `id-${at}`,
        'step_up.outcome': failed ? 'failed' : 'passed',
        'step_up.trigger.detail': 'x'.repeat(random.below(1500)),
      });
    }
    const got = lines(many.bytes(), term(stringNeedle('step_up.outcome', 'failed')));
    expect(got.map((line) => /"step_up.id":\{"stringValue":"(id-\d+)"/.exec(line)?.[1])).toEqual(wanted);
  });
});

it('whatever a text holds, the records found by bytes are those found by parsing', () => {
  const parts = [
    '"',
    '\\',
    '\n',
    ':{',
    'stringValue',
    '"step_up.trigger.detail":{"stringValue":"',
    'ü',
    '\u0000',
    '\u2028',
    'a',
    '😀',
    '}}',
  ];
  const random = new SeededRandom('texts');
  const texts = Array.from({ length: 60 }, () =>
    Array.from({ length: 1 + random.below(4) }, () => parts[random.below(parts.length)]).join(''),
  );
  const builder = stream('scan/texts');
  for (const text of texts) {
    builder.record('step_up.required', {
      'step_up.id': `id-${text}`,
      'step_up.trigger.detail': text,
      'http.route': text,
    });
  }
  const bytes = builder.bytes();
  const parsed = bytes
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('{"attributes"'));
  for (const text of new Set(texts)) {
    const wanted = parsed.filter((line) => {
      const detail = parsePayload(Buffer.from(line)).attributes.get('step_up.trigger.detail');
      return detail?.type === 'string' && detail.value === text;
    });
    expect(lines(bytes, term(stringNeedle('step_up.trigger.detail', text)))).toEqual(wanted);
  }
});

describe('what is no whole record', () => {
  const builder = stream('scan/2');
  builder.record('step_up.required', { 'step_up.id': 'good', 'step_up.trigger.reason': 'policy' });
  builder.seal();
  const whole = builder.bytes();
  const policy = term(stringNeedle('step_up.trigger.reason', 'policy'));
  const [record = ''] = whole
    .toString()
    .split('\n')
    .filter((line) => line.includes('"good"'));

  it('a torn last line is not found', async () => {
    const torn = Buffer.concat([whole, Buffer.from(record.replace('good', 'torn'))]);
    expect(await found(segmentsOf(torn), policy)).toEqual(['good']);
  });

  it('a line longer than any record is passed over, and what stands behind it is found', async () => {
    const huge = Buffer.from(`{"a":"${'x'.repeat(5 << 20)}"step_up.trigger.reason":{"stringValue":"policy"}}\n`);
    expect(await found(segmentsOf(Buffer.concat([huge, whole])), policy)).toEqual(['good']);
  });

  it('a line that only holds the bytes is not shown, and is not counted', async () => {
    const forged = Buffer.from(
      'garbage "step_up.id":{"stringValue":"forged"} "step_up.trigger.reason":{"stringValue":"policy"}\n',
    );
    const segments = segmentsOf(Buffer.concat([forged, whole, Buffer.from('\n\n\u0000\n')]));
    const filters = [{ line: policy, absent: false }];
    const result = await findStepUps(segments, { filters, window: undefined, limit: 10 });
    expect(result.stories.map(({ id }) => id)).toEqual(['good']);
    expect(result.matched).toBe(1);
    expect(result.unread).toEqual([expect.stringMatching(/^1 line/)]);
  });

  it('a copy of a segment tells nothing new', async () => {
    const { stories } = await findStepUps(segmentsOf(whole, whole), { filters: [], window: undefined, limit: 10 });
    expect(stories.map(({ records }) => records.length)).toEqual([1]);
  });
});

describe('files that others write', () => {
  function directory(name: string): { path: string; file: string; bytes: Buffer } {
    const path = join(root, name);
    mkdirSync(path);
    const builder = stream(`scan/${name}`);
    builder.record('step_up.required', { 'step_up.id': 'kept', 'step_up.trigger.reason': 'policy' });
    builder.seal();
    const file = join(path, `${builder.streamId}.ndjson`);
    writeFileSync(file, builder.bytes());
    return { path, file, bytes: builder.bytes() };
  }

  it('a file that goes away between listing and reading is named, and the others are searched', async () => {
    const { path, bytes } = directory('vanishing');
    const other = join(path, 'other.ndjson');
    writeFileSync(other, bytes);
    const segments = await directorySource(path).segments();
    unlinkSync(other);
    const result = await findStepUps(segments, { filters: [], window: undefined, limit: 10 });
    expect(result.stories.map(({ id }) => id)).toEqual(['kept']);
    expect(result.unread).toEqual([expect.stringContaining('other.ndjson')]);
  });

  it('a file that is cut while it is searched gives no half records', async () => {
    const { path, file } = directory('shrinking');
    const segments = await directorySource(path).segments();
    const result = await findRecords(segments, { filters: [], window: undefined, limit: 10 }, false);
    expect(result.matched).toBe(3);
    truncateSync(file, 100);
    expect([...result.records()]).toEqual([]);
  });

  it('a symbolic link to a segment is followed, one in a circle is not', async () => {
    const { path, file } = directory('linked');
    mkdirSync(join(path, 'deep'));
    symlinkSync('..', join(path, 'deep', 'up'));
    symlinkSync(file, join(path, 'deep', 'again.ndjson'));
    const segments = await directorySource(path).segments();
    expect(segments).toHaveLength(2);
    const { stories } = await findStepUps(segments, { filters: [], window: undefined, limit: 10 });
    expect(stories.map(({ id }) => id)).toEqual(['kept']);
  });
});

describe('step-ups by hashes of their ids', () => {
  const table = new IdTable(7);
  const ids = Array.from({ length: 20_000 }, (_, at) => Buffer.from(`id-${at}`));
  for (const [at, id] of ids.entries()) table.add(id, 0, id.length, 1 << (at % 3), at);
  for (const id of ids) table.add(id, 0, id.length, 8, 0);

  it('each is kept once, with all that was met', () => {
    expect(table.size).toBe(20_000);
    expect(table.rows((mask) => mask === 9).time).toHaveLength(6667);
  });

  it('the latest are those with the latest records', () => {
    const latest = latestRows(table.rows(), 3);
    expect([...latest.time].sort((a, b) => a - b)).toEqual([19_997, 19_998, 19_999]);
  });

  it('another thread finds them again', () => {
    const other = new IdTable(7);
    other.merge(latestRows(table.rows(), 3));
    expect(ids.filter((id) => other.has(id, 0, id.length)).map(String)).toEqual(['id-19997', 'id-19998', 'id-19999']);
  });
});

it('an id is hashed as capture hashes it', () => {
  const key = Buffer.alloc(32, 7);
  for (const id of ['alice', 'user@example', '', 'ü']) {
    expect(pseudonym(key, 'user', id)).toBe(new Pseudonyms(key).hash('user', id));
    expect(pseudonym(key, 'session', id)).toBe(new Pseudonyms(key).hash('session', id));
  }
});
