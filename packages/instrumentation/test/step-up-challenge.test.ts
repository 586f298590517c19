// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { describe, expect, test } from 'vitest';
import { parseStepUpChallenge } from '../src/http/step-up-challenge.ts';

const CODE = 'insufficient_user_authentication';

describe('a step-up challenge (RFC 9470) is read', () => {
  const cases: [title: string, field: string, expected: unknown][] = [
    [
      'with quoted parameters',
      `Bearer error="${CODE}", error_description="More", acr_values="gold silver", max_age="5"`,
      { acrValues: ['gold', 'silver'], maxAgeS: 5 },
    ],
    [
      'with a bare max_age, as some servers write it',
      `Bearer error="${CODE}", max_age=300`,
      { acrValues: [], maxAgeS: 300 },
    ],
    ['with a bare error code', `Bearer error=${CODE},acr_values="gold"`, { acrValues: ['gold'] }],
    ['under DPoP', `DPoP error="${CODE}", acr_values="gold"`, { acrValues: ['gold'] }],
    ['with parameter names in capitals', `bearer ERROR="${CODE}", Max_Age="1"`, { acrValues: [], maxAgeS: 1 }],
    ['with spaces around the equals sign', `Bearer error = "${CODE}" , max_age\t=\t"7"`, { acrValues: [], maxAgeS: 7 }],
    ['after another challenge', `Basic realm="a", Bearer error="${CODE}", acr_values="x"`, { acrValues: ['x'] }],
    ['after a challenge without parameters', `Negotiate, Bearer error="${CODE}"`, { acrValues: [] }],
    ['after a challenge of token68 form', `Negotiate YII0123+/==, Bearer error="${CODE}"`, { acrValues: [] }],
    ['before another challenge', `Bearer error="${CODE}", max_age=9, Basic realm="b"`, { acrValues: [], maxAgeS: 9 }],
    [
      'with escaped quotes and commas inside quotes',
      `Bearer error_description="a \\"b\\", c=d", error="${CODE}"`,
      { acrValues: [] },
    ],
    [
      'with a class that is a URI',
      `Bearer error="${CODE}", acr_values="urn:example:loa:2"`,
      { acrValues: ['urn:example:loa:2'] },
    ],
    ['with empty list elements', `, ,Bearer error="${CODE}",, max_age=1,`, { acrValues: [], maxAgeS: 1 }],
    [
      'up to where it turns into nonsense',
      `Bearer error="${CODE}", acr_values="a" \u0000 max_age=1`,
      { acrValues: ['a'] },
    ],
  ];
  test.each(cases)('%s', (_title, field, expected) => {
    expect(parseStepUpChallenge([field])).toEqual(expected);
  });

  test('in the second of two header fields', () => {
    expect(parseStepUpChallenge(['Basic realm="x"', `Bearer error="${CODE}"`])).toEqual({ acrValues: [] });
  });

  test('without an age that is no number of seconds', () => {
    for (const age of ['-1', '1.5', '1e3', '99999999999', '', 'soon', '4294967296']) {
      expect(parseStepUpChallenge([`Bearer error="${CODE}", max_age="${age}"`])).toEqual({ acrValues: [] });
    }
  });
});

describe('what is no step-up challenge is not taken for one:', () => {
  const cases: [title: string, field: string][] = [
    ['another error', 'Bearer error="invalid_token"'],
    ['insufficient scope', 'Bearer error="insufficient_scope", scope="a"'],
    ['the code in a description', `Bearer error="invalid_token", error_description="not ${CODE}"`],
    ['a quoted parameter that holds a whole challenge', `Bearer realm="Bearer error=\\"${CODE}\\""`],
    ['a second error that would overrule the first', `Bearer error="invalid_token", error="${CODE}"`],
    ['a longer code', `Bearer error="${CODE}_not"`],
    ['an unterminated string', `Bearer error="${CODE}`],
    ['nothing', ''],
  ];
  test.each(cases)('%s', (_title, field) => {
    expect(parseStepUpChallenge([field])).toBeUndefined();
  });
});

describe('a hostile header costs no more than its length:', () => {
  const hostile: [title: string, field: string][] = [
    ['a field of a megabyte', `Bearer error="${CODE}", x="${'a'.repeat(1_000_000)}"`],
    ['thousands of schemes', `${'a '.repeat(4000)}${CODE}`],
    ['thousands of equals signs', `Bearer ${'='.repeat(8000)}${CODE}`],
    ['thousands of backslashes', `Bearer a="${'\\'.repeat(8000)}${CODE}`],
    ['thousands of spaces', `Bearer a${' '.repeat(8000)}b ${CODE}`],
    ['token68 that never ends well', `Bearer ${'a='.repeat(4000)}${CODE}`],
  ];
  test.each(hostile)('%s', (_title, field) => {
    expect(parseStepUpChallenge([field])).toBeUndefined();
  });

  test('no more than 16 classes are kept', () => {
    const classes = Array.from({ length: 1000 }, (_, index) => `c${index}`).join(' ');
    expect(parseStepUpChallenge([`Bearer error="${CODE}", acr_values="${classes}"`])?.acrValues).toHaveLength(16);
  });
});
