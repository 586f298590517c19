// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { LIMITS, parsePayload } from '@stepseal/core/format';
import { StreamBuilder } from '@stepseal/testkit';
import { describe, expect, test } from 'vitest';
import { encodeHostile, HOSTILE } from './rows/emit.ts';

describe('attacks 7 and 72 at the place where the record is made', () => {
  for (const [name, input] of Object.entries(HOSTILE)) {
    test(`${name}: the event is still recorded, and says what was mended`, () => {
      const text = encodeHostile(input, new StreamBuilder({ label: 'emit' }).open());
      const bytes = Buffer.from(text);
      expect(bytes.length).toBeLessThanOrEqual(LIMITS.ownPayloadBytes);
      const { attributes, eventName } = parsePayload(bytes);
      expect(eventName).toBe('step_up.required');
      expect(attributes.get('step_up.id')).toEqual({ type: 'string', value: '1' });
      const sanitised = attributes.get('stepseal.sanitised');
      const named = sanitised?.type === 'array' ? sanitised.value.map(({ value }) => value) : [];
      expect(named).toEqual(input.named === undefined ? [] : [input.named]);
    });
  }

  test('two texts that decode alike after repair are told apart by what was mended', () => {
    const stream = new StreamBuilder({ label: 'emit' }).open();
    const mended = encodeHostile({ attributes: { 'security_rule.name': 'a\ud800' } }, stream);
    const genuine = encodeHostile({ attributes: { 'security_rule.name': 'a\ufffd' } }, stream);
    expect(mended).not.toBe(genuine);
  });
});
