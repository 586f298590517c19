// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { StreamBuilder } from './stream-builder.ts';

const USER_HASH = 'hmac-sha256:0a7f3d1e5b';

/** The four records of one small passed step-up, 40 ms apart: required, challenged, completed, access. */
export function writeStepUp(stream: StreamBuilder, id: string): StreamBuilder {
  const common = {
    'step_up.id': id,
    'step_up.source.layer': 'app',
    'user.hash': USER_HASH,
    'step_up.action.name': 'POST /transfers',
  };
  const next = (): StreamBuilder => {
    stream.clock.advance(40);
    return stream;
  };
  next().record('step_up.required', { ...common, 'step_up.trigger.reason': 'amount_threshold' });
  next().record('step_up.challenged', { ...common, 'step_up.method': 'webauthn', 'step_up.attempt.number': 1 });
  next().record('step_up.completed', {
    ...common,
    'step_up.method': 'webauthn',
    'step_up.outcome': 'passed',
    'step_up.duration_ms': 80,
  });
  return next().record('step_up.access', {
    ...common,
    'step_up.access.result': 'granted',
    'step_up.requirement_met': true,
  });
}

/** One small record. */
export function writeOne(stream: StreamBuilder, id: string): StreamBuilder {
  stream.clock.advance(40);
  return stream.record('step_up.required', {
    'step_up.id': id,
    'step_up.trigger.reason': 'policy',
    'step_up.attempt.number': 1,
  });
}
