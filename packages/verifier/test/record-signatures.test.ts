// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { isNoteLine, parseNoteLine } from '@stepseal/core/format';
import { severityOf } from '@stepseal/core/semconv';
import { type StreamBuilder, type TestKey, TestWriter, testKey, writeStepUp } from '@stepseal/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Report } from '../src/report.ts';
import { directorySource } from '../src/sources/file-source.ts';
import { ndjsonSource } from '../src/sources/ndjson-source.ts';
import { parseTrustPolicy, type TrustPolicy } from '../src/trust.ts';
import { verify } from '../src/verify.ts';
import { later, policyOf, said } from './support.ts';

const COLLECTOR = testKey('gateway', 'collector/gateway');

interface Trail {
  readonly writer: TestWriter;
  readonly stream: StreamBuilder;
  readonly payloads: readonly Buffer[];
  readonly notes: readonly (string | undefined)[];
}

/** A closed stream of seven records. */
function trail(label: string): Trail {
  const writer = new TestWriter({ label });
  const stream = writeStepUp(writer.start(), '1').seal();
  writer.close();
  const lines = Buffer.from(stream.bytes()).toString('latin1').split('\n').slice(0, -1);
  const payloads: Buffer[] = [];
  const notes: (string | undefined)[] = [];
  for (const line of lines.map((text) => Buffer.from(text, 'latin1'))) {
    if (isNoteLine(line)) notes[payloads.length - 1] = parseNoteLine(line);
    else payloads.push(line);
  }
  return { writer, stream, payloads, notes };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const signedBy = (key: TestKey, payloads: readonly Buffer[]): string[] => payloads.map((p) => base64(key.sign(p)));

function withCollector(writer: TestWriter): TrustPolicy {
  const { name, vkey } = writer.identity;
  return parseTrustPolicy(
    JSON.stringify({ version: 1, deployments: { [name]: { identities: [vkey], collectors: [COLLECTOR.vkey] } } }),
  );
}

function check(
  { writer }: Trail,
  source: ReturnType<typeof directorySource>,
  trust = policyOf(writer.identity),
): Promise<Report> {
  return verify({ sources: [source], trust, now: later(writer), recordSignatures: true });
}

/** The data directory, with this text in the signature file. */
function onDisk(made: Trail, signatures: string | undefined): ReturnType<typeof directorySource> {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, bytes] of made.writer.files()) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
    if (signatures !== undefined) writeFileSync(join(directory, path.replace('.ndjson', '.signatures')), signatures);
  }
  return directorySource(directory);
}

interface Typed {
  readonly [wrapper: string]: unknown;
}

const anyValue = (value: Typed | readonly Typed[]): object =>
  Array.isArray(value) ? { arrayValue: { values: value.map(anyValue) } } : value;

/** The fields of an exported record of a registry event, from its payload. */
function fieldsOf(payload: Buffer): { attributes: object[]; [field: string]: unknown } {
  const p = JSON.parse(payload.toString());
  const value = (name: string): unknown => Object.values(p.attributes[name] ?? {})[0];
  const { number, text } = severityOf(p.event_name, value('step_up.outcome'), value('step_up.access.result'));
  return {
    timeUnixNano: p.timestamp,
    observedTimeUnixNano: p.observed_timestamp ?? p.timestamp,
    severityNumber: number,
    severityText: text,
    ...(p.body === undefined ? {} : { body: p.body }),
    eventName: p.event_name,
    traceId: p.trace_id ?? '',
    spanId: p.span_id ?? '',
    attributes: Object.entries<Typed>(p.attributes).map(([key, typed]) => ({ key, value: anyValue(typed) })),
  };
}

/** As a Collector's file exporter leaves it: requests of three records, in JSON, one a line. */
function inOtlp(made: Trail, values: readonly (string | undefined)[], algorithm: string | undefined): string {
  const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
  const records = made.payloads.map((payload, i) => {
    const { attributes, ...fields } = fieldsOf(payload);
    const added = [text('other', 'x'), text('audit.integrity.payload', payload.toString())];
    if (made.notes[i] !== undefined) added.push(text('audit.integrity.note', made.notes[i]));
    if (values[i] !== undefined) added.push(text('audit.integrity.value', values[i]));
    return { ...fields, attributes: [...added, ...attributes] };
  });
  const attributes = algorithm === undefined ? [] : [text('audit.integrity.algorithm', algorithm)];
  const request = (logRecords: readonly object[]): string =>
    `${JSON.stringify({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ scope: {}, logRecords }] }] })}\n`;
  return [0, 3, 6].map((from) => request(records.slice(from, from + 3))).join('');
}

function exported(
  made: Trail,
  values: readonly (string | undefined)[],
  algorithm?: string,
): ReturnType<typeof ndjsonSource> {
  const source = ndjsonSource(Readable.from([Buffer.from(inOtlp(made, values, algorithm))]));
  onTestFinished(() => source.dispose?.());
  return source;
}

const lines = (values: readonly string[]): string => values.map((value) => `${value}\n`).join('');

describe('signatures beside a segment', () => {
  test('of the stream key are counted and said nothing of', async () => {
    const made = trail('rs/good');
    const report = await check(made, onDisk(made, lines(signedBy(made.stream.streamKey, made.payloads))));
    expect(said(report)).toEqual([]);
    expect(report.recordSignatures).toEqual({ valid: 7, resigned: 0, mismatched: 0, unsigned: 0 });
  });

  test('may be missing, or cut off anywhere: they are optional', async () => {
    const made = trail('rs/cut');
    const whole = lines(signedBy(made.stream.streamKey, made.payloads));
    for (const [text, valid] of [
      [undefined, 0],
      ['', 0],
      [whole.slice(0, 89 * 3), 3],
      [whole.slice(0, 89 * 4 - 1), 3],
    ] as const) {
      const report = await check(made, onDisk(made, text));
      expect(said(report)).toEqual([]);
      expect(report.recordSignatures).toEqual({ valid, resigned: 0, mismatched: 0, unsigned: 7 - valid });
    }
  });

  test.each<[string, (values: string[], made: Trail) => string[], number[]]>([
    ['two that were swapped', ([a, b, c, ...rest]) => [a, c, b, ...rest] as string[], [2, 3]],
    ['one of another record', ([a, , ...rest]) => [a, a, ...rest] as string[], [2]],
    [
      'one by an unknown key',
      ([a, , ...rest], { payloads }) => [a, base64(testKey('x', 'x').sign(payloads[1] as Buffer)), ...rest] as string[],
      [2],
    ],
    [
      'an HMAC that takes the public key for a secret',
      ([a, , ...rest], { payloads, stream }) =>
        [
          a,
          base64(
            createHmac('sha512', stream.streamKey.publicKey)
              .update(payloads[1] as Buffer)
              .digest(),
          ),
          ...rest,
        ] as string[],
      [2],
    ],
    ['one of zeros', ([a, , ...rest]) => [a, base64(new Uint8Array(64)), ...rest] as string[], [2]],
    [
      'one in another spelling of base64',
      ([a, b = '', ...rest]) =>
        [a, b.replaceAll('+', '-').replaceAll('/', '_').replace('==', 'xx'), ...rest] as string[],
      [2],
    ],
    [
      'the identity key, which signs no records',
      (values, { payloads, writer }) => [...values.slice(0, 6), ...signedBy(writer.identity, payloads.slice(6))],
      [7],
    ],
  ])('%s: ALG_MISMATCH, and the verdict is tampered', async (name, change, numbers) => {
    const made = trail(`rs/${name}`);
    const values = change(signedBy(made.stream.streamKey, made.payloads), made);
    const report = await check(made, onDisk(made, lines(values)));
    expect(report.findings.map(({ code, severity, from }) => [code, severity, from])).toEqual(
      numbers.map((number) => ['ALG_MISMATCH', 'tampered', number]),
    );
    expect(report.exitCode).toBe(1);
  });

  test('say nothing unless they are asked for', async () => {
    const made = trail('rs/unasked');
    const source = onDisk(made, lines(made.payloads.map(() => base64(new Uint8Array(64)))));
    const report = await verify({ sources: [source], trust: policyOf(made.writer.identity), now: later(made.writer) });
    expect(report.grade).toBe('SEALED');
    expect(report.recordSignatures).toBeUndefined();
  });

  test('of a stream that nobody vouches for are not looked at', async () => {
    const made = trail('rs/untrusted');
    const source = onDisk(made, lines(signedBy(made.stream.streamKey, made.payloads)));
    const report = await check(made, source, policyOf(testKey(made.writer.deployment, 'somebody else')));
    expect(report.recordSignatures).toEqual({ valid: 0, resigned: 0, mismatched: 0, unsigned: 0 });
  });
});

describe('an export of OTLP in JSON', () => {
  test('verifies like the segment that it was made of, its signatures too', async () => {
    const made = trail('rs/otlp');
    const report = await check(made, exported(made, signedBy(made.stream.streamKey, made.payloads), 'EdDSA'));
    expect(said(report)).toEqual([]);
    expect([report.grade, report.records]).toEqual(['SEALED', 7]);
    expect(report.recordSignatures).toEqual({ valid: 7, resigned: 0, mismatched: 0, unsigned: 0 });
  });

  test('signed again by a Collector of the policy is information, and by any other one is not', async () => {
    const made = trail('rs/resigned');
    const values = signedBy(COLLECTOR, made.payloads);
    const known = await check(made, exported(made, values, 'EdDSA'), withCollector(made.writer));
    expect(new Set(said(known))).toEqual(new Set(['info RESIGNED']));
    expect([known.exitCode, known.recordSignatures?.resigned]).toEqual([0, 7]);
    const unknown = await check(made, exported(made, values, 'EdDSA'));
    expect(new Set(said(unknown))).toEqual(new Set(['tampered ALG_MISMATCH']));
  });

  test.each([undefined, 'none', 'RS256', 'HS256', 'ES256', 'eddsa'])(
    'that names %j as the algorithm is a mismatch',
    async (algorithm) => {
      const made = trail(`rs/algorithm/${algorithm}`);
      const report = await check(made, exported(made, signedBy(made.stream.streamKey, made.payloads), algorithm));
      expect(report.recordSignatures).toEqual({ valid: 0, resigned: 0, mismatched: 7, unsigned: 0 });
    },
  );

  test('with a record twice, once with a signature and once with a bad one, is a mismatch', async () => {
    const made = trail('rs/twice');
    const good = inOtlp(made, signedBy(made.stream.streamKey, made.payloads), 'EdDSA');
    const bad = inOtlp(made, [base64(new Uint8Array(64))], 'EdDSA');
    const source = ndjsonSource(Readable.from([Buffer.from(good + bad)]));
    onTestFinished(() => source.dispose?.());
    const report = await check(made, source);
    expect(report.recordSignatures).toEqual({ valid: 6, resigned: 0, mismatched: 1, unsigned: 0 });
  });

  test('of any shape is read without failing', async () => {
    const made = trail('rs/shapes');
    const odd = [
      '{"resourceLogs":[null,1,{"scopeLogs":[{"logRecords":[{"attributes":[null,{"key":1}]}]}]}]}',
      '{"resourceLogs":',
      '{"resourceLogs":{}}',
    ];
    const text = `${odd.join('\n')}\n${inOtlp(made, [], undefined)}`;
    const source = ndjsonSource(Readable.from([Buffer.from(text)]));
    onTestFinished(() => source.dispose?.());
    const report = await check(made, source);
    expect(report.records).toBe(7);
    // Only the line that is no JSON is something that no stream explains.
    expect(report.findings.map(({ code }) => code)).toEqual(['MALFORMED']);
  });

  test.each<[string, object]>([
    ['an event of ours', { eventName: 'step_up.completed' }],
    ['an attribute of ours', { attributes: [{ key: 'step_up.outcome', value: { stringValue: 'passed' } }] }],
    ['a hash', { attributes: [{ key: 'audit.integrity.hash', value: { stringValue: 'a'.repeat(64) } }] }],
  ])('with a record that bears %s and has no payload is no pass', async (name, record) => {
    const made = trail(`rs/unsealed/${name}`);
    const [first = '', ...rest] = inOtlp(made, [], undefined).split('\n');
    for (const [added, exitCode] of [
      [record, 3],
      [{ eventName: 'order.placed', attributes: [{ key: 'audit.ticket', value: { stringValue: 'x' } }] }, 0],
    ] as const) {
      const request = JSON.parse(first);
      request.resourceLogs[0].scopeLogs[0].logRecords.splice(1, 0, added);
      const source = ndjsonSource(Readable.from([Buffer.from([JSON.stringify(request), ...rest].join('\n'))]));
      onTestFinished(() => source.dispose?.());
      expect((await check(made, source)).exitCode).toBe(exitCode);
    }
  });

  test.each<[string, (record: Exported) => void]>([
    ['timeUnixNano', (record) => Object.assign(record, { timeUnixNano: '1' })],
    ['observedTimeUnixNano', (record) => Object.assign(record, { observedTimeUnixNano: undefined })],
    ['severityNumber', (record) => Object.assign(record, { severityNumber: 17 })],
    ['severityText', (record) => Object.assign(record, { severityText: 'ERROR' })],
    ['eventName', (record) => Object.assign(record, { eventName: 'step_up.review' })],
    ['traceId', (record) => Object.assign(record, { traceId: '0af7651916cd43dd8448eb211c80319c' })],
    ['body', (record) => Object.assign(record, { body: { stringValue: 'all is well' } })],
    ['audit.record.id', (record) => setAttribute(record, 'audit.record.id', { stringValue: 'x' })],
    ['audit.sequence.number', (record) => setAttribute(record, 'audit.sequence.number', { intValue: '2' })],
    ['audit.schema.version', (record) => setAttribute(record, 'audit.schema.version', undefined)],
    [
      'audit.record.id',
      (record) => record.attributes.push(...record.attributes.filter(({ key }) => key === 'audit.record.id')),
    ],
    ['attributes', (record) => record.attributes.push({ key: 'step_up.nothing', value: { stringValue: 'x' } })],
    [
      'audit.integrity.hash',
      (record) => record.attributes.push({ key: 'audit.integrity.hash', value: { stringValue: 'a'.repeat(64) } }),
    ],
    [
      'audit.integrity.payload',
      (record) => record.attributes.unshift({ key: 'audit.integrity.payload', value: { stringValue: 'another' } }),
    ],
  ])('whose %s says something else than its payload is tampered with', async (field, change) => {
    const made = trail(`rs/altered/${field}`);
    const [first = '', ...rest] = inOtlp(made, [], undefined).split('\n');
    const request = JSON.parse(first);
    change(request.resourceLogs[0].scopeLogs[0].logRecords[0]);
    const source = ndjsonSource(Readable.from([Buffer.from([JSON.stringify(request), ...rest].join('\n'))]));
    onTestFinished(() => source.dispose?.());
    const report = await check(made, source);
    expect(report.findings.map(({ code, severity, from, field: told }) => [code, severity, from, told])).toEqual([
      ['PROJECTION_MISMATCH', 'tampered', 1, field],
    ]);
  });
});

interface Exported {
  attributes: { key: string; value: object }[];
}

function setAttribute(record: Exported, name: string, value: object | undefined): void {
  const others = record.attributes.filter(({ key }) => key !== name);
  record.attributes = value === undefined ? others : [...others, { key: name, value }];
}
