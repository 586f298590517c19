// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type {
  ErrorType,
  RegistryAttributes,
  StepUpAccessResult,
  StepUpDecision,
  StepUpDurationSource,
  StepUpEnrolmentChange,
  StepUpExemption,
  StepUpMethod,
  StepUpOutcome,
  StepUpTriggerReason,
} from '@stepseal/core/semconv';
import type { Ceremony } from './ceremony/ceremony.ts';
import type { RawObservation } from './ceremony/observation.ts';
import type { HttpFacts } from './http/http-facts.ts';
import { rfc3339 } from './identity/read-value.ts';
import type { Subject } from './identity/subject.ts';

/** A record before redaction: `raw` still holds what the hook saw. */
export interface DraftRecord {
  readonly eventName: string;
  /** One plain sentence. */
  readonly body: string;
  readonly attributes: RegistryAttributes;
  readonly raw: RawObservation;
  /** Wall milliseconds of what it tells, where that was not just now. */
  readonly timeMs?: number;
}

/** What all records of one step-up say about where they come from. */
export interface EventBasis {
  /** Absent where the record belongs to no step-up. */
  readonly ceremony: Ceremony | undefined;
  readonly subject: Subject;
  readonly http: HttpFacts | undefined;
  readonly library: string;
  readonly libraryVersion: string;
}

/** What one record says beyond its basis. */
export interface EventDetail {
  readonly action:
    | 'STEP_UP_EVALUATE'
    | 'STEP_UP_REQUIRE'
    | 'STEP_UP_CHALLENGE'
    | 'STEP_UP_VERIFY'
    | 'ACCESS'
    | 'FACTOR_ENROL'
    | 'STEP_UP_REVIEW';
  readonly auditOutcome: 'success' | 'failure' | 'unknown';
  readonly decision?: StepUpDecision;
  readonly exemption?: StepUpExemption;
  readonly triggerReason?: StepUpTriggerReason;
  readonly triggerDetail?: string;
  readonly outcome?: StepUpOutcome;
  readonly errorType?: ErrorType | undefined;
  readonly durationMs?: number | undefined;
  readonly durationSource?: StepUpDurationSource | undefined;
  readonly attemptNumber?: number;
  readonly phishingResistant?: boolean | undefined;
  readonly userVerified?: boolean | undefined;
  readonly deviceType?: 'single_device' | 'multi_device' | undefined;
  readonly backedUp?: boolean | undefined;
  readonly accessResult?: StepUpAccessResult;
  readonly enrolmentChange?: StepUpEnrolmentChange;
  /** The ceremony's own, unless given. */
  readonly method?: StepUpMethod;
  /** How this record was joined to the ceremony, where not as the ceremony itself. */
  readonly correlation?: Ceremony['correlation'] | undefined;
  readonly requirementMet?: boolean | undefined;
  /** The session's keyed hash before its id was renewed. */
  readonly previousSessionHash?: string | undefined;
  /** The token of the request was accepted by the service, so what it says was achieved may be recorded. */
  readonly tokenAccepted?: boolean;
}

export interface Disclosure {
  readonly userIdInClear: boolean;
  readonly fullClientAddress: boolean;
}

/** Always the same properties in the same order: records are built on the request path. */
export function stepUpAttributes(basis: EventBasis, detail: EventDetail, disclosure: Disclosure): RegistryAttributes {
  const { ceremony, subject, http } = basis;
  const { client } = subject;
  const source = disclosure.fullClientAddress ? client?.address : client?.prefix;
  const userId = disclosure.userIdInClear ? subject.userId : undefined;
  const claims = detail.tokenAccepted === true ? subject.claims : undefined;
  const requirement = ceremony?.requirement;
  return {
    'audit.action': detail.action,
    'audit.actor.id': userId ?? subject.userHash ?? 'unknown',
    'audit.actor.type': 'user',
    'audit.outcome': detail.auditOutcome,
    'audit.source.id': source,
    'audit.source.type': client?.family,
    'audit.target.id': http?.route,
    'audit.target.type': http?.route === undefined ? undefined : 'http.endpoint',
    'client.address': disclosure.fullClientAddress ? client?.address : undefined,
    'error.type': detail.errorType,
    'geo.country.iso_code': subject.country,
    'geo.locality.name': subject.locality,
    'http.request.method': http?.method,
    'http.response.status_code': http?.statusCode,
    'http.route': http?.route,
    'session.id': subject.sessionHash,
    'session.previous_id': detail.previousSessionHash ?? subject.formerSessionHash,
    'step_up.access.result': detail.accessResult,
    'step_up.acr.achieved': claims?.acr,
    'step_up.acr.requested': nonEmpty(requirement?.acrValues),
    'step_up.action.name': ceremony?.actionName,
    'step_up.amr': nonEmpty(claims?.amr),
    'step_up.attempt.number': detail.attemptNumber,
    'step_up.auth_time': rfc3339(claims?.authTimeS),
    'step_up.client.hash': disclosure.fullClientAddress ? undefined : subject.clientHash,
    'step_up.client.prefix': disclosure.fullClientAddress ? undefined : client?.prefix,
    'step_up.correlation': detail.correlation ?? ceremony?.correlation,
    'step_up.decision': detail.decision,
    'step_up.device.hash': subject.deviceHash,
    'step_up.device.known': subject.deviceKnown,
    'step_up.duration_ms': detail.durationMs,
    'step_up.duration_source': detail.durationSource,
    'step_up.enrolment.change': detail.enrolmentChange,
    'step_up.exemption': detail.exemption,
    'step_up.id': ceremony?.id,
    'step_up.max_age_s': requirement?.maxAgeS,
    'step_up.method': detail.method ?? ceremony?.method,
    'step_up.outcome': detail.outcome,
    'step_up.phishing_resistant': detail.phishingResistant,
    'step_up.requirement_met': detail.requirementMet,
    'step_up.session.started_at': subject.sessionStartedAt,
    'step_up.source.layer': 'app',
    'step_up.source.library': basis.library,
    'step_up.source.library_version': basis.libraryVersion,
    'step_up.trigger.detail': detail.triggerDetail,
    'step_up.trigger.reason': detail.triggerReason,
    'step_up.webauthn.backed_up': detail.backedUp,
    'step_up.webauthn.device_type': detail.deviceType,
    'step_up.webauthn.user_verified': detail.userVerified,
    'user.hash': subject.userHash,
    'user.id': userId,
    'user_agent.name': subject.userAgentName,
  };
}

function nonEmpty(values: readonly string[] | undefined): readonly string[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values;
}
