// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  ATTR_ERROR_TYPE,
  ATTR_SECURITY_RULE_NAME,
  ATTR_SECURITY_RULE_VERSION,
  ATTR_STEP_UP_ACCESS_RESULT,
  ATTR_STEP_UP_ACR_REQUESTED,
  ATTR_STEP_UP_ACTION_NAME,
  ATTR_STEP_UP_ATTEMPT_MAX,
  ATTR_STEP_UP_ATTEMPT_NUMBER,
  ATTR_STEP_UP_DECISION,
  ATTR_STEP_UP_DURATION_MS,
  ATTR_STEP_UP_ENROLMENT_CHANGE,
  ATTR_STEP_UP_EXEMPTION,
  ATTR_STEP_UP_MAX_AGE_S,
  ATTR_STEP_UP_METHOD,
  ATTR_STEP_UP_OUTCOME,
  ATTR_STEP_UP_REQUIREMENT_MET,
  ATTR_STEP_UP_REVIEW_LABEL,
  ATTR_STEP_UP_RISK_REASONS,
  ATTR_STEP_UP_RISK_SCORE_MILLI,
  ATTR_STEP_UP_RISK_THRESHOLD_MILLI,
  ATTR_STEP_UP_TRIGGER_REASON,
  EVENT_STEP_UP_ACCESS,
  EVENT_STEP_UP_ATTEMPTED,
  EVENT_STEP_UP_CHALLENGED,
  EVENT_STEP_UP_COMPLETED,
  EVENT_STEP_UP_ENROLLED,
  EVENT_STEP_UP_EVALUATED,
  EVENT_STEP_UP_REQUIRED,
  EVENT_STEP_UP_REVIEW,
} from '@stepseal/core/semconv';
import { duration } from '../render/time.ts';
import {
  ACCESS,
  DECISIONS,
  ENROLMENTS,
  ERRORS,
  EXEMPTIONS,
  METHODS,
  OUTCOMES,
  phrase,
  REASONS,
  REVIEWS,
} from './phrases.ts';
import { flag, integer, type ToldRecord, text, texts } from './told-record.ts';

const SENTENCES: Readonly<Record<string, (record: ToldRecord) => string>> = {
  [EVENT_STEP_UP_EVALUATED]: evaluated,
  [EVENT_STEP_UP_REQUIRED]: required,
  [EVENT_STEP_UP_CHALLENGED]: challenged,
  [EVENT_STEP_UP_ATTEMPTED]: attempted,
  [EVENT_STEP_UP_COMPLETED]: completed,
  [EVENT_STEP_UP_ACCESS]: access,
  [EVENT_STEP_UP_ENROLLED]: enrolled,
  [EVENT_STEP_UP_REVIEW]: review,
};

/** One record as one plain sentence, made from its sealed attributes alone. */
export function sentence(record: ToldRecord): string {
  const tell = Object.hasOwn(SENTENCES, record.eventName) ? SENTENCES[record.eventName] : undefined;
  return tell === undefined ? `${record.eventName} was recorded.` : tell(record);
}

function evaluated(record: ToldRecord): string {
  const decision = phrase(DECISIONS, text(record, ATTR_STEP_UP_DECISION) ?? 'The policy was asked');
  const exemption = text(record, ATTR_STEP_UP_EXEMPTION);
  const why = exemption === undefined ? '' : `: ${phrase(EXEMPTIONS, exemption)}`;
  return `${decision}${forAction(record)}${why}${rule(record)}.${risk(record)}`;
}

function required(record: ToldRecord): string {
  const reason = phrase(REASONS, text(record, ATTR_STEP_UP_TRIGGER_REASON) ?? 'unknown');
  const classes = texts(record, ATTR_STEP_UP_ACR_REQUESTED);
  const age = integer(record, ATTR_STEP_UP_MAX_AGE_S);
  const wanted = [
    ...(classes.length === 0 ? [] : [`class ${classes.join(' or ')}`]),
    ...(age === undefined ? [] : [`not older than ${duration(age * 1000)}`]),
  ];
  const demand = wanted.length === 0 ? '' : ` Accepted: ${wanted.join(', ')}.`;
  return `A stronger proof was demanded${forAction(record)}: ${reason}${rule(record)}.${risk(record)}${demand}`;
}

function challenged(record: ToldRecord): string {
  const number = integer(record, ATTR_STEP_UP_ATTEMPT_NUMBER);
  return `The user was asked for ${method(record)}${number === undefined || number < 2 ? '' : ` (attempt ${number})`}.`;
}

function attempted(record: ToldRecord): string {
  const number = integer(record, ATTR_STEP_UP_ATTEMPT_NUMBER);
  const most = integer(record, ATTR_STEP_UP_ATTEMPT_MAX);
  const count = number === undefined ? '' : ` ${number}${most === undefined ? '' : ` of ${most}`}`;
  // The step-up that it repeats may have ended long ago.
  if (text(record, ATTR_ERROR_TYPE) === 'replayed')
    return `Answer${count} with ${method(record)} was refused${because(record)}.`;
  return `Answer${count} with ${method(record)} was checked${because(record)}; the step-up went on.`;
}

function completed(record: ToldRecord): string {
  const outcome = phrase(OUTCOMES, text(record, ATTR_STEP_UP_OUTCOME) ?? 'It ended in a way that was not recorded');
  const took = integer(record, ATTR_STEP_UP_DURATION_MS);
  return `${outcome} (${method(record)})${took === undefined ? '' : ` after ${duration(took)}`}${because(record)}.`;
}

function access(record: ToldRecord): string {
  const result = phrase(ACCESS, text(record, ATTR_STEP_UP_ACCESS_RESULT) ?? 'was decided');
  const met = flag(record, ATTR_STEP_UP_REQUIREMENT_MET);
  const requirement = met === undefined ? '' : met ? '; the requirement was met' : '; the requirement was not met';
  return `Access${toAction(record)} ${result}${requirement}.`;
}

function enrolled(record: ToldRecord): string {
  const change = phrase(ENROLMENTS, text(record, ATTR_STEP_UP_ENROLMENT_CHANGE) ?? 'was changed');
  return `A factor (${method(record)}) ${change}${because(record)}.`;
}

function review(record: ToldRecord): string {
  return `A later review found: ${phrase(REVIEWS, text(record, ATTR_STEP_UP_REVIEW_LABEL) ?? 'nothing')}.`;
}

function method(record: ToldRecord): string {
  const value = text(record, ATTR_STEP_UP_METHOD);
  return value === undefined ? 'a method that was not recorded' : phrase(METHODS, value);
}

function because(record: ToldRecord): string {
  const error = text(record, ATTR_ERROR_TYPE);
  return error === undefined ? '' : `: ${phrase(ERRORS, error)}`;
}

function rule(record: ToldRecord): string {
  const name = text(record, ATTR_SECURITY_RULE_NAME);
  const version = text(record, ATTR_SECURITY_RULE_VERSION);
  return name === undefined ? '' : ` (rule ${name}${version === undefined ? '' : `, version ${version}`})`;
}

/** Scores are recorded in thousandths. */
function risk(record: ToldRecord): string {
  const score = integer(record, ATTR_STEP_UP_RISK_SCORE_MILLI);
  if (score === undefined) return '';
  const threshold = integer(record, ATTR_STEP_UP_RISK_THRESHOLD_MILLI);
  const limit = threshold === undefined ? '' : `, threshold ${threshold / 1000}`;
  const reasons = texts(record, ATTR_STEP_UP_RISK_REASONS);
  return ` Risk score ${score / 1000}${limit}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}.`;
}

function forAction(record: ToldRecord): string {
  const name = text(record, ATTR_STEP_UP_ACTION_NAME);
  return name === undefined ? '' : ` for ${name}`;
}

function toAction(record: ToldRecord): string {
  const name = text(record, ATTR_STEP_UP_ACTION_NAME);
  return name === undefined ? '' : ` to ${name}`;
}
