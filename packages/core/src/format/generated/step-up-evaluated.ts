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
  TextList,
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
  SECURITY_RULE_NAME,
  SECURITY_RULE_UUID,
  SECURITY_RULE_VERSION,
  STEP_UP_AAL,
  STEP_UP_ACR_ACHIEVED,
  STEP_UP_ACR_REQUESTED,
  STEP_UP_ACTION_NAME,
  STEP_UP_AMR,
  STEP_UP_CLOCK_OFFSET_BOUND_MS,
  STEP_UP_CLOCK_SYNCED,
  STEP_UP_CORRELATION,
  STEP_UP_DECISION,
  STEP_UP_DEVICE_KNOWN,
  STEP_UP_EXEMPTION,
  STEP_UP_MAX_AGE_S,
  STEP_UP_RISK_REASONS,
  STEP_UP_RISK_THRESHOLD_MILLI,
  STEP_UP_SAMPLE_WEIGHT,
  STEP_UP_SOURCE_LAYER,
  STEP_UP_SOURCE_LIBRARY,
  STEP_UP_SOURCE_LIBRARY_VERSION,
  STEP_UP_TRIGGER_DETAIL,
  STEP_UP_TRIGGER_REASON,
  USER_AGENT_NAME,
  USER_AGENT_ORIGINAL,
} from './slots.ts';

const NEVER = Symbol('never');
const layout = new Layout();
const stepUpAcrRequestedList = new TextList(8, 256);
const stepUpAmrList = new TextList(16, 64);
const stepUpRiskReasonsList = new TextList(16, 64);
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
  [
    ERROR_TYPE,
    GEO_COUNTRY_ISO_CODE,
    GEO_LOCALITY_NAME,
    HTTP_REQUEST_METHOD,
    HTTP_RESPONSE_STATUS_CODE,
    HTTP_ROUTE,
    SECURITY_RULE_NAME,
    SECURITY_RULE_UUID,
    SECURITY_RULE_VERSION,
  ],
  ',"session.id":{"stringValue":"',
);
const last7: {
  errorType: unknown;
  geoCountryIsoCode: unknown;
  geoLocalityName: unknown;
  httpRequestMethod: unknown;
  httpResponseStatusCode: unknown;
  httpRoute: unknown;
  securityRuleName: unknown;
  securityRuleUuid: unknown;
  securityRuleVersion: unknown;
  open: unknown;
  next: unknown;
} = {
  errorType: NEVER,
  geoCountryIsoCode: undefined,
  geoLocalityName: undefined,
  httpRequestMethod: undefined,
  httpResponseStatusCode: undefined,
  httpRoute: undefined,
  securityRuleName: undefined,
  securityRuleUuid: undefined,
  securityRuleVersion: undefined,
  open: undefined,
  next: undefined,
};
const gap8 = new Gap(layout, [], ',"session.previous_id":{"stringValue":"');
const last8: { open: unknown; next: unknown } = { open: NEVER, next: undefined };
const gap9 = new Gap(
  layout,
  [STEP_UP_AAL, STEP_UP_ACR_ACHIEVED, STEP_UP_ACR_REQUESTED],
  ',"step_up.action.link_digest":{"stringValue":"',
);
const last9: {
  stepUpAal: unknown;
  stepUpAcrAchieved: unknown;
  stepUpAcrRequested: unknown;
  open: unknown;
  next: unknown;
} = { stepUpAal: NEVER, stepUpAcrAchieved: undefined, stepUpAcrRequested: undefined, open: undefined, next: undefined };
const gap10 = new Gap(layout, [STEP_UP_ACTION_NAME], ',"step_up.action.resource":{"stringValue":"');
const last10: { stepUpActionName: unknown; open: unknown; next: unknown } = {
  stepUpActionName: NEVER,
  open: undefined,
  next: undefined,
};
const gap11 = new Gap(layout, [STEP_UP_AMR], ',"step_up.auth_time":{"stringValue":"');
const last11: { stepUpAmr: unknown; open: unknown; next: unknown } = {
  stepUpAmr: NEVER,
  open: undefined,
  next: undefined,
};
const gap12 = new Gap(layout, [], ',"step_up.client.hash":{"stringValue":"');
const last12: { open: unknown; next: unknown } = { open: NEVER, next: undefined };
const gap13 = new Gap(layout, [], ',"step_up.client.prefix":{"stringValue":"');
const last13: { open: unknown; next: unknown } = { open: NEVER, next: undefined };
const gap14 = new Gap(
  layout,
  [STEP_UP_CLOCK_OFFSET_BOUND_MS, STEP_UP_CLOCK_SYNCED, STEP_UP_CORRELATION, STEP_UP_DECISION],
  ',"step_up.device.hash":{"stringValue":"',
);
const last14: {
  stepUpClockOffsetBoundMs: unknown;
  stepUpClockSynced: unknown;
  stepUpCorrelation: unknown;
  stepUpDecision: unknown;
  open: unknown;
  next: unknown;
} = {
  stepUpClockOffsetBoundMs: NEVER,
  stepUpClockSynced: undefined,
  stepUpCorrelation: undefined,
  stepUpDecision: undefined,
  open: undefined,
  next: undefined,
};
const gap15 = new Gap(layout, [STEP_UP_DEVICE_KNOWN, STEP_UP_EXEMPTION], ',"step_up.id":{"stringValue":"');
const last15: { stepUpDeviceKnown: unknown; stepUpExemption: unknown; open: unknown; next: unknown } = {
  stepUpDeviceKnown: NEVER,
  stepUpExemption: undefined,
  open: undefined,
  next: undefined,
};
const gap16 = new Gap(layout, [STEP_UP_MAX_AGE_S, STEP_UP_RISK_REASONS], ',"step_up.risk.score_milli":{"intValue":"');
const last16: { stepUpMaxAgeS: unknown; stepUpRiskReasons: unknown; open: unknown; next: unknown } = {
  stepUpMaxAgeS: NEVER,
  stepUpRiskReasons: undefined,
  open: undefined,
  next: undefined,
};
const gap17 = new Gap(
  layout,
  [STEP_UP_RISK_THRESHOLD_MILLI, STEP_UP_SAMPLE_WEIGHT],
  ',"step_up.session.started_at":{"stringValue":"',
);
const last17: { stepUpRiskThresholdMilli: unknown; stepUpSampleWeight: unknown; open: unknown; next: unknown } = {
  stepUpRiskThresholdMilli: NEVER,
  stepUpSampleWeight: undefined,
  open: undefined,
  next: undefined,
};
const gap18 = new Gap(
  layout,
  [
    STEP_UP_SOURCE_LAYER,
    STEP_UP_SOURCE_LIBRARY,
    STEP_UP_SOURCE_LIBRARY_VERSION,
    STEP_UP_TRIGGER_DETAIL,
    STEP_UP_TRIGGER_REASON,
  ],
  ',"user.hash":{"stringValue":"',
);
const last18: {
  stepUpSourceLayer: unknown;
  stepUpSourceLibrary: unknown;
  stepUpSourceLibraryVersion: unknown;
  stepUpTriggerDetail: unknown;
  stepUpTriggerReason: unknown;
  open: unknown;
  next: unknown;
} = {
  stepUpSourceLayer: NEVER,
  stepUpSourceLibrary: undefined,
  stepUpSourceLibraryVersion: undefined,
  stepUpTriggerDetail: undefined,
  stepUpTriggerReason: undefined,
  open: undefined,
  next: undefined,
};
const gap19 = new Gap(layout, [], ',"user.id":{"stringValue":"');
const last19: { open: unknown; next: unknown } = { open: NEVER, next: undefined };
const gap20 = new Gap(layout, [USER_AGENT_NAME, USER_AGENT_ORIGINAL], '');
const last20: { userAgentName: unknown; userAgentOriginal: unknown; open: unknown } = {
  userAgentName: NEVER,
  userAgentOriginal: undefined,
  open: undefined,
};
const tail = new Gap(layout, [], '');
let lastBody: unknown = NEVER;

/** P of `step_up.evaluated` if nothing in it must be mended, else undefined. May throw what a hostile record throws. */
export function encodeStepUpEvaluated(record: EventRecord, chain: ChainFields): string | undefined {
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
  let stepUpActionLinkDigest = a['step_up.action.link_digest'];
  let stepUpActionResource = a['step_up.action.resource'];
  let stepUpAuthTime = a['step_up.auth_time'];
  let stepUpClientHash = a['step_up.client.hash'];
  let stepUpClientPrefix = a['step_up.client.prefix'];
  let stepUpDeviceHash = a['step_up.device.hash'];
  let stepUpId = a['step_up.id'];
  const stepUpRiskScoreMilli = a['step_up.risk.score_milli'];
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
  const securityRuleName = a['security_rule.name'];
  const securityRuleUuid = a['security_rule.uuid'];
  const securityRuleVersion = a['security_rule.version'];
  const stepUpAal = a['step_up.aal'];
  const stepUpAcrAchieved = a['step_up.acr.achieved'];
  const stepUpAcrRequested = stepUpAcrRequestedList.text(a['step_up.acr.requested']);
  const stepUpActionName = a['step_up.action.name'];
  const stepUpAmr = stepUpAmrList.text(a['step_up.amr']);
  const stepUpClockOffsetBoundMs = a['step_up.clock.offset_bound_ms'];
  const stepUpClockSynced = a['step_up.clock.synced'];
  const stepUpCorrelation = a['step_up.correlation'];
  const stepUpDecision = a['step_up.decision'];
  const stepUpDeviceKnown = a['step_up.device.known'];
  const stepUpExemption = a['step_up.exemption'];
  const stepUpMaxAgeS = a['step_up.max_age_s'];
  const stepUpRiskReasons = stepUpRiskReasonsList.text(a['step_up.risk.reasons']);
  const stepUpRiskThresholdMilli = a['step_up.risk.threshold_milli'];
  const stepUpSampleWeight = a['step_up.sample_weight'];
  const stepUpSourceLayer = a['step_up.source.layer'];
  const stepUpSourceLibrary = a['step_up.source.library'];
  const stepUpSourceLibraryVersion = a['step_up.source.library_version'];
  const stepUpTriggerDetail = a['step_up.trigger.detail'];
  const stepUpTriggerReason = a['step_up.trigger.reason'];
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
    !isText(stepUpActionLinkDigest, 64) ||
    !isText(stepUpActionResource, 64) ||
    !isText(stepUpAuthTime, 32) ||
    !isText(stepUpClientHash, 64) ||
    !isText(stepUpClientPrefix, 64) ||
    !isText(stepUpDeviceHash, 64) ||
    !isText(stepUpId, 64) ||
    !isInteger(stepUpRiskScoreMilli) ||
    !isText(stepUpSessionStartedAt, 32) ||
    !isText(userHash, 128) ||
    !isText(userId, 256) ||
    stepUpAcrRequested === null ||
    stepUpAmr === null ||
    stepUpRiskReasons === null
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
      (stepUpActionLinkDigest ?? '') +
      (stepUpActionResource ?? '') +
      (stepUpAuthTime ?? '') +
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
    stepUpActionLinkDigest = escaped(stepUpActionLinkDigest, 64);
    stepUpActionResource = escaped(stepUpActionResource, 64);
    stepUpAuthTime = escaped(stepUpAuthTime, 32);
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
      stepUpActionLinkDigest === '' ||
      stepUpActionResource === '' ||
      stepUpAuthTime === '' ||
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
    securityRuleName !== last7.securityRuleName ||
    securityRuleUuid !== last7.securityRuleUuid ||
    securityRuleVersion !== last7.securityRuleVersion ||
    (clientAddress !== undefined) !== last7.open ||
    (sessionId !== undefined) !== last7.next
  ) {
    if (
      !gap7.rebuild(
        [
          errorType,
          geoCountryIsoCode,
          geoLocalityName,
          httpRequestMethod,
          httpResponseStatusCode,
          httpRoute,
          securityRuleName,
          securityRuleUuid,
          securityRuleVersion,
        ],
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
    last7.securityRuleName = securityRuleName;
    last7.securityRuleUuid = securityRuleUuid;
    last7.securityRuleVersion = securityRuleVersion;
    last7.open = clientAddress !== undefined;
    last7.next = sessionId !== undefined;
  }
  if ((sessionId !== undefined) !== last8.open || (sessionPreviousId !== undefined) !== last8.next) {
    if (!gap8.rebuild([], sessionId !== undefined, sessionPreviousId !== undefined)) return undefined;
    last8.open = sessionId !== undefined;
    last8.next = sessionPreviousId !== undefined;
  }
  if (
    stepUpAal !== last9.stepUpAal ||
    stepUpAcrAchieved !== last9.stepUpAcrAchieved ||
    stepUpAcrRequested !== last9.stepUpAcrRequested ||
    (sessionPreviousId !== undefined) !== last9.open ||
    (stepUpActionLinkDigest !== undefined) !== last9.next
  ) {
    if (
      !gap9.rebuild(
        [stepUpAal, stepUpAcrAchieved, stepUpAcrRequested],
        sessionPreviousId !== undefined,
        stepUpActionLinkDigest !== undefined,
      )
    )
      return undefined;
    last9.stepUpAal = stepUpAal;
    last9.stepUpAcrAchieved = stepUpAcrAchieved;
    last9.stepUpAcrRequested = stepUpAcrRequested;
    last9.open = sessionPreviousId !== undefined;
    last9.next = stepUpActionLinkDigest !== undefined;
  }
  if (
    stepUpActionName !== last10.stepUpActionName ||
    (stepUpActionLinkDigest !== undefined) !== last10.open ||
    (stepUpActionResource !== undefined) !== last10.next
  ) {
    if (!gap10.rebuild([stepUpActionName], stepUpActionLinkDigest !== undefined, stepUpActionResource !== undefined))
      return undefined;
    last10.stepUpActionName = stepUpActionName;
    last10.open = stepUpActionLinkDigest !== undefined;
    last10.next = stepUpActionResource !== undefined;
  }
  if (
    stepUpAmr !== last11.stepUpAmr ||
    (stepUpActionResource !== undefined) !== last11.open ||
    (stepUpAuthTime !== undefined) !== last11.next
  ) {
    if (!gap11.rebuild([stepUpAmr], stepUpActionResource !== undefined, stepUpAuthTime !== undefined)) return undefined;
    last11.stepUpAmr = stepUpAmr;
    last11.open = stepUpActionResource !== undefined;
    last11.next = stepUpAuthTime !== undefined;
  }
  if ((stepUpAuthTime !== undefined) !== last12.open || (stepUpClientHash !== undefined) !== last12.next) {
    if (!gap12.rebuild([], stepUpAuthTime !== undefined, stepUpClientHash !== undefined)) return undefined;
    last12.open = stepUpAuthTime !== undefined;
    last12.next = stepUpClientHash !== undefined;
  }
  if ((stepUpClientHash !== undefined) !== last13.open || (stepUpClientPrefix !== undefined) !== last13.next) {
    if (!gap13.rebuild([], stepUpClientHash !== undefined, stepUpClientPrefix !== undefined)) return undefined;
    last13.open = stepUpClientHash !== undefined;
    last13.next = stepUpClientPrefix !== undefined;
  }
  if (
    stepUpClockOffsetBoundMs !== last14.stepUpClockOffsetBoundMs ||
    stepUpClockSynced !== last14.stepUpClockSynced ||
    stepUpCorrelation !== last14.stepUpCorrelation ||
    stepUpDecision !== last14.stepUpDecision ||
    (stepUpClientPrefix !== undefined) !== last14.open ||
    (stepUpDeviceHash !== undefined) !== last14.next
  ) {
    if (
      !gap14.rebuild(
        [stepUpClockOffsetBoundMs, stepUpClockSynced, stepUpCorrelation, stepUpDecision],
        stepUpClientPrefix !== undefined,
        stepUpDeviceHash !== undefined,
      )
    )
      return undefined;
    last14.stepUpClockOffsetBoundMs = stepUpClockOffsetBoundMs;
    last14.stepUpClockSynced = stepUpClockSynced;
    last14.stepUpCorrelation = stepUpCorrelation;
    last14.stepUpDecision = stepUpDecision;
    last14.open = stepUpClientPrefix !== undefined;
    last14.next = stepUpDeviceHash !== undefined;
  }
  if (
    stepUpDeviceKnown !== last15.stepUpDeviceKnown ||
    stepUpExemption !== last15.stepUpExemption ||
    (stepUpDeviceHash !== undefined) !== last15.open ||
    (stepUpId !== undefined) !== last15.next
  ) {
    if (!gap15.rebuild([stepUpDeviceKnown, stepUpExemption], stepUpDeviceHash !== undefined, stepUpId !== undefined))
      return undefined;
    last15.stepUpDeviceKnown = stepUpDeviceKnown;
    last15.stepUpExemption = stepUpExemption;
    last15.open = stepUpDeviceHash !== undefined;
    last15.next = stepUpId !== undefined;
  }
  if (
    stepUpMaxAgeS !== last16.stepUpMaxAgeS ||
    stepUpRiskReasons !== last16.stepUpRiskReasons ||
    (stepUpId !== undefined) !== last16.open ||
    (stepUpRiskScoreMilli !== undefined) !== last16.next
  ) {
    if (!gap16.rebuild([stepUpMaxAgeS, stepUpRiskReasons], stepUpId !== undefined, stepUpRiskScoreMilli !== undefined))
      return undefined;
    last16.stepUpMaxAgeS = stepUpMaxAgeS;
    last16.stepUpRiskReasons = stepUpRiskReasons;
    last16.open = stepUpId !== undefined;
    last16.next = stepUpRiskScoreMilli !== undefined;
  }
  if (
    stepUpRiskThresholdMilli !== last17.stepUpRiskThresholdMilli ||
    stepUpSampleWeight !== last17.stepUpSampleWeight ||
    (stepUpRiskScoreMilli !== undefined) !== last17.open ||
    (stepUpSessionStartedAt !== undefined) !== last17.next
  ) {
    if (
      !gap17.rebuild(
        [stepUpRiskThresholdMilli, stepUpSampleWeight],
        stepUpRiskScoreMilli !== undefined,
        stepUpSessionStartedAt !== undefined,
      )
    )
      return undefined;
    last17.stepUpRiskThresholdMilli = stepUpRiskThresholdMilli;
    last17.stepUpSampleWeight = stepUpSampleWeight;
    last17.open = stepUpRiskScoreMilli !== undefined;
    last17.next = stepUpSessionStartedAt !== undefined;
  }
  if (
    stepUpSourceLayer !== last18.stepUpSourceLayer ||
    stepUpSourceLibrary !== last18.stepUpSourceLibrary ||
    stepUpSourceLibraryVersion !== last18.stepUpSourceLibraryVersion ||
    stepUpTriggerDetail !== last18.stepUpTriggerDetail ||
    stepUpTriggerReason !== last18.stepUpTriggerReason ||
    (stepUpSessionStartedAt !== undefined) !== last18.open ||
    (userHash !== undefined) !== last18.next
  ) {
    if (
      !gap18.rebuild(
        [stepUpSourceLayer, stepUpSourceLibrary, stepUpSourceLibraryVersion, stepUpTriggerDetail, stepUpTriggerReason],
        stepUpSessionStartedAt !== undefined,
        userHash !== undefined,
      )
    )
      return undefined;
    last18.stepUpSourceLayer = stepUpSourceLayer;
    last18.stepUpSourceLibrary = stepUpSourceLibrary;
    last18.stepUpSourceLibraryVersion = stepUpSourceLibraryVersion;
    last18.stepUpTriggerDetail = stepUpTriggerDetail;
    last18.stepUpTriggerReason = stepUpTriggerReason;
    last18.open = stepUpSessionStartedAt !== undefined;
    last18.next = userHash !== undefined;
  }
  if ((userHash !== undefined) !== last19.open || (userId !== undefined) !== last19.next) {
    if (!gap19.rebuild([], userHash !== undefined, userId !== undefined)) return undefined;
    last19.open = userHash !== undefined;
    last19.next = userId !== undefined;
  }
  if (
    userAgentName !== last20.userAgentName ||
    userAgentOriginal !== last20.userAgentOriginal ||
    (userId !== undefined) !== last20.open
  ) {
    if (!gap20.rebuild([userAgentName, userAgentOriginal], userId !== undefined, false)) return undefined;
    last20.userAgentName = userAgentName;
    last20.userAgentOriginal = userAgentOriginal;
    last20.open = userId !== undefined;
  }
  if (
    (auditActorId === undefined ? 0 : 1) +
      (auditSourceId === undefined ? 0 : 1) +
      (clientAddress === undefined ? 0 : 1) +
      (sessionId === undefined ? 0 : 1) +
      (sessionPreviousId === undefined ? 0 : 1) +
      (stepUpActionLinkDigest === undefined ? 0 : 1) +
      (stepUpActionResource === undefined ? 0 : 1) +
      (stepUpAuthTime === undefined ? 0 : 1) +
      (stepUpClientHash === undefined ? 0 : 1) +
      (stepUpClientPrefix === undefined ? 0 : 1) +
      (stepUpDeviceHash === undefined ? 0 : 1) +
      (stepUpId === undefined ? 0 : 1) +
      (stepUpRiskScoreMilli === undefined ? 0 : 1) +
      (stepUpSessionStartedAt === undefined ? 0 : 1) +
      (userHash === undefined ? 0 : 1) +
      (userId === undefined ? 0 : 1) +
      gap0.count +
      gap1.count +
      gap6.count +
      gap7.count +
      gap9.count +
      gap10.count +
      gap11.count +
      gap14.count +
      gap15.count +
      gap16.count +
      gap17.count +
      gap18.count +
      gap20.count !==
    Object.keys(a).length
  ) {
    return undefined;
  }
  const body = record.body;
  if (body !== lastBody) {
    if (!tail.rebuildTail(body, 'step_up.evaluated')) return undefined;
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
    (stepUpActionLinkDigest ?? '') +
    gap10.out +
    (stepUpActionResource ?? '') +
    gap11.out +
    (stepUpAuthTime ?? '') +
    gap12.out +
    (stepUpClientHash ?? '') +
    gap13.out +
    (stepUpClientPrefix ?? '') +
    gap14.out +
    (stepUpDeviceHash ?? '') +
    gap15.out +
    (stepUpId ?? '') +
    gap16.out +
    (stepUpRiskScoreMilli ?? '') +
    gap17.out +
    (stepUpSessionStartedAt ?? '') +
    gap18.out +
    (userHash ?? '') +
    gap19.out +
    (userId ?? '') +
    gap20.out +
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
        gap17.wide |
        gap18.wide |
        gap19.wide |
        gap20.wide |
        tail.wide) ===
      0
    : isAscii(text);
  return text;
}
