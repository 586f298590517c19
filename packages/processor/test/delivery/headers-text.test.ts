// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, test } from 'vitest';
import { parseHeaders } from '../../src/delivery/headers-text.ts';

test('one header a line; empty lines, comments, a byte order mark and CR LF do no harm', () => {
  expect(parseHeaders('\uFEFF# token\r\nAuthorization: Bearer a:b=c\r\n\r\nX-Tenant:bank  \n')).toEqual({
    authorization: 'Bearer a:b=c',
    'x-tenant': 'bank',
  });
});

test.each([
  'no colon s3cret',
  ': s3cret',
  'a b: s3cret',
  'x: s3cret\x07',
  'x: s3crét',
  'Host: s3cret',
  'content-type: s3cret',
])('%j is refused without being repeated', (line) => {
  expect(() => parseHeaders(`ok: 1\n${line}\n`)).toThrow(RangeError);
  expect(() => parseHeaders(`ok: 1\n${line}\n`)).toThrow(/^line 2 (?!.*s3cr)/);
});
