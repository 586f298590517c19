// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { recordHash } from '@stepseal/core/format';
import { withAttributes } from '@stepseal/testkit';
import type { Target } from '../support/target.ts';
import { on, type StoreRow, type StoreVariant } from '../support/variant.ts';

const PAYLOAD = 'audit.integrity.payload';
const NOTE = 'audit.integrity.note';

/** The sealed bytes of one record edited, all else as it was. */
const bytes = (number: number, change: (payload: string) => string): StoreVariant =>
  on('closed', (target) =>
    target.edit(number, ({ attributes }) => {
      attributes[PAYLOAD] = change(String(attributes[PAYLOAD]));
    }),
  );

const remark = (payload: string): string => withAttributes(payload, { 'app.remark': 'edited' });

/** What a careful forger makes of a record: sealed bytes, fields and hash all say the same. */
function careful(target: Target, number: number) {
  const genuine = target.record(number);
  return target.forged(withAttributes(genuine.payload, { 'step_up.id': '9999' }), genuine);
}

/** Row 1. */
export const sealedBytes: StoreRow = {
  ...Object.fromEntries(Array.from({ length: 19 }, (_, index) => [`record ${index + 1}`, bytes(index + 1, remark)])),
  'bytes, fields and hash, under the same id': on('closed', (target) =>
    target.edit(9, () => target.document(careful(target, 9))),
  ),
  'bytes, fields, hash and id': on('closed', async (target) => {
    const forged = careful(target, 9);
    await target.remove(9);
    await target.stream.create([[forged.hash, target.document(forged)]]);
  }),
  'bytes and hash, fields left': on('closed', (target) =>
    target.edit(9, ({ attributes }) => {
      const payload = remark(String(attributes[PAYLOAD]));
      attributes[PAYLOAD] = payload;
      attributes['audit.integrity.hash'] = recordHash(payload);
    }),
  ),
  'one space': bytes(9, (payload) => payload.replace('{"attributes":', '{ "attributes":')),
  'cut at 100 characters': bytes(9, (payload) => payload.slice(0, 100)),
  'last character cut': bytes(9, (payload) => payload.slice(0, -1)),
  'no JSON': bytes(9, () => 'redacted'),
  empty: bytes(9, () => ''),
  'bytes of the next record': on('closed', (target) =>
    target.edit(9, ({ attributes }) => {
      attributes[PAYLOAD] = target.record(10).payload;
    }),
  ),
  'bytes taken away': on('closed', (target) =>
    target.edit(9, ({ attributes }) => {
      delete attributes[PAYLOAD];
    }),
  ),
  'a note edited': on('closed', (target) =>
    target.edit(11, ({ attributes }) => {
      attributes[NOTE] = String(attributes[NOTE]).replace(/.(?=\n$)/, 'A');
    }),
  ),
  'a note taken away': on('closed', (target) =>
    target.edit(11, ({ attributes }) => {
      delete attributes[NOTE];
    }),
  ),
  'two notes exchanged': on('closed', async (target) => {
    const [first, second] = [target.record(11).note, target.record(12).note];
    await target.edit(11, ({ attributes }) => {
      attributes[NOTE] = second;
    });
    await target.edit(12, ({ attributes }) => {
      attributes[NOTE] = first;
    });
  }),
  'note of the open record taken away': on('closed', (target) =>
    target.edit(1, ({ attributes }) => {
      delete attributes[NOTE];
    }),
  ),
};
