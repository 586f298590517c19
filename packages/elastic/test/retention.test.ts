// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, it } from 'vitest';
import { ElasticError } from '../src/errors.ts';
import { lifecyclePhases, parseRetention, retentionInWords } from '../src/retention.ts';

it.each([
  ['400 days', '400 days', 400],
  ['1 day', '1 day', 1],
  ['2weeks', '2 weeks', 14],
  [' 13 Months ', '13 months', 403],
  ['7 years', '7 years', 2562],
  ['forever', 'forever', undefined],
])('%j keeps records at least as long as it says', (words, said, days) => {
  expect(parseRetention(words)).toEqual({ words: said, days });
});

it.each(['', '0 days', '-1 day', '1.5 years', '400', '400d', 'for ever', '1000000 days', '3 days 2 weeks'])(
  '%j is no retention, and nothing is guessed',
  (words) => {
    expect(() => parseRetention(words)).toThrow(expect.objectContaining({ code: 'ELASTIC_SETTING_INVALID' }));
    expect(() => parseRetention(words)).toThrow(ElasticError);
  },
);

it('forever deletes nothing', () => {
  expect(JSON.stringify(lifecyclePhases(parseRetention('forever')))).not.toContain('delete');
  expect(retentionInWords(parseRetention('forever'))).toBe('Nothing is ever deleted.');
});

it('an index is deleted no earlier than what was stated after its last record', () => {
  expect(lifecyclePhases(parseRetention('13 months'))).toMatchObject({ delete: { min_age: '403d' } });
  expect(retentionInWords(parseRetention('13 months'))).toContain('403 to 433 days old');
});
