// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { testKey } from '@stepseal/testkit';
import { describe, expect, test } from 'vitest';
import { formatKnownHeads, parseKnownHeads } from '../src/known-heads.ts';
import { parseTrustPolicy } from '../src/trust.ts';

const NAME = 'demo.bank';
const KEY = testKey(NAME, 'identity').vkey;
const [, ID = '', ENCODED = ''] = /^[^+]+\+([^+]+)\+(.*)$/.exec(KEY) ?? [];
const ROOT = Buffer.alloc(32, 7).toString('base64');
const STREAM = '01a19b7c-a680-7cdc-97d0-a685476c2feb';

describe('a trust policy', () => {
  const policy = (deployment: unknown, more: object = {}): string =>
    JSON.stringify({ version: 1, deployments: { [NAME]: deployment }, ...more });

  test('lists identities, collectors and overrides by deployment', () => {
    const { deployments } = parseTrustPolicy(
      policy({ identities: [KEY], collectors: [testKey('collector', 'c').vkey], overrides: ['host.name'] }),
    );
    expect(deployments.get(NAME)).toMatchObject({
      identities: [{ name: NAME }],
      collectors: [{ name: 'collector' }],
      overrides: ['host.name'],
    });
  });

  test('may leave out collectors and overrides, and may list no deployment at all', () => {
    expect(parseTrustPolicy(policy({ identities: [KEY] })).deployments.get(NAME)).toMatchObject({
      collectors: [],
      overrides: [],
    });
    expect(parseTrustPolicy('{"version":1,"deployments":{}}').deployments.size).toBe(0);
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['no JSON', 'trust everybody', 'not JSON'],
    ['a list', '[]', 'the file is not an object'],
    ['null', 'null', 'the file is not an object'],
    ['another version', '{"version":2,"deployments":{}}', '"version" is not 1'],
    ['no version', '{"deployments":{}}', '"version" is not 1'],
    ['no deployments', '{"version":1}', '"deployments" is not an object'],
    ['a member that nobody knows', policy({ identities: [KEY] }, { trustAll: true }), '"trustAll" in the file'],
    [
      'a deployment member that nobody knows',
      policy({ identities: [KEY], identites: [] }),
      '"identites" in deployments',
    ],
    ['a deployment that is a list', policy([]), `deployments["${NAME}"] is not an object`],
    ['a name that is none', `{"version":1,"deployments":{"A B":{}}}`, 'deployments["A B"] is not a deployment name'],
    ['no identities', policy({}), `deployments["${NAME}"].identities is empty`],
    ['an empty list of identities', policy({ identities: [] }), `deployments["${NAME}"].identities is empty`],
    ['identities that are no list', policy({ identities: KEY }), 'identities is not a list of strings'],
    ['an identity that is no string', policy({ identities: [1] }), 'identities is not a list of strings'],
    ['a second key that is none', policy({ identities: [KEY, 'x'] }), 'identities[1] is not a verifier key'],
    ['a key id of another key', policy({ identities: [`${NAME}+00000000+${ENCODED}`] }), 'identities[0] is not'],
    ['a key of 31 bytes', policy({ identities: [`${NAME}+${ID}+${ENCODED.slice(4)}`] }), 'identities[0] is not'],
    ['a key of another deployment', policy({ identities: [testKey('other', 'o').vkey] }), 'holds a key named "other"'],
    ['a collector that is no key', policy({ identities: [KEY], collectors: ['x'] }), 'collectors[0] is not'],
    ['overrides that are no list', policy({ identities: [KEY], overrides: {} }), 'overrides is not a list of strings'],
    ['a member twice', `{"version":1,"deployments":{},"deployments":{}}`, 'duplicate key'],
    ['a lone surrogate', `{"version":1,"deployments":{"\\ud800":{}}}`, 'surrogate'],
    ['more than a mebibyte', ' '.repeat(1_048_577), 'more than 1048576 bytes'],
    ['nesting without end', '['.repeat(100_000), 'not JSON'],
  ];
  test.each(refused)('with %s is refused and the place named', (_, text, place) => {
    expect(() => parseTrustPolicy(text)).toThrow(
      expect.objectContaining({ code: 'TRUST_POLICY_INVALID', message: expect.stringContaining(place) }),
    );
  });

  test('does not take a deployment from the prototype of objects', () => {
    const { deployments } = parseTrustPolicy('{"version":1,"deployments":{}}');
    expect(deployments.get('constructor')).toBeUndefined();
    expect(() => parseTrustPolicy('{"version":1,"__proto__":{},"deployments":{}}')).toThrow(/"__proto__" in the file/);
  });
});

describe('known heads', () => {
  const head = { deployment: NAME, size: 3, root: ROOT, closed: true };
  const heads = (change: object, writers: unknown = {}): string =>
    JSON.stringify({ version: 1, streams: { [STREAM]: { ...head, ...change } }, writers });

  test('are read back as they were written, streams in order of id', () => {
    const other = STREAM.replace('01a1', '01a0');
    const text = formatKnownHeads({
      streams: new Map([
        [STREAM, head],
        [other, { ...head, closed: false }],
      ]),
      writers: new Map([[other, STREAM]]),
    });
    expect(formatKnownHeads(parseKnownHeads(text))).toBe(text);
    expect([...parseKnownHeads(text).streams.keys()]).toEqual([other, STREAM]);
    expect(text.endsWith('}\n')).toBe(true);
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['no JSON', '', 'not JSON'],
    ['a list', '[]', 'the file is not an object'],
    ['another version', '{"version":"1","streams":{},"writers":{}}', '"version" is not 1'],
    ['no streams', '{"version":1,"writers":{}}', '"streams" is not an object'],
    ['no writers', '{"version":1,"streams":{}}', '"writers" is not an object'],
    ['a member that nobody knows', '{"version":1,"streams":{},"writers":{},"x":1}', '"x" in the file'],
    ['a stream member that nobody knows', heads({ roots: [] }), `"roots" in streams["${STREAM}"]`],
    ['a stream id that is none', `{"version":1,"streams":{"x":{}},"writers":{}}`, 'streams["x"] is not a stream id'],
    [
      'a stream that is null',
      `{"version":1,"streams":{"${STREAM}":null},"writers":{}}`,
      `streams["${STREAM}"] is not an`,
    ],
    ['no deployment', heads({ deployment: undefined }), '.deployment is not'],
    ['a deployment that is none', heads({ deployment: 'A B' }), '.deployment is not a deployment name'],
    ['a size of zero', heads({ size: 0 }), '.size is not a positive integer'],
    ['a size that is rounded', heads({ size: 2 ** 53 }), '.size is not a positive integer'],
    ['a size in text', heads({ size: '3' }), '.size is not a positive integer'],
    ['a root of 31 bytes', heads({ root: Buffer.alloc(31).toString('base64') }), '.root is not a SHA-256'],
    ['a root in base64url', heads({ root: ROOT.replace('=', '') }), '.root is not a SHA-256'],
    ['closed that is text', heads({ closed: 'yes' }), '.closed is not true or false'],
    ['a writer that is no object', heads({}, { [STREAM]: STREAM }), `writers["${STREAM}"] is not an object`],
    ['a newest that is no stream id', heads({}, { [STREAM]: { newest: 'x' } }), '.newest is not a stream id'],
    ['a member twice', `{"version":1,"streams":{},"streams":{},"writers":{}}`, 'duplicate key'],
  ];
  test.each(refused)('with %s are refused and the place named', (_, text, place) => {
    expect(() => parseKnownHeads(text)).toThrow(
      expect.objectContaining({ code: 'KNOWN_HEADS_INVALID', message: expect.stringContaining(place) }),
    );
  });
});
