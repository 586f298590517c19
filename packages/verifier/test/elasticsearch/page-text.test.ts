// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLossless } from '../../src/elasticsearch/lossless-json.ts';
import { cutPage } from '../../src/elasticsearch/page-text.ts';

function cut(hits: readonly string[], rest = '"timed_out":false'): { envelope: unknown; hits: unknown[] } {
  const text = `{"pit_id":"p","took":1,${rest},"hits":{"max_score":null,"hits":[${hits.join(',')}]},"after":[1.5]}`;
  const page = cutPage(Buffer.from(text));
  return {
    envelope: JSON.parse(page.envelope.toString()),
    hits: page.hits.map(({ bytes, hidesDigits }) => parseLossless(bytes.toString(), hidesDigits)),
  };
}

test('each hit of any page is read as the whole page would have been, without losing a digit', () => {
  const number = fc.constantFrom('9007199254740993', '1.0', '-1e3', '12', '-0.10');
  const hit = fc
    .tuple(fc.json(), fc.string({ unit: 'grapheme' }), number)
    .map(([json, text, written]) => `{"_source":${json},"a":${JSON.stringify(`${text}"]},{[\\`)},"n":[${written}]}`);
  fc.assert(
    fc.property(fc.array(hit, { maxLength: 4 }), (hits) => {
      expect(cut(hits).hits).toEqual(hits.map((text) => parseLossless(text)));
      expect(cut(hits).envelope).toEqual({
        pit_id: 'p',
        took: 1,
        timed_out: false,
        hits: { max_score: null, hits: [] },
        after: [1.5],
      });
    }),
    { interruptAfterTimeLimit: 700 },
  );
});

test('of an answer without hits, or one that is cut off, nothing is taken for a hit', () => {
  for (const text of ['', '{}', '{"error":{"type":"x"}}', '{"hits":{"hits":[{"a":"b', '{"hits":{"hits":[{"a":"b\\']) {
    const page = cutPage(Buffer.from(text));
    expect([page.envelope.toString(), page.hits]).toEqual([text, []]);
  }
});
