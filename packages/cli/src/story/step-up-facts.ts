// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  ATTR_CLIENT_ADDRESS,
  ATTR_ERROR_TYPE,
  ATTR_GEO_COUNTRY_ISO_CODE,
  ATTR_GEO_LOCALITY_NAME,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SECURITY_RULE_NAME,
  ATTR_SESSION_ID,
  ATTR_SESSION_PREVIOUS_ID,
  ATTR_STEP_UP_ACCESS_RESULT,
  ATTR_STEP_UP_ACTION_NAME,
  ATTR_STEP_UP_ATTEMPT_NUMBER,
  ATTR_STEP_UP_CLIENT_HASH,
  ATTR_STEP_UP_CLIENT_PREFIX,
  ATTR_STEP_UP_CORRELATION,
  ATTR_STEP_UP_DECISION,
  ATTR_STEP_UP_DEVICE_HASH,
  ATTR_STEP_UP_DEVICE_KNOWN,
  ATTR_STEP_UP_DURATION_MS,
  ATTR_STEP_UP_EXEMPTION,
  ATTR_STEP_UP_METHOD,
  ATTR_STEP_UP_OUTCOME,
  ATTR_STEP_UP_REQUIREMENT_MET,
  ATTR_STEP_UP_SESSION_STARTED_AT,
  ATTR_STEP_UP_TRIGGER_DETAIL,
  ATTR_STEP_UP_TRIGGER_REASON,
  ATTR_USER_AGENT_NAME,
  ATTR_USER_AGENT_ORIGINAL,
  ATTR_USER_HASH,
  ATTR_USER_ID,
  EVENT_STEP_UP_ACCESS,
  EVENT_STEP_UP_ATTEMPTED,
  EVENT_STEP_UP_COMPLETED,
  EVENT_STEP_UP_EVALUATED,
  EVENT_STEP_UP_REQUIRED,
} from '@stepseal/core/semconv';
import type { Story } from './collect-stories.ts';
import { flag, integer, type ToldRecord, text } from './told-record.ts';

/** What people ask of a step-up. Absent is what no record of it says. */
export interface StepUpFacts {
  readonly id: string;
  /** Of its first record. */
  readonly timeMs: number;
  readonly userId: string | undefined;
  readonly userHash: string | undefined;
  /** Why a stronger proof was demanded. */
  readonly reason: string | undefined;
  readonly detail: string | undefined;
  readonly rule: string | undefined;
  /** Why none was needed. */
  readonly exemption: string | undefined;
  readonly action: string | undefined;
  readonly method: string | undefined;
  /** How it ended; the decision where the policy demanded nothing; else `open`. */
  readonly status: string;
  readonly error: string | undefined;
  readonly attempts: number;
  readonly tookMs: number | undefined;
  /** Result of the last access record. */
  readonly access: string | undefined;
  /** What the system did with the guarded action: the last access, else the demand that refused it, or what it let pass. */
  readonly systemAction: string | undefined;
  readonly requirementMet: boolean | undefined;
  /** Access was granted although the demanded proof was not at hand. */
  readonly unmet: boolean;
  readonly session: string | undefined;
  readonly previousSession: string | undefined;
  readonly sessionStartedAt: string | undefined;
  readonly deviceHash: string | undefined;
  readonly deviceKnown: boolean | undefined;
  readonly userAgent: string | undefined;
  readonly clientAddress: string | undefined;
  readonly clientPrefix: string | undefined;
  readonly clientHash: string | undefined;
  readonly country: string | undefined;
  readonly locality: string | undefined;
  /** The id was found by the session, not derived from the challenge. */
  readonly inferred: boolean;
}

/** Gathers from all records of a step-up what each of them knows. */
export function stepUpFacts({ id, records }: Story): StepUpFacts {
  const first = (name: string): string | undefined => pick(records, (record) => text(record, name));
  const truth = (name: string): boolean | undefined => pick(records, (record) => flag(record, name));
  const completed = records.findLast(({ eventName }) => eventName === EVENT_STEP_UP_COMPLETED);
  const access = records.findLast(({ eventName }) => eventName === EVENT_STEP_UP_ACCESS);
  return {
    id,
    timeMs: records[0]?.timeMs ?? 0,
    userId: first(ATTR_USER_ID),
    userHash: first(ATTR_USER_HASH),
    reason: first(ATTR_STEP_UP_TRIGGER_REASON),
    detail: first(ATTR_STEP_UP_TRIGGER_DETAIL),
    rule: first(ATTR_SECURITY_RULE_NAME),
    exemption: first(ATTR_STEP_UP_EXEMPTION),
    action: first(ATTR_STEP_UP_ACTION_NAME) ?? requestOf(records[0]),
    method: (completed && text(completed, ATTR_STEP_UP_METHOD)) ?? first(ATTR_STEP_UP_METHOD),
    status: statusOf(records, completed),
    error: completed && text(completed, ATTR_ERROR_TYPE),
    attempts: attemptsOf(records),
    tookMs: timeToComplete(records),
    access: access && text(access, ATTR_STEP_UP_ACCESS_RESULT),
    systemAction: (access && text(access, ATTR_STEP_UP_ACCESS_RESULT)) ?? withoutAccess(records),
    requirementMet: access && flag(access, ATTR_STEP_UP_REQUIREMENT_MET),
    unmet: records.some(isUnmet),
    session: first(ATTR_SESSION_ID),
    previousSession: first(ATTR_SESSION_PREVIOUS_ID),
    sessionStartedAt: first(ATTR_STEP_UP_SESSION_STARTED_AT),
    deviceHash: first(ATTR_STEP_UP_DEVICE_HASH),
    deviceKnown: truth(ATTR_STEP_UP_DEVICE_KNOWN),
    userAgent: first(ATTR_USER_AGENT_NAME) ?? first(ATTR_USER_AGENT_ORIGINAL),
    clientAddress: first(ATTR_CLIENT_ADDRESS),
    clientPrefix: first(ATTR_STEP_UP_CLIENT_PREFIX),
    clientHash: first(ATTR_STEP_UP_CLIENT_HASH),
    country: first(ATTR_GEO_COUNTRY_ISO_CODE),
    locality: first(ATTR_GEO_LOCALITY_NAME),
    inferred: first(ATTR_STEP_UP_CORRELATION) === 'inferred',
  };
}

/** Whether a record says that access was granted although the demanded proof was not at hand. */
export function isUnmet(record: ToldRecord): boolean {
  return text(record, ATTR_STEP_UP_ACCESS_RESULT) === 'granted' && flag(record, ATTR_STEP_UP_REQUIREMENT_MET) === false;
}

/**
 * Milliseconds from the demand to the result, by the times of their records; where no demand was recorded, what the
 * process measured that checked the answer, from the challenge on. Undefined while it has not ended, and where the clocks
 * of two processes would make it negative.
 */
export function timeToComplete(records: readonly ToldRecord[]): number | undefined {
  const demand = records.find(({ eventName }) => eventName === EVENT_STEP_UP_REQUIRED);
  const result = records.findLast(({ eventName }) => eventName === EVENT_STEP_UP_COMPLETED);
  if (result === undefined) return undefined;
  if (demand === undefined) return integer(result, ATTR_STEP_UP_DURATION_MS);
  return result.timeMs < demand.timeMs ? undefined : result.timeMs - demand.timeMs;
}

function statusOf(records: readonly ToldRecord[], completed: ToldRecord | undefined): string {
  const outcome = completed && text(completed, ATTR_STEP_UP_OUTCOME);
  if (outcome !== undefined) return outcome;
  const asked = records.some(
    ({ eventName }) => eventName !== EVENT_STEP_UP_EVALUATED && eventName !== EVENT_STEP_UP_ACCESS,
  );
  const decision = pick(records, (record) => text(record, ATTR_STEP_UP_DECISION));
  return asked || decision === undefined || decision === 'required' ? 'open' : decision;
}

/** A demand refuses the request that it answers; where a policy asked for nothing, the answer tells what became of it. */
function withoutAccess(records: readonly ToldRecord[]): string | undefined {
  if (records.some(({ eventName }) => eventName === EVENT_STEP_UP_REQUIRED)) return 'blocked';
  const evaluated = records.find(({ eventName }) => eventName === EVENT_STEP_UP_EVALUATED);
  const status = evaluated && integer(evaluated, ATTR_HTTP_RESPONSE_STATUS_CODE);
  return status === undefined ? undefined : status < 400 ? 'granted' : 'blocked';
}

function attemptsOf(records: readonly ToldRecord[]): number {
  const answers = records.filter(
    ({ eventName }) => eventName === EVENT_STEP_UP_ATTEMPTED || eventName === EVENT_STEP_UP_COMPLETED,
  );
  const numbered = answers.flatMap((record) => integer(record, ATTR_STEP_UP_ATTEMPT_NUMBER) ?? []);
  if (numbered.length > 0) return numbered.reduce((most, one) => Math.max(most, one), 0);
  return answers.filter(({ eventName }) => eventName === EVENT_STEP_UP_ATTEMPTED).length;
}

function requestOf(record: ToldRecord | undefined): string | undefined {
  const route = record && text(record, ATTR_HTTP_ROUTE);
  if (record === undefined || route === undefined) return undefined;
  return [text(record, ATTR_HTTP_REQUEST_METHOD), route].filter((part) => part !== undefined).join(' ');
}

function pick<T>(records: readonly ToldRecord[], read: (record: ToldRecord) => T | undefined): T | undefined {
  for (const record of records) {
    const value = read(record);
    if (value !== undefined) return value;
  }
  return undefined;
}
