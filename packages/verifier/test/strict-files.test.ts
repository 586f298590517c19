// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { describe, expect, test } from 'vitest';
import { parseKnownHeads } from '../src/known-heads.ts';
import { parseTrustPolicy } from '../src/trust.ts';

const KEY = 'example.com/bank+2724af5c+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea';
const STREAM = '01a19b7c-a680-7cdc-97d0-a685476c2feb';
const LISTED = `"example.com/bank":{"identities":["${KEY}"]}`;
const HEAD = `{"deployment":"example.com/bank","size":3,"root":"${Buffer.alloc(32).toString('base64')}","closed":true}`;

describe('files that say whom to trust and what was seen are read in one way only', () => {
  test('a trust policy', () => {
    expect(parseTrustPolicy(`{"version":1,"deployments":{${LISTED}}}`).deployments.size).toBe(1);
  });

  test.each([
    ['a deployment twice', `{"version":1,"deployments":{${LISTED},${LISTED}}}`],
    ['a deployment twice, once escaped', `{"version":1,"deployments":{${LISTED},${LISTED.replace('"e', '"\\u0065')}}}`],
    ['deployments twice', `{"version":1,"deployments":{},"deployments":{${LISTED}}}`],
    ['identities twice', `{"version":1,"deployments":{"example.com/bank":{"identities":[],"identities":["${KEY}"]}}}`],
    ['deep nesting', `{"version":1,"deployments":${'['.repeat(1e5)}`],
  ])('a trust policy with %s is refused', (_name, text) => {
    expect(() => parseTrustPolicy(text)).toThrow(expect.objectContaining({ code: 'TRUST_POLICY_INVALID' }));
  });

  test('known heads with a stream twice are refused', () => {
    const heads = (streams: string): string => `{"version":1,"streams":{${streams}},"writers":{}}`;
    expect(parseKnownHeads(heads(`"${STREAM}":${HEAD}`)).streams.size).toBe(1);
    expect(() => parseKnownHeads(heads(`"${STREAM}":${HEAD},"${STREAM}":${HEAD.replace('3', '2')}`))).toThrow(
      expect.objectContaining({ code: 'KNOWN_HEADS_INVALID' }),
    );
  });
});
