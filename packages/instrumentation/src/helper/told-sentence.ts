// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type {
  RegistryAttributes,
  StepUpAccessResult,
  StepUpDecision,
  StepUpOutcome,
  StepUpReviewLabel,
} from '@stepseal/core/semconv';
import { answerSentence, challengedSentence, enrolmentSentence } from '../sentences.ts';
import type { HelperCall } from './inputs.ts';

/** The body of a record that the service tells: one sentence made of its attributes, whose values the registry allows. */
export function toldSentence(call: HelperCall, attributes: RegistryAttributes): string {
  const action = attributes['step_up.action.name'];
  const method = attributes['step_up.method'] ?? 'other';
  const errorType = attributes['error.type'];
  switch (call) {
    case 'evaluated':
      return evaluatedSentence(action ?? 'The action', attributes);
    case 'required':
      return `${action ?? 'The action'} was refused until the user gives a stronger proof${scores(attributes)}.`;
    case 'challenged':
      return challengedSentence(action, method);
    case 'attempted':
      return answerSentence('failed', errorType, undefined, method);
    case 'completed': {
      const outcome = attributes['step_up.outcome'] ?? 'error';
      const ending = ENDINGS[outcome];
      if (ending !== undefined) return ending;
      const verdict = outcome === 'passed' || outcome === 'failed' ? outcome : 'error';
      return answerSentence(verdict, errorType, undefined, method);
    }
    case 'access':
      return `${action ?? 'The action'} ${ACCESSES[attributes['step_up.access.result'] ?? 'deferred']}${proof(attributes)}.`;
    case 'enrolled': {
      const change = attributes['step_up.enrolment.change'] ?? 'added';
      return enrolmentSentence(change, errorType === undefined ? 'passed' : 'failed', errorType, method);
    }
    case 'review':
      return `A later review found that ${LABELS[attributes['step_up.review.label'] ?? 'legitimate']}.`;
  }
}

const ENDINGS: Partial<Record<StepUpOutcome, string>> = {
  denied: 'The user said no to the step-up.',
  denied_fraud: 'The user said no to the step-up and called it fraud.',
  expired: 'The step-up ended: its time was over.',
  abandoned: 'The step-up was abandoned: no answer came.',
  locked_out: 'The step-up ended: too many answers were wrong.',
};

const ACCESSES: Readonly<Record<StepUpAccessResult, string>> = {
  granted: 'was allowed',
  blocked: 'was refused',
  session_expired: 'was refused, the session had run out',
  session_revoked: 'was refused, and the session was ended',
  deferred: 'waits for something else',
};

const LABELS: Readonly<Record<StepUpReviewLabel, string>> = {
  legitimate: 'it was the user',
  fraud: 'it was not the user',
  false_positive: 'the step-up was not needed',
};

const DECISIONS: Readonly<Record<StepUpDecision, string>> = {
  not_required: 'needs no stronger proof',
  required: 'needs a stronger proof',
  exempt: 'would need a stronger proof and is exempt',
  denied: 'was refused without the chance of a step-up',
  error: 'was looked at, and whether it needs a stronger proof could not be told',
};

function evaluatedSentence(action: string, attributes: RegistryAttributes): string {
  return `${action} ${DECISIONS[attributes['step_up.decision'] ?? 'error']}${scores(attributes)}.`;
}

function scores(attributes: RegistryAttributes): string {
  const score = attributes['step_up.risk.score_milli'];
  const threshold = attributes['step_up.risk.threshold_milli'];
  if (score === undefined) return '';
  return ` (risk ${score / 1000}${threshold === undefined ? '' : ` of ${threshold / 1000}`})`;
}

function proof(attributes: RegistryAttributes): string {
  if (attributes['step_up.access.result'] !== 'granted') return '';
  const met = attributes['step_up.requirement_met'];
  if (met === undefined) return '';
  return met ? '; the demanded proof was at hand' : ' although the demanded proof was not at hand';
}
