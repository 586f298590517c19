// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { StepUpMethod, StepUpOutcome } from '@stepseal/core/semconv';
import type { ThreadIdentity } from '@stepseal/processor';
import type { DraftRecord } from '../../events.ts';
import type { RequestShape } from '../../http/request-shape.ts';
import type { Ceremony, Requirement } from '../ceremony.ts';

/** What other processes need to know of a step-up. Times are wall milliseconds. */
export interface CeremonyValue {
  readonly id: string;
  readonly correlation: Ceremony['correlation'];
  readonly userHash?: string | undefined;
  readonly requirement?: Requirement | undefined;
  readonly actionName?: string | undefined;
  readonly method?: StepUpMethod | undefined;
  readonly startedMs?: number | undefined;
  readonly expiresMs?: number | undefined;
  readonly answers: number;
}

/** `open/<id>` */
export interface OpenValue {
  readonly ceremony: CeremonyValue;
  /** Who opened it ran since this start of the machine; empty where the system does not tell. */
  readonly bootId: string;
  /** When the step-up began. */
  readonly openedMs: number;
  /** Nobody answered by then: it ends. */
  readonly deadlineMs: number;
  /** What its end says about whose it is: attributes as they stand in its records, without ids in clear. */
  readonly about: DraftRecord['attributes'];
}

/** `done/<id>`: the record that this end is told by, whole, so that another process can tell it if the winner dies. */
export interface DoneValue {
  readonly ceremony: CeremonyValue;
  readonly outcome: StepUpOutcome;
  readonly by: ThreadIdentity;
  readonly endedMs: number;
  readonly record: Pick<DraftRecord, 'body' | 'attributes'>;
}

/** `alias/<hash>` */
export interface IdValue {
  readonly id: string;
}

/** `session/<hash>` */
export interface SessionValue {
  readonly id: string;
  /** When its user had last proved himself, in seconds: what comes after a newer proof is another step-up. */
  readonly authTimeS?: number | undefined;
}

/** `demand/<hash>` */
export interface DemandValue {
  readonly ceremony: CeremonyValue;
  readonly demandedS: number;
  readonly shape: RequestShape;
  readonly unmetTold: boolean;
}

/** `renewal/<hash>` */
export interface RenewalValue {
  readonly formerJoinId: string;
  readonly formerSessionHash?: string | undefined;
}

/** `route/<hash>` */
export interface RouteValue {
  /** Keyed hash of method and route where it demands; empty where it checks answers. */
  readonly label: string;
  /** What it demanded last. */
  readonly requirement?: Requirement | undefined;
}

export function ceremonyValue(ceremony: Ceremony): CeremonyValue {
  const { id, correlation, userHash, requirement, actionName, method, answers } = ceremony;
  const { startedWallMs: startedMs, expiresWallMs: expiresMs } = ceremony;
  return { id, correlation, userHash, requirement, actionName, method, startedMs, expiresMs, answers };
}

/** A step-up as another process left it. */
export function ceremonyOf(value: CeremonyValue, outcome?: StepUpOutcome): Ceremony {
  return {
    id: value.id,
    correlation: value.correlation,
    userHash: value.userHash,
    requirement: value.requirement,
    actionName: value.actionName,
    method: value.method,
    startedAtMs: undefined,
    startedWallMs: value.startedMs,
    expiresWallMs: value.expiresMs,
    answers: value.answers,
    outcome,
  };
}
