// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { describe, expect, it } from 'vitest';
import { validateEvent } from '../../src/semconv/index.ts';

const GOOD = {
  'audit.action': 'STEP_UP_VERIFY',
  'audit.actor.id': 'pZ4Wx1c0hT7m9Kq2bV5sYg',
  'audit.actor.type': 'user',
  'audit.outcome': 'success',
  'step_up.correlation': 'derived',
  'step_up.duration_ms': 8421,
  'step_up.duration_source': 'local',
  'step_up.id': 'Zk3q0sXvT9m4Lw8aRb1cYQ',
  'step_up.method': 'webauthn',
  'step_up.outcome': 'passed',
  'step_up.source.layer': 'app',
  'step_up.source.library': '@simplewebauthn/server',
  'step_up.source.library_version': '14.0.3',
};

const rulesOf = (attributes: object) =>
  validateEvent('step_up.completed', { ...GOOD, ...attributes }).map(({ attribute, rule }) => [attribute, rule]);

describe('validateEvent', () => {
  it('finds nothing wrong with an event that follows the registry', () => {
    expect(validateEvent('step_up.completed', GOOD)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['step_up.outcome', undefined, 'missing'],
    ['made.up', 1, 'unknown'],
    ['stepseal.gap.count', 1, 'unknown'],
    ['audit.record.id', 'x', 'set_by_encoder'],
    ['http.route', 5, 'type'],
    ['step_up.phishing_resistant', 'true', 'type'],
    ['step_up.amr', 'hwk', 'type'],
    ['step_up.amr', ['hwk', 1], 'type'],
    ['step_up.duration_ms', '8421', 'type'],
    ['http.route', '', 'empty'],
    ['step_up.amr', [], 'empty'],
    ['step_up.amr', [''], 'empty'],
    ['http.route', 'ü'.repeat(129), 'too_long'],
    ['step_up.amr', Array(17).fill('hwk'), 'too_many'],
    ['step_up.method', 'carrier_pigeon', 'not_in_enum'],
    ['step_up.duration_ms', 8421.5, 'not_integer'],
    ['step_up.duration_ms', 2 ** 53, 'not_integer'],
    ['step_up.duration_ms', -1, 'out_of_range'],
    ['step_up.aal', 4, 'out_of_range'],
    ['http.route', 'a\ud800', 'not_well_formed'],
  ])('names %s = %j by the rule %s breaks', (name, value, rule) => {
    expect(rulesOf({ [name]: value })).toEqual([[name, rule]]);
  });

  it('names a prefix of another name, which Elasticsearch could not map', () => {
    expect(rulesOf({ 'step_up.trigger': 'x' })).toEqual([['step_up.trigger', 'unknown']]);
    expect(rulesOf({ 'step_up.source': 'x' })).toContainEqual(['step_up.source', 'prefix']);
  });

  it('names an event that is not in the registry', () => {
    expect(validateEvent('someone.elses', {})).toMatchObject([{ attribute: 'someone.elses', rule: 'unknown_event' }]);
  });

  it('never repeats a value, which may be a secret', () => {
    const secret = 'hunter2';
    const broken = validateEvent('step_up.completed', { ...GOOD, 'step_up.method': secret, 'step_up.aal': secret });
    expect(broken).toHaveLength(2);
    expect(JSON.stringify(broken)).not.toContain(secret);
  });
});
