// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { encodePayload, parsePayload, type TypedValue } from '@stepseal/core/format';
import { StreamBuilder, typedAttributes } from '@stepseal/testkit';
import { describe, expect, test } from 'vitest';
import { compareDocument, isAsSealed } from '../../src/elasticsearch/compare-document.ts';
import { parseLossless } from '../../src/elasticsearch/lossless-json.ts';
import { isStoredBody } from '../../src/elasticsearch/stored-body.ts';
import { isTime } from '../../src/elasticsearch/stored-time.ts';
import { differences, type ExporterVector, FACTS, factsOf, INDEX, type Json, sealedText, vectors } from './support.ts';

const { from, vectors: documents } = vectors<{ from: string; vectors: ExporterVector[] }>('exporter-0.156.0');
const others = vectors<{
  times: { ns: string; stored: string; same: boolean }[];
  bodies: { sealed: string; stored: string; same: boolean }[];
}>('other-versions');

describe(`documents of ${from}`, () => {
  test.each(documents)('$name: the document of the record is no alarm', ({ index, hash, source }) => {
    const payload = parsePayload(Buffer.from(sealedText(source)));
    const found = compareDocument(
      { id: hash, index, source: parseLossless(source) },
      { payload, hash },
      factsOf(documents),
    );
    expect(found).toEqual([]);
  });
});

test('every record of a stream of ours passes by the quick comparison', () => {
  const own = documents.filter(({ name }) => /^(?:an open record|a seal|a close record|record \d)/.test(name));
  const slow = own.filter(({ hash, index, source }) => {
    const document = { id: hash, index, source: parseLossless(source) };
    return !isAsSealed(document, { text: sealedText(source), hash }, factsOf(documents));
  });
  expect([own.length, slow.map(({ name }) => name)]).toEqual([7, []]);
});

describe('other versions of the exporter', () => {
  test.each(others.times)('time $stored of $ns is read as it was meant', ({ ns, stored, same }) => {
    expect(isTime(BigInt(ns), parseLossless(stored))).toBe(same);
  });

  test.each(others.bodies)('body $stored of $sealed is read as it was meant', ({ sealed, stored, same }) => {
    expect(isStoredBody(parsePayload(Buffer.from(sealed)).body, parseLossless(stored))).toBe(same);
  });
});

const stream = new StreamBuilder({ label: 'compared' }).open();
stream.record(
  'step_up.completed',
  {
    'step_up.id': '1',
    'step_up.outcome': 'failed',
    'step_up.method': 'totp',
    'step_up.attempt.number': 1,
    'step_up.amr': ['pwd', 'otp'],
    'step_up.phishing_resistant': false,
    'user.hash': 'u',
  },
  { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', body: 'The code was wrong.' },
);
const text = stream.lines.findLast((line) => line.kind === 'record')?.text ?? '';

const attributes = (document: Json): Json => document['attributes'] as Json;
const resource = (document: Json): Json => (document['resource'] as { attributes: Json }).attributes;

/** One edit a row: what it is, the edit, the kind and path of the one difference. */
const EDITS: readonly (readonly [string, (document: Json) => void, string, string])[] = [
  ['a text', (d) => (attributes(d)['user.hash'] = 'v'), 'altered', 'attributes.user.hash'],
  ['an integer', (d) => (attributes(d)['step_up.attempt.number'] = 2), 'altered', 'attributes.step_up.attempt.number'],
  ['1 as "1"', (d) => (attributes(d)['step_up.attempt.number'] = '1'), 'altered', 'attributes.step_up.attempt.number'],
  [
    '1 as 1.0',
    (d) => (attributes(d)['step_up.attempt.number'] = parseLossless('1.0')),
    'altered',
    'attributes.step_up.attempt.number',
  ],
  [
    'a boolean',
    (d) => (attributes(d)['step_up.phishing_resistant'] = true),
    'altered',
    'attributes.step_up.phishing_resistant',
  ],
  [
    'false as "false"',
    (d) => (attributes(d)['step_up.phishing_resistant'] = 'false'),
    'altered',
    'attributes.step_up.phishing_resistant',
  ],
  ['the order of a list', (d) => (attributes(d)['step_up.amr'] = ['otp', 'pwd']), 'altered', 'attributes.step_up.amr'],
  [
    'one more in a list',
    (d) => (attributes(d)['step_up.amr'] = ['pwd', 'otp', 'hwk']),
    'altered',
    'attributes.step_up.amr',
  ],
  ['a text as a list of it', (d) => (attributes(d)['user.hash'] = ['u']), 'altered', 'attributes.user.hash'],
  ['null', (d) => (attributes(d)['user.hash'] = null), 'altered', 'attributes.user.hash'],
  ['an attribute taken out', (d) => delete attributes(d)['user.hash'], 'missing', 'attributes.user.hash'],
  ['all attributes taken out', (d) => delete d['attributes'], 'missing', 'attributes'],
  ['attributes twice', (d) => (d['attributes'] = [d['attributes'], {}]), 'altered', 'attributes'],
  [
    'a registry name added',
    (d) => (attributes(d)['step_up.access.result'] = 'granted'),
    'altered',
    'attributes.step_up.access.result',
  ],
  [
    'a general name of the registry added',
    (d) => (attributes(d)['client.address'] = '192.0.2.1'),
    'altered',
    'attributes.client.address',
  ],
  ['a name of ours that the registry has not', (d) => (attributes(d)['step_up.other'] = 1), 'altered', 'attributes'],
  [
    'an object that is found as an attribute',
    (d) => (attributes(d)['user'] = { hash: 'v' }),
    'altered',
    'attributes.user.hash',
  ],
  ['the same inside a list', (d) => (attributes(d)['user'] = ['x', { hash: 'v' }]), 'altered', 'attributes.user.hash'],
  [
    'the same inside lists of lists',
    (d) => (attributes(d)['user'] = [[{ hash: 'v' }]]),
    'altered',
    'attributes.user.hash',
  ],
  [
    'an object that is found as the hash',
    (d) => (attributes(d)['audit'] = { integrity: { hash: 'v' } }),
    'altered',
    'attributes.audit.integrity.hash',
  ],
  ['a path at the top', (d) => (d['attributes.user.hash'] = 'v'), 'altered', 'attributes'],
  ['a path to the body', (d) => (d['body.text'] = 'v'), 'altered', 'body'],
  [
    'a path below the Resource',
    (d) => ((d['resource'] as Json)['attributes.service.name'] = 'v'),
    'altered',
    'resource.attributes',
  ],
  ['a registry name at the top', (d) => (d['step_up'] = { id: '2' }), 'altered', 'document'],
  ['the time', (d) => (d['@timestamp'] = '1700000000000.0'), 'altered', '@timestamp'],
  ['the time taken out', (d) => delete d['@timestamp'], 'missing', '@timestamp'],
  ['the observed time', (d) => (d['observed_timestamp'] = '1700000000000.0'), 'altered', 'observed_timestamp'],
  ['the event name', (d) => (d['event_name'] = 'step_up.access'), 'altered', 'event_name'],
  ['the severity', (d) => (d['severity_number'] = 9), 'altered', 'severity_number'],
  ['the severity in words', (d) => (d['severity_text'] = 'INFO'), 'altered', 'severity_text'],
  ['the trace id', (d) => (d['trace_id'] = '1'.repeat(32)), 'altered', 'trace_id'],
  ['the span id taken out', (d) => delete d['span_id'], 'missing', 'span_id'],
  ['the body', (d) => (d['body'] = { text: 'The code was right.' }), 'altered', 'body'],
  ['the body taken out', (d) => delete d['body'], 'missing', 'body'],
  ['a count of dropped attributes', (d) => (d['dropped_attributes_count'] = 1), 'altered', 'dropped_attributes_count'],
  ['the scope', (d) => ((d['scope'] as Json)['name'] = 'other'), 'altered', 'scope.name'],
  ['the scope as a list', (d) => (d['scope'] = [d['scope']]), 'altered', 'scope'],
  ['the version of the scope', (d) => ((d['scope'] as Json)['version'] = '9'), 'altered', 'scope.version'],
  ['the dataset', (d) => ((d['data_stream'] as Json)['dataset'] = 'other'), 'altered', 'data_stream'],
  [
    'a namespace that only begins like it',
    (d) => ((d['data_stream'] as Json)['namespace'] = 'def'),
    'altered',
    'data_stream',
  ],
  [
    'a namespace with what follows',
    (d) => ((d['data_stream'] as Json)['namespace'] = 'default-2026.11.21'),
    'altered',
    'data_stream',
  ],
  ['the name of the place taken out', (d) => delete d['data_stream'], 'missing', 'data_stream'],
  [
    'the record hash',
    (d) => (attributes(d)['audit.integrity.hash'] = '0'.repeat(64)),
    'altered',
    'attributes.audit.integrity.hash',
  ],
  [
    'the record hash taken out',
    (d) => delete attributes(d)['audit.integrity.hash'],
    'missing',
    'attributes.audit.integrity.hash',
  ],
  [
    'the signer',
    (d) => (attributes(d)['audit.integrity.signer'] = 'collector'),
    'altered',
    'attributes.audit.integrity.signer',
  ],
  [
    'a seal before the record',
    (d) => (attributes(d)['audit.integrity.seal'] = 1),
    'altered',
    'attributes.audit.integrity.seal',
  ],
  [
    'a note on a record that seals nothing',
    (d) => (attributes(d)['audit.integrity.note'] = 'n'),
    'altered',
    'attributes.audit.integrity.note',
  ],
  ['the service', (d) => (resource(d)['service.name'] = 'other'), 'resource', 'resource.attributes.service.name'],
  ['the service taken out', (d) => delete resource(d)['service.name'], 'resource', 'resource.attributes.service.name'],
  [
    'a number of the Resource as text',
    (d) => (resource(d)['service.replicas'] = '3'),
    'resource',
    'resource.attributes.service.replicas',
  ],
  [
    'an object that is found as the service',
    (d) => (resource(d)['service'] = { name: 'v' }),
    'resource',
    'resource.attributes.service.name',
  ],
  ['a name of ours in the Resource', (d) => (resource(d)['step_up.id'] = '1'), 'altered', 'resource.attributes'],
  [
    'another algorithm',
    (d) => (resource(d)['audit.integrity.algorithm'] = 'none'),
    'altered',
    'resource.attributes.audit.integrity.algorithm',
  ],
];

describe('one edit of a document', () => {
  test.each(EDITS)('%s is found, and is the one thing that is found', (_name, edit, kind, path) => {
    expect(differences(text, edit).map((difference) => [difference.kind, difference.path])).toEqual([[kind, path]]);
  });

  test('another id than the record hash is found', () => {
    const source = parseLossless(documents[0]?.source ?? '');
    const payload = parsePayload(Buffer.from(sealedText(documents[0]?.source ?? '')));
    const hash = documents[0]?.hash ?? '';
    const found = compareDocument({ id: 'x', index: INDEX, source }, { payload, hash }, factsOf(documents));
    expect(found).toEqual([{ kind: 'altered', path: '_id', sealed: JSON.stringify(hash), stated: '"x"' }]);
  });

  test('both values are shown of a registry attribute, and neither of an application’s', () => {
    const foreign = encodePayload({ attributes: typedAttributes({ 'bank.iban': 'DE02', 'user.hash': 'u' }) });
    const edit = (document: Json): void => {
      attributes(document)['bank.iban'] = 'DE03';
      attributes(document)['user.hash'] = 'v';
    };
    expect(differences(foreign, edit)).toEqual([
      { kind: 'altered', path: 'attributes' },
      { kind: 'altered', path: 'attributes.user.hash', sealed: '"u"', stated: '"v"' },
    ]);
  });
});

const ADDITIONS: readonly (readonly [string, (document: Json) => void, string])[] = [
  ['an attribute', (d) => (attributes(d)['deployment.color'] = 'blue'), 'attributes.deployment.color'],
  ['an object', (d) => (attributes(d)['k8s'] = { pod: { labels: ['a'] } }), 'attributes.k8s'],
  ['a Resource attribute', (d) => (resource(d)['k8s.pod.name'] = 'bank-1'), 'resource.attributes.k8s.pod.name'],
  [
    'the URL of a schema',
    (d) => ((d['resource'] as Json)['schema_url'] = 'https://example.com'),
    'resource.schema_url',
  ],
  ['attributes of the scope', (d) => ((d['scope'] as Json)['attributes'] = { a: 1 }), 'scope.attributes'],
  ['a field at the top', (d) => (d['event'] = { ingested: 'now' }), 'event'],
  ['what is not a plain name, without it', (d) => (attributes(d)['Bob\u001b[2J'] = 1), 'attributes'],
  [
    'another integrity attribute',
    (d) => (attributes(d)['audit.integrity.other'] = 1),
    'attributes.audit.integrity.other',
  ],
];

describe('what a Collector adds', () => {
  test.each(ADDITIONS)('%s is reported as added, not as an alarm', (_name, edit, path) => {
    expect(differences(text, edit)).toEqual([{ kind: 'added', path }]);
  });

  test('a Resource attribute that the policy lists may be changed and left out, no other', () => {
    const facts = { ...FACTS, overrides: ['service.name'] };
    expect(differences(text, (d) => (resource(d)['service.name'] = 'other'), facts)).toEqual([]);
    expect(differences(text, (d) => delete resource(d)['service.name'], facts)).toEqual([]);
    expect(differences(text, (d) => delete resource(d)['service.replicas'], facts)).toHaveLength(1);
  });

  test('without the open record neither Resource nor version is judged', () => {
    const edit = (document: Json): void => {
      resource(document)['service.name'] = 'other';
      (document['scope'] as Json)['version'] = '9';
    };
    expect(differences(text, edit, 'unknown')).toEqual([]);
  });
});

test('a merged place is compared with both of its parts', () => {
  const part = (value: number): TypedValue => ({ type: 'double', value });
  const place = encodePayload({
    attributes: typedAttributes({ 'geo.location.lat': part(52.5), 'geo.location.lon': part(13) }),
  });
  expect(differences(place)).toEqual([]);
  for (const moved of [[13, 53], [52.5, 13], [13], [13, 52.5, 0], '13,52.5', { lat: 52.5, lon: 13 }])
    expect(differences(place, (d) => (attributes(d)['geo.location'] = moved)).length).toBeGreaterThan(0);
  expect(differences(place, (d) => delete attributes(d)['geo.location'])).toHaveLength(2);
});

describe('a foreign record', () => {
  const word = (value: string): TypedValue => ({ type: 'string', value });
  const map = (...entries: readonly (readonly [string, TypedValue])[]): TypedValue => ({
    type: 'map',
    value: new Map(entries),
  });
  const parts: TypedValue = { type: 'array', value: [map(['to', word('x')])] };
  const transfer = map(['state', word('held')], ['parts', parts]);
  const foreign = encodePayload({ attributes: new Map([['bank.transfer', transfer]]) });

  test.each(['bank.transfer.state', 'bank.transfer.parts.to'])(
    'is altered where what its map says is said again as %s',
    (name) => {
      expect(differences(foreign, (d) => (attributes(d)[name] = 'done'))).toEqual([
        { kind: 'altered', path: 'attributes' },
      ]);
    },
  );

  test('is not altered by a name beside its map', () => {
    const found = differences(foreign, (d) => (attributes(d)['bank.transfer.other'] = 'done'));
    expect(found.map(({ kind }) => kind)).toEqual(['added']);
  });

  test('without a scope is altered by a list of scopes, and by a list of Resources where none was stated', () => {
    const unknown = (edit: (d: Json) => void): readonly string[] =>
      differences(foreign, edit, { resource: new Map(), softwareVersion: '0.1.0' }).map(({ path }) => path);
    expect(unknown((d) => (d['scope'] = [{ name: 'v' }]))).toContain('scope');
    expect(unknown((d) => (d['resource'] = [{ attributes: { 'step_up.id': '2' } }]))).toContain('resource');
  });
});
