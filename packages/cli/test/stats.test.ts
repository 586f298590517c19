// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { StreamBuilder, TestClock, testKey } from '@stepseal/testkit';
import { memorySource } from '@stepseal/verifier';
import { describe, expect, it } from 'vitest';
import { statsJson } from '../src/render/stats.ts';
import { statistics } from '../src/stats/figures.ts';
import { tally } from '../src/stats/tally.ts';

const clock = new TestClock();
const stream = new StreamBuilder({ label: 'stats', clock, identity: testKey('demo.bank', 'identity/stats') }).open();

interface Way {
  readonly user?: string;
  readonly method?: string;
  readonly outcome?: string;
  readonly afterMs?: number;
  readonly measuredMs?: number;
  readonly demanded?: boolean;
  readonly unmet?: boolean;
}

function stepUp(
  id: string,
  { user, method = 'totp', outcome, afterMs = 0, measuredMs, demanded = true, unmet }: Way,
): void {
  const common = { 'step_up.id': id, ...(user !== undefined && { 'user.hash': user }) };
  clock.advance(1000);
  if (demanded) stream.record('step_up.required', { ...common, 'step_up.trigger.reason': 'policy' });
  else stream.record('step_up.challenged', { ...common, 'step_up.method': method });
  if (unmet === true) {
    stream.record('step_up.access', {
      ...common,
      'step_up.access.result': 'granted',
      'step_up.requirement_met': false,
    });
  }
  if (outcome === undefined) return;
  clock.advance(afterMs);
  stream.record('step_up.completed', {
    ...common,
    'step_up.method': method,
    'step_up.outcome': outcome,
    ...(measuredMs !== undefined && { 'step_up.duration_ms': measuredMs }),
  });
}

const startMs = clock.wallMs;
for (let at = 1; at <= 19; at++) stepUp(`passed-${at}`, { user: 'ann', outcome: 'passed', afterMs: at * 10 });
stepUp('measured', {
  user: 'bob',
  method: 'webauthn',
  outcome: 'passed',
  afterMs: 7,
  measuredMs: 500,
  demanded: false,
});
stepUp('failed', { user: 'bob', method: 'webauthn', outcome: 'failed', afterMs: 9000 });
stepUp('abandoned', { outcome: 'abandoned' });
stepUp('expired', { outcome: 'expired' });
stepUp('open', { user: 'bob', unmet: true });
for (const [decision, weight] of [
  ['not_required', 100],
  ['not_required', undefined],
  ['exempt', undefined],
] as const) {
  stream.record('step_up.evaluated', {
    'step_up.id': `evaluated-${decision}-${weight}`,
    'step_up.decision': decision,
    ...(weight !== undefined && { 'step_up.sample_weight': weight }),
  });
}
const segments = await memorySource(new Map([['one', stream.bytes()]])).segments();

describe('the figures', () => {
  const stats = statsJson(statistics(tally(segments).stepUps.values(), undefined));

  it('of all: rates are of those that ended, times of those that passed', () => {
    expect(stats['all']).toEqual({
      begun: 24,
      ended: 23,
      open: 1,
      outcomes: { passed: 20, failed: 1, abandoned: 1, expired: 1 },
      passRate: 20 / 23,
      abandonment: 2 / 23,
      // 10, 20 … 190 by their records, and 500 as measured where no demand was recorded.
      tookMs: { count: 20, p50: 100, p95: 190 },
      accessUnmet: 1,
    });
  });

  it('of users: prompts of known users over known users, the others apart', () => {
    expect(stats['users']).toEqual({ known: 2, promptsPerUser: 11, mostPromptsOfAUser: 19, stepUpsWithoutUser: 2 });
  });

  it('of policies: an evaluation that asked for nothing is no step-up, and a sampled one stands for many', () => {
    expect(stats['decisions']).toEqual({ not_required: 101, exempt: 1 });
  });

  it('by method: that of the result, and none where nothing was asked for', () => {
    expect(Object.keys(stats['byMethod'] as object)).toEqual(['totp', 'webauthn', 'none']);
    expect((stats['byMethod'] as Record<string, unknown>)['webauthn']).toMatchObject({ begun: 2, passRate: 0.5 });
  });
});

it('a step-up counts in the window in which it began, whenever it ended', () => {
  const began = (sinceMs: number, untilMs: number): number =>
    statistics(tally(segments).stepUps.values(), { sinceMs, untilMs }).all.begun;
  expect(began(startMs, startMs + 1001)).toBe(1);
  expect(began(startMs + 1001, startMs + 1e9)).toBe(23);
});
