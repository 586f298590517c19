// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

import type { ChainFields, EventRecord } from '../event-encoder-types.ts';
import { Gap, Layout } from '../event-encoder-gaps.ts';
import {
  areAll,
  checkIds,
  encoding,
  isAscii,
  nanosecondText,
  ownText,
  spliced,
  splicedInteger,
} from '../event-encoder-text.ts';
import {
  AUDIT_ACTION,
  AUDIT_ACTOR_TYPE,
  AUDIT_OUTCOME,
  AUDIT_SCHEMA_VERSION,
  AUDIT_SEQUENCE_END,
  AUDIT_SEQUENCE_STREAM_ID,
  AUDIT_SOURCE_TYPE,
  AUDIT_TARGET_ID,
  AUDIT_TARGET_TYPE,
  CLIENT_ADDRESS,
  ERROR_TYPE,
  GEO_COUNTRY_ISO_CODE,
  GEO_LOCALITY_NAME,
  HTTP_REQUEST_METHOD,
  HTTP_RESPONSE_STATUS_CODE,
  HTTP_ROUTE,
  STEP_UP_CLOCK_OFFSET_BOUND_MS,
  STEP_UP_CLOCK_SYNCED,
  STEP_UP_CORRELATION,
  STEP_UP_DEVICE_KNOWN,
  STEP_UP_ENROLMENT_CHANGE,
  STEP_UP_METHOD,
  STEP_UP_PHISHING_RESISTANT,
  STEP_UP_SOURCE_LAYER,
  STEP_UP_SOURCE_LIBRARY,
  STEP_UP_SOURCE_LIBRARY_VERSION,
  STEP_UP_WEBAUTHN_BACKED_UP,
  STEP_UP_WEBAUTHN_DEVICE_TYPE,
  STEP_UP_WEBAUTHN_USER_VERIFIED,
  USER_AGENT_NAME,
  USER_AGENT_ORIGINAL,
  USER_ID,
} from './slots.ts';

const NEVER = Symbol('never');
const layout = new Layout();

const gap0: Gap = new Gap(layout, [AUDIT_ACTION], ',"audit.actor.id":{"stringValue":"', '{"attributes":{');
const last0 = { auditAction: NEVER as unknown, next: undefined as unknown };
function select0(auditAction: unknown, next: boolean): boolean {
  if (!gap0.select([auditAction], false, next)) return false;
  last0.auditAction = auditAction;
  last0.next = next;
  return true;
}

const gap1: Gap = new Gap(layout, [AUDIT_ACTOR_TYPE, AUDIT_OUTCOME], ',"audit.record.id":{"stringValue":"');
const last1 = { auditActorType: NEVER as unknown, auditOutcome: undefined as unknown, open: undefined as unknown };
function select1(auditActorType: unknown, auditOutcome: unknown, open: boolean): boolean {
  if (!gap1.select([auditActorType, auditOutcome], open, true)) return false;
  last1.auditActorType = auditActorType;
  last1.auditOutcome = auditOutcome;
  last1.open = open;
  return true;
}

const gap2: Gap = new Gap(layout, [AUDIT_SCHEMA_VERSION, AUDIT_SEQUENCE_END], ',"audit.sequence.number":{"intValue":"');
const last2 = { auditSequenceEnd: NEVER as unknown };
function select2(auditSequenceEnd: unknown): boolean {
  if (!gap2.select(['0.1.0', auditSequenceEnd], true, true)) return false;
  last2.auditSequenceEnd = auditSequenceEnd;
  return true;
}

const gap5: Gap = new Gap(layout, [AUDIT_SEQUENCE_STREAM_ID], ',"audit.source.id":{"stringValue":"');
const last5 = { auditSequenceStreamId: NEVER as unknown, next: undefined as unknown };
function select5(auditSequenceStreamId: unknown, next: boolean): boolean {
  if (!gap5.select([auditSequenceStreamId], true, next)) return false;
  last5.auditSequenceStreamId = auditSequenceStreamId;
  last5.next = next;
  return true;
}

const gap6: Gap = new Gap(
  layout,
  [
    AUDIT_SOURCE_TYPE,
    AUDIT_TARGET_ID,
    AUDIT_TARGET_TYPE,
    CLIENT_ADDRESS,
    ERROR_TYPE,
    GEO_COUNTRY_ISO_CODE,
    GEO_LOCALITY_NAME,
    HTTP_REQUEST_METHOD,
    HTTP_RESPONSE_STATUS_CODE,
    HTTP_ROUTE,
  ],
  ',"session.id":{"stringValue":"',
);
const last6 = {
  auditSourceType: NEVER as unknown,
  auditTargetId: undefined as unknown,
  auditTargetType: undefined as unknown,
  clientAddress: undefined as unknown,
  errorType: undefined as unknown,
  geoCountryIsoCode: undefined as unknown,
  geoLocalityName: undefined as unknown,
  httpRequestMethod: undefined as unknown,
  httpResponseStatusCode: undefined as unknown,
  httpRoute: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select6(
  auditSourceType: unknown,
  auditTargetId: unknown,
  auditTargetType: unknown,
  clientAddress: unknown,
  errorType: unknown,
  geoCountryIsoCode: unknown,
  geoLocalityName: unknown,
  httpRequestMethod: unknown,
  httpResponseStatusCode: unknown,
  httpRoute: unknown,
  open: boolean,
  next: boolean,
): boolean {
  if (
    !gap6.select(
      [
        auditSourceType,
        auditTargetId,
        auditTargetType,
        clientAddress,
        errorType,
        geoCountryIsoCode,
        geoLocalityName,
        httpRequestMethod,
        httpResponseStatusCode,
        httpRoute,
      ],
      open,
      next,
    )
  )
    return false;
  last6.auditSourceType = auditSourceType;
  last6.auditTargetId = auditTargetId;
  last6.auditTargetType = auditTargetType;
  last6.clientAddress = clientAddress;
  last6.errorType = errorType;
  last6.geoCountryIsoCode = geoCountryIsoCode;
  last6.geoLocalityName = geoLocalityName;
  last6.httpRequestMethod = httpRequestMethod;
  last6.httpResponseStatusCode = httpResponseStatusCode;
  last6.httpRoute = httpRoute;
  last6.open = open;
  last6.next = next;
  return true;
}

const gap7: Gap = new Gap(layout, [], ',"session.previous_id":{"stringValue":"');
const last7 = { open: NEVER as unknown, next: undefined as unknown };
function select7(open: boolean, next: boolean): boolean {
  if (!gap7.select([], open, next)) return false;
  last7.open = open;
  last7.next = next;
  return true;
}

const gap8: Gap = new Gap(layout, [], ',"step_up.client.hash":{"stringValue":"');
const last8 = { open: NEVER as unknown, next: undefined as unknown };
function select8(open: boolean, next: boolean): boolean {
  if (!gap8.select([], open, next)) return false;
  last8.open = open;
  last8.next = next;
  return true;
}

const gap9: Gap = new Gap(layout, [], ',"step_up.client.prefix":{"stringValue":"');
const last9 = { open: NEVER as unknown, next: undefined as unknown };
function select9(open: boolean, next: boolean): boolean {
  if (!gap9.select([], open, next)) return false;
  last9.open = open;
  last9.next = next;
  return true;
}

const gap10: Gap = new Gap(
  layout,
  [STEP_UP_CLOCK_OFFSET_BOUND_MS, STEP_UP_CLOCK_SYNCED, STEP_UP_CORRELATION],
  ',"step_up.device.hash":{"stringValue":"',
);
const last10 = {
  stepUpClockOffsetBoundMs: NEVER as unknown,
  stepUpClockSynced: undefined as unknown,
  stepUpCorrelation: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select10(
  stepUpClockOffsetBoundMs: unknown,
  stepUpClockSynced: unknown,
  stepUpCorrelation: unknown,
  open: boolean,
  next: boolean,
): boolean {
  if (!gap10.select([stepUpClockOffsetBoundMs, stepUpClockSynced, stepUpCorrelation], open, next)) return false;
  last10.stepUpClockOffsetBoundMs = stepUpClockOffsetBoundMs;
  last10.stepUpClockSynced = stepUpClockSynced;
  last10.stepUpCorrelation = stepUpCorrelation;
  last10.open = open;
  last10.next = next;
  return true;
}

const gap11: Gap = new Gap(layout, [STEP_UP_DEVICE_KNOWN, STEP_UP_ENROLMENT_CHANGE], ',"step_up.id":{"stringValue":"');
const last11 = {
  stepUpDeviceKnown: NEVER as unknown,
  stepUpEnrolmentChange: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select11(stepUpDeviceKnown: unknown, stepUpEnrolmentChange: unknown, open: boolean, next: boolean): boolean {
  if (!gap11.select([stepUpDeviceKnown, stepUpEnrolmentChange], open, next)) return false;
  last11.stepUpDeviceKnown = stepUpDeviceKnown;
  last11.stepUpEnrolmentChange = stepUpEnrolmentChange;
  last11.open = open;
  last11.next = next;
  return true;
}

const gap12: Gap = new Gap(
  layout,
  [STEP_UP_METHOD, STEP_UP_PHISHING_RESISTANT],
  ',"step_up.session.started_at":{"stringValue":"',
);
const last12 = {
  stepUpMethod: NEVER as unknown,
  stepUpPhishingResistant: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select12(stepUpMethod: unknown, stepUpPhishingResistant: unknown, open: boolean, next: boolean): boolean {
  if (!gap12.select([stepUpMethod, stepUpPhishingResistant], open, next)) return false;
  last12.stepUpMethod = stepUpMethod;
  last12.stepUpPhishingResistant = stepUpPhishingResistant;
  last12.open = open;
  last12.next = next;
  return true;
}

const gap13: Gap = new Gap(
  layout,
  [
    STEP_UP_SOURCE_LAYER,
    STEP_UP_SOURCE_LIBRARY,
    STEP_UP_SOURCE_LIBRARY_VERSION,
    STEP_UP_WEBAUTHN_BACKED_UP,
    STEP_UP_WEBAUTHN_DEVICE_TYPE,
    STEP_UP_WEBAUTHN_USER_VERIFIED,
  ],
  ',"user.hash":{"stringValue":"',
);
const last13 = {
  stepUpSourceLayer: NEVER as unknown,
  stepUpSourceLibrary: undefined as unknown,
  stepUpSourceLibraryVersion: undefined as unknown,
  stepUpWebauthnBackedUp: undefined as unknown,
  stepUpWebauthnDeviceType: undefined as unknown,
  stepUpWebauthnUserVerified: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select13(
  stepUpSourceLayer: unknown,
  stepUpSourceLibrary: unknown,
  stepUpSourceLibraryVersion: unknown,
  stepUpWebauthnBackedUp: unknown,
  stepUpWebauthnDeviceType: unknown,
  stepUpWebauthnUserVerified: unknown,
  open: boolean,
  next: boolean,
): boolean {
  if (
    !gap13.select(
      [
        stepUpSourceLayer,
        stepUpSourceLibrary,
        stepUpSourceLibraryVersion,
        stepUpWebauthnBackedUp,
        stepUpWebauthnDeviceType,
        stepUpWebauthnUserVerified,
      ],
      open,
      next,
    )
  )
    return false;
  last13.stepUpSourceLayer = stepUpSourceLayer;
  last13.stepUpSourceLibrary = stepUpSourceLibrary;
  last13.stepUpSourceLibraryVersion = stepUpSourceLibraryVersion;
  last13.stepUpWebauthnBackedUp = stepUpWebauthnBackedUp;
  last13.stepUpWebauthnDeviceType = stepUpWebauthnDeviceType;
  last13.stepUpWebauthnUserVerified = stepUpWebauthnUserVerified;
  last13.open = open;
  last13.next = next;
  return true;
}

const gap14: Gap = new Gap(layout, [USER_ID, USER_AGENT_NAME, USER_AGENT_ORIGINAL], '');
const last14 = {
  userId: NEVER as unknown,
  userAgentName: undefined as unknown,
  userAgentOriginal: undefined as unknown,
  open: undefined as unknown,
};
function select14(userId: unknown, userAgentName: unknown, userAgentOriginal: unknown, open: boolean): boolean {
  if (!gap14.select([userId, userAgentName, userAgentOriginal], open, false)) return false;
  last14.userId = userId;
  last14.userAgentName = userAgentName;
  last14.userAgentOriginal = userAgentOriginal;
  last14.open = open;
  return true;
}

const tail = new Gap(layout, [], '');
let lastBody: unknown = NEVER;
let rareBefore = true;

/** P of `step_up.enrolled` if nothing in it must be mended, else undefined. May throw what a hostile record throws. */
export function encodeStepUpEnrolled(record: EventRecord, chain: ChainFields): string | undefined {
  const a = record.attributes;
  const { body, observedTimestampMs, spanId, timestampMs, traceId } = record;
  const { unfit, escaped } = encoding;
  checkIds(traceId, spanId);
  const total = Object.keys(a).length;
  const auditRecordId = ownText(chain.recordId, 36);
  const auditSequenceNumber = splicedInteger(chain.number);
  const auditSequencePreviousHash = ownText(chain.previousHash, 64);
  const auditSequencePreviousRecordId = ownText(chain.previousRecordId, 36);
  const auditSequenceEnd = chain.end === false ? undefined : chain.end;
  const auditSequenceStreamId = chain.streamId;
  const userHashValue = a['user.hash'];
  const stepUpClientPrefixValue = a['step_up.client.prefix'];
  const sessionId = spliced(a['session.id'], 128);
  const stepUpClientHash = spliced(a['step_up.client.hash'], 64);
  const stepUpClientPrefix = spliced(stepUpClientPrefixValue, 64);
  const stepUpId = spliced(a['step_up.id'], 64);
  const userHash = spliced(userHashValue, 128);
  const auditAction = a['audit.action'];
  const auditActorType = a['audit.actor.type'];
  const auditOutcome = a['audit.outcome'];
  const auditSourceType = a['audit.source.type'];
  const errorType = a['error.type'];
  const httpRequestMethod = a['http.request.method'];
  const httpResponseStatusCode = a['http.response.status_code'];
  const httpRoute = a['http.route'];
  const stepUpCorrelation = a['step_up.correlation'];
  const stepUpEnrolmentChange = a['step_up.enrolment.change'];
  const stepUpMethod = a['step_up.method'];
  const stepUpPhishingResistant = a['step_up.phishing_resistant'];
  const stepUpSourceLayer = a['step_up.source.layer'];
  const stepUpSourceLibrary = a['step_up.source.library'];
  const stepUpSourceLibraryVersion = a['step_up.source.library_version'];
  const stepUpWebauthnUserVerified = a['step_up.webauthn.user_verified'];
  const userAgentName = a['user_agent.name'];
  const auditActorIdValue = a['audit.actor.id'];
  const auditActorId = auditActorIdValue === userHashValue ? userHash : spliced(auditActorIdValue, 256);
  const auditSourceIdValue = a['audit.source.id'];
  const auditSourceId =
    auditSourceIdValue === stepUpClientPrefixValue ? stepUpClientPrefix : spliced(auditSourceIdValue, 64);
  let sessionPreviousId: string | undefined;
  let stepUpDeviceHash: string | undefined;
  let stepUpSessionStartedAt: string | undefined;
  let auditTargetId: unknown;
  let auditTargetType: unknown;
  let clientAddress: unknown;
  let geoCountryIsoCode: unknown;
  let geoLocalityName: unknown;
  let stepUpClockOffsetBoundMs: unknown;
  let stepUpClockSynced: unknown;
  let stepUpDeviceKnown: unknown;
  let stepUpWebauthnBackedUp: unknown;
  let stepUpWebauthnDeviceType: unknown;
  let userId: unknown;
  let userAgentOriginal: unknown;
  let present =
    (auditActorId === undefined ? 0 : 1) +
    (auditSourceId === undefined ? 0 : 1) +
    (sessionId === undefined ? 0 : 1) +
    (stepUpClientHash === undefined ? 0 : 1) +
    (stepUpClientPrefix === undefined ? 0 : 1) +
    (stepUpId === undefined ? 0 : 1) +
    (userHash === undefined ? 0 : 1) +
    (auditAction === undefined ? 0 : 1) +
    (auditActorType === undefined ? 0 : 1) +
    (auditOutcome === undefined ? 0 : 1) +
    (auditSourceType === undefined ? 0 : 1) +
    (errorType === undefined ? 0 : 1) +
    (httpRequestMethod === undefined ? 0 : 1) +
    (httpResponseStatusCode === undefined ? 0 : 1) +
    (httpRoute === undefined ? 0 : 1) +
    (stepUpCorrelation === undefined ? 0 : 1) +
    (stepUpEnrolmentChange === undefined ? 0 : 1) +
    (stepUpMethod === undefined ? 0 : 1) +
    (stepUpPhishingResistant === undefined ? 0 : 1) +
    (stepUpSourceLayer === undefined ? 0 : 1) +
    (stepUpSourceLibrary === undefined ? 0 : 1) +
    (stepUpSourceLibraryVersion === undefined ? 0 : 1) +
    (stepUpWebauthnUserVerified === undefined ? 0 : 1) +
    (userAgentName === undefined ? 0 : 1);
  const rare = present < total;
  if (rare) {
    sessionPreviousId = spliced(a['session.previous_id'], 128);
    stepUpDeviceHash = spliced(a['step_up.device.hash'], 64);
    stepUpSessionStartedAt = spliced(a['step_up.session.started_at'], 32);
    auditTargetId = a['audit.target.id'];
    auditTargetType = a['audit.target.type'];
    clientAddress = a['client.address'];
    geoCountryIsoCode = a['geo.country.iso_code'];
    geoLocalityName = a['geo.locality.name'];
    stepUpClockOffsetBoundMs = a['step_up.clock.offset_bound_ms'];
    stepUpClockSynced = a['step_up.clock.synced'];
    stepUpDeviceKnown = a['step_up.device.known'];
    stepUpWebauthnBackedUp = a['step_up.webauthn.backed_up'];
    stepUpWebauthnDeviceType = a['step_up.webauthn.device_type'];
    userId = a['user.id'];
    userAgentOriginal = a['user_agent.original'];
    present +=
      (sessionPreviousId === undefined ? 0 : 1) +
      (stepUpDeviceHash === undefined ? 0 : 1) +
      (stepUpSessionStartedAt === undefined ? 0 : 1) +
      (auditTargetId === undefined ? 0 : 1) +
      (auditTargetType === undefined ? 0 : 1) +
      (clientAddress === undefined ? 0 : 1) +
      (geoCountryIsoCode === undefined ? 0 : 1) +
      (geoLocalityName === undefined ? 0 : 1) +
      (stepUpClockOffsetBoundMs === undefined ? 0 : 1) +
      (stepUpClockSynced === undefined ? 0 : 1) +
      (stepUpDeviceKnown === undefined ? 0 : 1) +
      (stepUpWebauthnBackedUp === undefined ? 0 : 1) +
      (stepUpWebauthnDeviceType === undefined ? 0 : 1) +
      (userId === undefined ? 0 : 1) +
      (userAgentOriginal === undefined ? 0 : 1);
  }
  if (present !== total && !areAll(a, present)) return undefined;
  const timestamp = nanosecondText(timestampMs);
  const observed = observedTimestampMs === timestampMs ? timestamp : nanosecondText(observedTimestampMs);
  // All is read: from here on no code of the application runs, so the gaps are this event's.
  if (encoding.unfit !== unfit || auditAction === undefined) return undefined;
  const checkRare = rare || rareBefore;
  rareBefore = true;
  if (
    (auditAction !== last0.auditAction || (auditActorId !== undefined) !== last0.next) &&
    !select0(auditAction, auditActorId !== undefined)
  )
    return undefined;
  if (
    (auditActorType !== last1.auditActorType ||
      auditOutcome !== last1.auditOutcome ||
      (auditActorId !== undefined) !== last1.open) &&
    !select1(auditActorType, auditOutcome, auditActorId !== undefined)
  )
    return undefined;
  if (auditSequenceEnd !== last2.auditSequenceEnd && !select2(auditSequenceEnd)) return undefined;
  if (
    (auditSequenceStreamId !== last5.auditSequenceStreamId || (auditSourceId !== undefined) !== last5.next) &&
    !select5(auditSequenceStreamId, auditSourceId !== undefined)
  )
    return undefined;
  if (
    (auditSourceType !== last6.auditSourceType ||
      errorType !== last6.errorType ||
      httpRequestMethod !== last6.httpRequestMethod ||
      httpResponseStatusCode !== last6.httpResponseStatusCode ||
      httpRoute !== last6.httpRoute ||
      (auditSourceId !== undefined) !== last6.open ||
      (sessionId !== undefined) !== last6.next ||
      (checkRare &&
        (auditTargetId !== last6.auditTargetId ||
          auditTargetType !== last6.auditTargetType ||
          clientAddress !== last6.clientAddress ||
          geoCountryIsoCode !== last6.geoCountryIsoCode ||
          geoLocalityName !== last6.geoLocalityName))) &&
    !select6(
      auditSourceType,
      auditTargetId,
      auditTargetType,
      clientAddress,
      errorType,
      geoCountryIsoCode,
      geoLocalityName,
      httpRequestMethod,
      httpResponseStatusCode,
      httpRoute,
      auditSourceId !== undefined,
      sessionId !== undefined,
    )
  )
    return undefined;
  if (
    ((sessionId !== undefined) !== last7.open || (checkRare && (sessionPreviousId !== undefined) !== last7.next)) &&
    !select7(sessionId !== undefined, sessionPreviousId !== undefined)
  )
    return undefined;
  if (
    ((stepUpClientHash !== undefined) !== last8.next ||
      (checkRare && (sessionPreviousId !== undefined) !== last8.open)) &&
    !select8(sessionPreviousId !== undefined, stepUpClientHash !== undefined)
  )
    return undefined;
  if (
    ((stepUpClientHash !== undefined) !== last9.open || (stepUpClientPrefix !== undefined) !== last9.next) &&
    !select9(stepUpClientHash !== undefined, stepUpClientPrefix !== undefined)
  )
    return undefined;
  if (
    (stepUpCorrelation !== last10.stepUpCorrelation ||
      (stepUpClientPrefix !== undefined) !== last10.open ||
      (checkRare &&
        (stepUpClockOffsetBoundMs !== last10.stepUpClockOffsetBoundMs ||
          stepUpClockSynced !== last10.stepUpClockSynced ||
          (stepUpDeviceHash !== undefined) !== last10.next))) &&
    !select10(
      stepUpClockOffsetBoundMs,
      stepUpClockSynced,
      stepUpCorrelation,
      stepUpClientPrefix !== undefined,
      stepUpDeviceHash !== undefined,
    )
  )
    return undefined;
  if (
    (stepUpEnrolmentChange !== last11.stepUpEnrolmentChange ||
      (stepUpId !== undefined) !== last11.next ||
      (checkRare &&
        (stepUpDeviceKnown !== last11.stepUpDeviceKnown || (stepUpDeviceHash !== undefined) !== last11.open))) &&
    !select11(stepUpDeviceKnown, stepUpEnrolmentChange, stepUpDeviceHash !== undefined, stepUpId !== undefined)
  )
    return undefined;
  if (
    (stepUpMethod !== last12.stepUpMethod ||
      stepUpPhishingResistant !== last12.stepUpPhishingResistant ||
      (stepUpId !== undefined) !== last12.open ||
      (checkRare && (stepUpSessionStartedAt !== undefined) !== last12.next)) &&
    !select12(stepUpMethod, stepUpPhishingResistant, stepUpId !== undefined, stepUpSessionStartedAt !== undefined)
  )
    return undefined;
  if (
    (stepUpSourceLayer !== last13.stepUpSourceLayer ||
      stepUpSourceLibrary !== last13.stepUpSourceLibrary ||
      stepUpSourceLibraryVersion !== last13.stepUpSourceLibraryVersion ||
      stepUpWebauthnUserVerified !== last13.stepUpWebauthnUserVerified ||
      (userHash !== undefined) !== last13.next ||
      (checkRare &&
        (stepUpWebauthnBackedUp !== last13.stepUpWebauthnBackedUp ||
          stepUpWebauthnDeviceType !== last13.stepUpWebauthnDeviceType ||
          (stepUpSessionStartedAt !== undefined) !== last13.open))) &&
    !select13(
      stepUpSourceLayer,
      stepUpSourceLibrary,
      stepUpSourceLibraryVersion,
      stepUpWebauthnBackedUp,
      stepUpWebauthnDeviceType,
      stepUpWebauthnUserVerified,
      stepUpSessionStartedAt !== undefined,
      userHash !== undefined,
    )
  )
    return undefined;
  if (
    (userAgentName !== last14.userAgentName ||
      (userHash !== undefined) !== last14.open ||
      (checkRare && (userId !== last14.userId || userAgentOriginal !== last14.userAgentOriginal))) &&
    !select14(userId, userAgentName, userAgentOriginal, userHash !== undefined)
  )
    return undefined;
  rareBefore = rare;
  if (body !== lastBody) {
    if (!tail.selectTail(body, 'step_up.enrolled')) return undefined;
    lastBody = body;
  }
  if (layout.restless) layout.arrange();
  const attributes = rare
    ? gap0.out +
      (auditActorId ?? '') +
      gap1.out +
      auditRecordId +
      gap2.out +
      auditSequenceNumber +
      '"},"audit.sequence.previous_hash":{"stringValue":"' +
      auditSequencePreviousHash +
      '"},"audit.sequence.previous_record_id":{"stringValue":"' +
      auditSequencePreviousRecordId +
      gap5.out +
      (auditSourceId ?? '') +
      gap6.out +
      (sessionId ?? '') +
      gap7.out +
      (sessionPreviousId ?? '') +
      gap8.out +
      (stepUpClientHash ?? '') +
      gap9.out +
      (stepUpClientPrefix ?? '') +
      gap10.out +
      (stepUpDeviceHash ?? '') +
      gap11.out +
      (stepUpId ?? '') +
      gap12.out +
      (stepUpSessionStartedAt ?? '') +
      gap13.out +
      (userHash ?? '') +
      gap14.out
    : gap0.out +
      (auditActorId ?? '') +
      gap1.out +
      auditRecordId +
      gap2.out +
      auditSequenceNumber +
      '"},"audit.sequence.previous_hash":{"stringValue":"' +
      auditSequencePreviousHash +
      '"},"audit.sequence.previous_record_id":{"stringValue":"' +
      auditSequencePreviousRecordId +
      gap5.out +
      (auditSourceId ?? '') +
      gap6.out +
      (sessionId ?? '') +
      gap8.out +
      (stepUpClientHash ?? '') +
      gap9.out +
      (stepUpClientPrefix ?? '') +
      gap11.out +
      (stepUpId ?? '') +
      gap13.out +
      (userHash ?? '');
  const text =
    attributes +
    tail.out +
    observed +
    (traceId === undefined
      ? '","timestamp":"' + timestamp + '"}'
      : '","span_id":"' + spanId + '","timestamp":"' + timestamp + '","trace_id":"' + traceId + '"}');
  encoding.ascii = encoding.escaped === escaped ? layout.wide === 0 : isAscii(text);
  return text;
}
