// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

import type { ChainFields, EventRecord } from '../event-encoder-types.ts';
import {
  areIds,
  escaped,
  Gap,
  isAscii,
  isInteger,
  isPlain,
  isText,
  lastEncoding,
  Layout,
  nanosecondText,
} from '../event-encoder-fragments.ts';
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
} from './slots.ts';

const NEVER = Symbol('never');
const layout = new Layout();

const gap0 = new Gap(layout, [AUDIT_ACTION], ',"audit.actor.id":{"stringValue":"', '{"attributes":{');
const last0: { auditAction: unknown; next: unknown } = { auditAction: NEVER, next: undefined };
const gap1 = new Gap(layout, [AUDIT_ACTOR_TYPE, AUDIT_OUTCOME], ',"audit.record.id":{"stringValue":"');
const last1: { auditActorType: unknown; auditOutcome: unknown; open: unknown } = {
  auditActorType: NEVER,
  auditOutcome: undefined,
  open: undefined,
};
const gap2 = new Gap(layout, [AUDIT_SCHEMA_VERSION, AUDIT_SEQUENCE_END], ',"audit.sequence.number":{"intValue":"');
const last2: { auditSequenceEnd: unknown } = { auditSequenceEnd: NEVER };
const gap5 = new Gap(layout, [AUDIT_SEQUENCE_STREAM_ID], ',"audit.source.id":{"stringValue":"');
const last5: { auditSequenceStreamId: unknown; next: unknown } = { auditSequenceStreamId: NEVER, next: undefined };
const gap6 = new Gap(
  layout,
  [AUDIT_SOURCE_TYPE, AUDIT_TARGET_ID, AUDIT_TARGET_TYPE],
  ',"client.address":{"stringValue":"',
);
const last6: {
  auditSourceType: unknown;
  auditTargetId: unknown;
  auditTargetType: unknown;
  open: unknown;
  next: unknown;
} = { auditSourceType: NEVER, auditTargetId: undefined, auditTargetType: undefined, open: undefined, next: undefined };
const gap7 = new Gap(
  layout,
  [ERROR_TYPE, GEO_COUNTRY_ISO_CODE, GEO_LOCALITY_NAME, HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE],
  ',"session.id":{"stringValue":"',
);
const last7: {
  errorType: unknown;
  geoCountryIsoCode: unknown;
  geoLocalityName: unknown;
  httpRequestMethod: unknown;
  httpResponseStatusCode: unknown;
  httpRoute: unknown;
  open: unknown;
  next: unknown;
} = {
  errorType: NEVER,
  geoCountryIsoCode: undefined,
  geoLocalityName: undefined,
  httpRequestMethod: undefined,
  httpResponseStatusCode: undefined,
  httpRoute: undefined,
  open: undefined,
  next: undefined,
};
const gap8 = new Gap(layout, [], ',"session.previous_id":{"stringValue":"');
const last8: { open: unknown; next: unknown } = { open: NEVER, next: undefined };
const gap9 = new Gap(layout, [], ',"step_up.client.hash":{"stringValue":"');
const last9: { open: unknown; next: unknown } = { open: NEVER, next: undefined };
const gap10 = new Gap(layout, [], ',"step_up.client.prefix":{"stringValue":"');
const last10: { open: unknown; next: unknown } = { open: NEVER, next: undefined };
const gap11 = new Gap(
  layout,
  [STEP_UP_CLOCK_OFFSET_BOUND_MS, STEP_UP_CLOCK_SYNCED, STEP_UP_CORRELATION],
  ',"step_up.device.hash":{"stringValue":"',
);
const last11: {
  stepUpClockOffsetBoundMs: unknown;
  stepUpClockSynced: unknown;
  stepUpCorrelation: unknown;
  open: unknown;
  next: unknown;
} = {
  stepUpClockOffsetBoundMs: NEVER,
  stepUpClockSynced: undefined,
  stepUpCorrelation: undefined,
  open: undefined,
  next: undefined,
};
const gap12 = new Gap(layout, [STEP_UP_DEVICE_KNOWN, STEP_UP_ENROLMENT_CHANGE], ',"step_up.id":{"stringValue":"');
const last12: { stepUpDeviceKnown: unknown; stepUpEnrolmentChange: unknown; open: unknown; next: unknown } = {
  stepUpDeviceKnown: NEVER,
  stepUpEnrolmentChange: undefined,
  open: undefined,
  next: undefined,
};
const gap13 = new Gap(
  layout,
  [STEP_UP_METHOD, STEP_UP_PHISHING_RESISTANT],
  ',"step_up.session.started_at":{"stringValue":"',
);
const last13: { stepUpMethod: unknown; stepUpPhishingResistant: unknown; open: unknown; next: unknown } = {
  stepUpMethod: NEVER,
  stepUpPhishingResistant: undefined,
  open: undefined,
  next: undefined,
};
const gap14 = new Gap(
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
const last14: {
  stepUpSourceLayer: unknown;
  stepUpSourceLibrary: unknown;
  stepUpSourceLibraryVersion: unknown;
  stepUpWebauthnBackedUp: unknown;
  stepUpWebauthnDeviceType: unknown;
  stepUpWebauthnUserVerified: unknown;
  open: unknown;
  next: unknown;
} = {
  stepUpSourceLayer: NEVER,
  stepUpSourceLibrary: undefined,
  stepUpSourceLibraryVersion: undefined,
  stepUpWebauthnBackedUp: undefined,
  stepUpWebauthnDeviceType: undefined,
  stepUpWebauthnUserVerified: undefined,
  open: undefined,
  next: undefined,
};
const gap15 = new Gap(layout, [], ',"user.id":{"stringValue":"');
const last15: { open: unknown; next: unknown } = { open: NEVER, next: undefined };
const gap16 = new Gap(layout, [USER_AGENT_NAME, USER_AGENT_ORIGINAL], '');
const last16: { userAgentName: unknown; userAgentOriginal: unknown; open: unknown } = {
  userAgentName: NEVER,
  userAgentOriginal: undefined,
  open: undefined,
};
const tail = new Gap(layout, [], '');
let lastBody: unknown = NEVER;

/** P of `step_up.enrolled` if nothing in it must be mended, else undefined. May throw what a hostile record throws. */
export function encodeStepUpEnrolled(record: EventRecord, chain: ChainFields): string | undefined {
  const a = record.attributes;
  let auditActorId = a['audit.actor.id'];
  const auditRecordId = chain.recordId;
  const auditSequenceNumber = chain.number;
  const auditSequencePreviousHash = chain.previousHash;
  const auditSequencePreviousRecordId = chain.previousRecordId;
  let auditSourceId = a['audit.source.id'];
  let clientAddress = a['client.address'];
  let sessionId = a['session.id'];
  let sessionPreviousId = a['session.previous_id'];
  let stepUpClientHash = a['step_up.client.hash'];
  let stepUpClientPrefix = a['step_up.client.prefix'];
  let stepUpDeviceHash = a['step_up.device.hash'];
  let stepUpId = a['step_up.id'];
  let stepUpSessionStartedAt = a['step_up.session.started_at'];
  let userHash = a['user.hash'];
  let userId = a['user.id'];
  const auditAction = a['audit.action'];
  const auditActorType = a['audit.actor.type'];
  const auditOutcome = a['audit.outcome'];
  const auditSequenceEnd = chain.end === false ? undefined : chain.end;
  const auditSequenceStreamId = chain.streamId;
  const auditSourceType = a['audit.source.type'];
  const auditTargetId = a['audit.target.id'];
  const auditTargetType = a['audit.target.type'];
  const errorType = a['error.type'];
  const geoCountryIsoCode = a['geo.country.iso_code'];
  const geoLocalityName = a['geo.locality.name'];
  const httpRequestMethod = a['http.request.method'];
  const httpResponseStatusCode = a['http.response.status_code'];
  const httpRoute = a['http.route'];
  const stepUpClockOffsetBoundMs = a['step_up.clock.offset_bound_ms'];
  const stepUpClockSynced = a['step_up.clock.synced'];
  const stepUpCorrelation = a['step_up.correlation'];
  const stepUpDeviceKnown = a['step_up.device.known'];
  const stepUpEnrolmentChange = a['step_up.enrolment.change'];
  const stepUpMethod = a['step_up.method'];
  const stepUpPhishingResistant = a['step_up.phishing_resistant'];
  const stepUpSourceLayer = a['step_up.source.layer'];
  const stepUpSourceLibrary = a['step_up.source.library'];
  const stepUpSourceLibraryVersion = a['step_up.source.library_version'];
  const stepUpWebauthnBackedUp = a['step_up.webauthn.backed_up'];
  const stepUpWebauthnDeviceType = a['step_up.webauthn.device_type'];
  const stepUpWebauthnUserVerified = a['step_up.webauthn.user_verified'];
  const userAgentName = a['user_agent.name'];
  const userAgentOriginal = a['user_agent.original'];
  if (auditAction === undefined) return undefined;
  if (
    !isText(auditActorId, 256) ||
    !isText(auditRecordId, 36) ||
    auditRecordId === undefined ||
    !isInteger(auditSequenceNumber) ||
    auditSequenceNumber === undefined ||
    !isText(auditSequencePreviousHash, 64) ||
    auditSequencePreviousHash === undefined ||
    !isText(auditSequencePreviousRecordId, 36) ||
    auditSequencePreviousRecordId === undefined ||
    !isText(auditSourceId, 64) ||
    !isText(clientAddress, 64) ||
    !isText(sessionId, 128) ||
    !isText(sessionPreviousId, 128) ||
    !isText(stepUpClientHash, 64) ||
    !isText(stepUpClientPrefix, 64) ||
    !isText(stepUpDeviceHash, 64) ||
    !isText(stepUpId, 64) ||
    !isText(stepUpSessionStartedAt, 32) ||
    !isText(userHash, 128) ||
    !isText(userId, 256)
  ) {
    return undefined;
  }
  const { traceId, spanId } = record;
  if (!areIds(traceId, spanId)) return undefined;
  const plain = isPlain(
    (auditActorId === userHash || auditActorId === undefined ? '' : auditActorId) +
      auditRecordId +
      auditSequencePreviousHash +
      (auditSequencePreviousRecordId === lastEncoding.recordId ? '' : auditSequencePreviousRecordId) +
      (auditSourceId === stepUpClientPrefix || auditSourceId === undefined ? '' : auditSourceId) +
      (clientAddress ?? '') +
      (sessionId ?? '') +
      (sessionPreviousId ?? '') +
      (stepUpClientHash ?? '') +
      (stepUpClientPrefix ?? '') +
      (stepUpDeviceHash ?? '') +
      (stepUpId ?? '') +
      (stepUpSessionStartedAt ?? '') +
      (userHash ?? '') +
      (userId ?? ''),
  );
  if (!plain) {
    if (!isPlain(auditRecordId + auditSequencePreviousHash + auditSequencePreviousRecordId)) return undefined;
    auditActorId = escaped(auditActorId, 256);
    auditSourceId = escaped(auditSourceId, 64);
    clientAddress = escaped(clientAddress, 64);
    sessionId = escaped(sessionId, 128);
    sessionPreviousId = escaped(sessionPreviousId, 128);
    stepUpClientHash = escaped(stepUpClientHash, 64);
    stepUpClientPrefix = escaped(stepUpClientPrefix, 64);
    stepUpDeviceHash = escaped(stepUpDeviceHash, 64);
    stepUpId = escaped(stepUpId, 64);
    stepUpSessionStartedAt = escaped(stepUpSessionStartedAt, 32);
    userHash = escaped(userHash, 128);
    userId = escaped(userId, 256);
    if (
      auditActorId === '' ||
      auditSourceId === '' ||
      clientAddress === '' ||
      sessionId === '' ||
      sessionPreviousId === '' ||
      stepUpClientHash === '' ||
      stepUpClientPrefix === '' ||
      stepUpDeviceHash === '' ||
      stepUpId === '' ||
      stepUpSessionStartedAt === '' ||
      userHash === '' ||
      userId === ''
    )
      return undefined;
  }
  if (auditAction !== last0.auditAction || (auditActorId !== undefined) !== last0.next) {
    if (!gap0.rebuild([auditAction], false, auditActorId !== undefined)) return undefined;
    last0.auditAction = auditAction;
    last0.next = auditActorId !== undefined;
  }
  if (
    auditActorType !== last1.auditActorType ||
    auditOutcome !== last1.auditOutcome ||
    (auditActorId !== undefined) !== last1.open
  ) {
    if (!gap1.rebuild([auditActorType, auditOutcome], auditActorId !== undefined, true)) return undefined;
    last1.auditActorType = auditActorType;
    last1.auditOutcome = auditOutcome;
    last1.open = auditActorId !== undefined;
  }
  if (auditSequenceEnd !== last2.auditSequenceEnd) {
    if (!gap2.rebuild(['0.1.0', auditSequenceEnd], true, true)) return undefined;
    last2.auditSequenceEnd = auditSequenceEnd;
  }
  if (auditSequenceStreamId !== last5.auditSequenceStreamId || (auditSourceId !== undefined) !== last5.next) {
    if (!gap5.rebuild([auditSequenceStreamId], true, auditSourceId !== undefined)) return undefined;
    last5.auditSequenceStreamId = auditSequenceStreamId;
    last5.next = auditSourceId !== undefined;
  }
  if (
    auditSourceType !== last6.auditSourceType ||
    auditTargetId !== last6.auditTargetId ||
    auditTargetType !== last6.auditTargetType ||
    (auditSourceId !== undefined) !== last6.open ||
    (clientAddress !== undefined) !== last6.next
  ) {
    if (
      !gap6.rebuild(
        [auditSourceType, auditTargetId, auditTargetType],
        auditSourceId !== undefined,
        clientAddress !== undefined,
      )
    )
      return undefined;
    last6.auditSourceType = auditSourceType;
    last6.auditTargetId = auditTargetId;
    last6.auditTargetType = auditTargetType;
    last6.open = auditSourceId !== undefined;
    last6.next = clientAddress !== undefined;
  }
  if (
    errorType !== last7.errorType ||
    geoCountryIsoCode !== last7.geoCountryIsoCode ||
    geoLocalityName !== last7.geoLocalityName ||
    httpRequestMethod !== last7.httpRequestMethod ||
    httpResponseStatusCode !== last7.httpResponseStatusCode ||
    httpRoute !== last7.httpRoute ||
    (clientAddress !== undefined) !== last7.open ||
    (sessionId !== undefined) !== last7.next
  ) {
    if (
      !gap7.rebuild(
        [errorType, geoCountryIsoCode, geoLocalityName, httpRequestMethod, httpResponseStatusCode, httpRoute],
        clientAddress !== undefined,
        sessionId !== undefined,
      )
    )
      return undefined;
    last7.errorType = errorType;
    last7.geoCountryIsoCode = geoCountryIsoCode;
    last7.geoLocalityName = geoLocalityName;
    last7.httpRequestMethod = httpRequestMethod;
    last7.httpResponseStatusCode = httpResponseStatusCode;
    last7.httpRoute = httpRoute;
    last7.open = clientAddress !== undefined;
    last7.next = sessionId !== undefined;
  }
  if ((sessionId !== undefined) !== last8.open || (sessionPreviousId !== undefined) !== last8.next) {
    if (!gap8.rebuild([], sessionId !== undefined, sessionPreviousId !== undefined)) return undefined;
    last8.open = sessionId !== undefined;
    last8.next = sessionPreviousId !== undefined;
  }
  if ((sessionPreviousId !== undefined) !== last9.open || (stepUpClientHash !== undefined) !== last9.next) {
    if (!gap9.rebuild([], sessionPreviousId !== undefined, stepUpClientHash !== undefined)) return undefined;
    last9.open = sessionPreviousId !== undefined;
    last9.next = stepUpClientHash !== undefined;
  }
  if ((stepUpClientHash !== undefined) !== last10.open || (stepUpClientPrefix !== undefined) !== last10.next) {
    if (!gap10.rebuild([], stepUpClientHash !== undefined, stepUpClientPrefix !== undefined)) return undefined;
    last10.open = stepUpClientHash !== undefined;
    last10.next = stepUpClientPrefix !== undefined;
  }
  if (
    stepUpClockOffsetBoundMs !== last11.stepUpClockOffsetBoundMs ||
    stepUpClockSynced !== last11.stepUpClockSynced ||
    stepUpCorrelation !== last11.stepUpCorrelation ||
    (stepUpClientPrefix !== undefined) !== last11.open ||
    (stepUpDeviceHash !== undefined) !== last11.next
  ) {
    if (
      !gap11.rebuild(
        [stepUpClockOffsetBoundMs, stepUpClockSynced, stepUpCorrelation],
        stepUpClientPrefix !== undefined,
        stepUpDeviceHash !== undefined,
      )
    )
      return undefined;
    last11.stepUpClockOffsetBoundMs = stepUpClockOffsetBoundMs;
    last11.stepUpClockSynced = stepUpClockSynced;
    last11.stepUpCorrelation = stepUpCorrelation;
    last11.open = stepUpClientPrefix !== undefined;
    last11.next = stepUpDeviceHash !== undefined;
  }
  if (
    stepUpDeviceKnown !== last12.stepUpDeviceKnown ||
    stepUpEnrolmentChange !== last12.stepUpEnrolmentChange ||
    (stepUpDeviceHash !== undefined) !== last12.open ||
    (stepUpId !== undefined) !== last12.next
  ) {
    if (
      !gap12.rebuild([stepUpDeviceKnown, stepUpEnrolmentChange], stepUpDeviceHash !== undefined, stepUpId !== undefined)
    )
      return undefined;
    last12.stepUpDeviceKnown = stepUpDeviceKnown;
    last12.stepUpEnrolmentChange = stepUpEnrolmentChange;
    last12.open = stepUpDeviceHash !== undefined;
    last12.next = stepUpId !== undefined;
  }
  if (
    stepUpMethod !== last13.stepUpMethod ||
    stepUpPhishingResistant !== last13.stepUpPhishingResistant ||
    (stepUpId !== undefined) !== last13.open ||
    (stepUpSessionStartedAt !== undefined) !== last13.next
  ) {
    if (
      !gap13.rebuild(
        [stepUpMethod, stepUpPhishingResistant],
        stepUpId !== undefined,
        stepUpSessionStartedAt !== undefined,
      )
    )
      return undefined;
    last13.stepUpMethod = stepUpMethod;
    last13.stepUpPhishingResistant = stepUpPhishingResistant;
    last13.open = stepUpId !== undefined;
    last13.next = stepUpSessionStartedAt !== undefined;
  }
  if (
    stepUpSourceLayer !== last14.stepUpSourceLayer ||
    stepUpSourceLibrary !== last14.stepUpSourceLibrary ||
    stepUpSourceLibraryVersion !== last14.stepUpSourceLibraryVersion ||
    stepUpWebauthnBackedUp !== last14.stepUpWebauthnBackedUp ||
    stepUpWebauthnDeviceType !== last14.stepUpWebauthnDeviceType ||
    stepUpWebauthnUserVerified !== last14.stepUpWebauthnUserVerified ||
    (stepUpSessionStartedAt !== undefined) !== last14.open ||
    (userHash !== undefined) !== last14.next
  ) {
    if (
      !gap14.rebuild(
        [
          stepUpSourceLayer,
          stepUpSourceLibrary,
          stepUpSourceLibraryVersion,
          stepUpWebauthnBackedUp,
          stepUpWebauthnDeviceType,
          stepUpWebauthnUserVerified,
        ],
        stepUpSessionStartedAt !== undefined,
        userHash !== undefined,
      )
    )
      return undefined;
    last14.stepUpSourceLayer = stepUpSourceLayer;
    last14.stepUpSourceLibrary = stepUpSourceLibrary;
    last14.stepUpSourceLibraryVersion = stepUpSourceLibraryVersion;
    last14.stepUpWebauthnBackedUp = stepUpWebauthnBackedUp;
    last14.stepUpWebauthnDeviceType = stepUpWebauthnDeviceType;
    last14.stepUpWebauthnUserVerified = stepUpWebauthnUserVerified;
    last14.open = stepUpSessionStartedAt !== undefined;
    last14.next = userHash !== undefined;
  }
  if ((userHash !== undefined) !== last15.open || (userId !== undefined) !== last15.next) {
    if (!gap15.rebuild([], userHash !== undefined, userId !== undefined)) return undefined;
    last15.open = userHash !== undefined;
    last15.next = userId !== undefined;
  }
  if (
    userAgentName !== last16.userAgentName ||
    userAgentOriginal !== last16.userAgentOriginal ||
    (userId !== undefined) !== last16.open
  ) {
    if (!gap16.rebuild([userAgentName, userAgentOriginal], userId !== undefined, false)) return undefined;
    last16.userAgentName = userAgentName;
    last16.userAgentOriginal = userAgentOriginal;
    last16.open = userId !== undefined;
  }
  if (
    (auditActorId === undefined ? 0 : 1) +
      (auditSourceId === undefined ? 0 : 1) +
      (clientAddress === undefined ? 0 : 1) +
      (sessionId === undefined ? 0 : 1) +
      (sessionPreviousId === undefined ? 0 : 1) +
      (stepUpClientHash === undefined ? 0 : 1) +
      (stepUpClientPrefix === undefined ? 0 : 1) +
      (stepUpDeviceHash === undefined ? 0 : 1) +
      (stepUpId === undefined ? 0 : 1) +
      (stepUpSessionStartedAt === undefined ? 0 : 1) +
      (userHash === undefined ? 0 : 1) +
      (userId === undefined ? 0 : 1) +
      gap0.count +
      gap1.count +
      gap6.count +
      gap7.count +
      gap11.count +
      gap12.count +
      gap13.count +
      gap14.count +
      gap16.count !==
    Object.keys(a).length
  ) {
    return undefined;
  }
  const body = record.body;
  if (body !== lastBody) {
    if (!tail.rebuildTail(body, 'step_up.enrolled')) return undefined;
    lastBody = body;
  }
  const timestampMs = record.timestampMs;
  const observedMs = record.observedTimestampMs;
  const timestamp = nanosecondText(timestampMs);
  const observed = observedMs === timestampMs ? timestamp : nanosecondText(observedMs);
  if (timestamp === '' || observed === '') return undefined;
  if (layout.calm > 0) {
    layout.calm -= 1;
    if (layout.calm === 0) layout.settle();
  }
  const text =
    gap0.out +
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
    (clientAddress ?? '') +
    gap7.out +
    (sessionId ?? '') +
    gap8.out +
    (sessionPreviousId ?? '') +
    gap9.out +
    (stepUpClientHash ?? '') +
    gap10.out +
    (stepUpClientPrefix ?? '') +
    gap11.out +
    (stepUpDeviceHash ?? '') +
    gap12.out +
    (stepUpId ?? '') +
    gap13.out +
    (stepUpSessionStartedAt ?? '') +
    gap14.out +
    (userHash ?? '') +
    gap15.out +
    (userId ?? '') +
    gap16.out +
    tail.out +
    observed +
    (traceId === undefined
      ? '","timestamp":"' + timestamp + '"}'
      : '","span_id":"' + spanId + '","timestamp":"' + timestamp + '","trace_id":"' + traceId + '"}');
  lastEncoding.recordId = auditRecordId;
  lastEncoding.ascii = plain
    ? (gap0.wide |
        gap1.wide |
        gap2.wide |
        gap5.wide |
        gap6.wide |
        gap7.wide |
        gap8.wide |
        gap9.wide |
        gap10.wide |
        gap11.wide |
        gap12.wide |
        gap13.wide |
        gap14.wide |
        gap15.wide |
        gap16.wide |
        tail.wide) ===
      0
    : isAscii(text);
  return text;
}
