// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

import type { ChainFields, EventRecord } from '../event-encoder-types.ts';
import { Gap, Layout } from '../event-encoder-gaps.ts';
import { TextList } from '../event-encoder-slots.ts';
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
  USER_ID,
} from './slots.ts';

const NEVER = Symbol('never');
const layout = new Layout();
const stepUpAcrRequestedList = new TextList(8, 256);
const stepUpAmrList = new TextList(16, 64);
const stepUpRiskReasonsList = new TextList(16, 64);
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
    SECURITY_RULE_NAME,
    SECURITY_RULE_UUID,
    SECURITY_RULE_VERSION,
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
  securityRuleName: undefined as unknown,
  securityRuleUuid: undefined as unknown,
  securityRuleVersion: undefined as unknown,
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
  securityRuleName: unknown,
  securityRuleUuid: unknown,
  securityRuleVersion: unknown,
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
        securityRuleName,
        securityRuleUuid,
        securityRuleVersion,
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
  last6.securityRuleName = securityRuleName;
  last6.securityRuleUuid = securityRuleUuid;
  last6.securityRuleVersion = securityRuleVersion;
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

const gap8: Gap = new Gap(
  layout,
  [STEP_UP_AAL, STEP_UP_ACR_ACHIEVED, STEP_UP_ACR_REQUESTED],
  ',"step_up.action.link_digest":{"stringValue":"',
);
const last8 = {
  stepUpAal: NEVER as unknown,
  stepUpAcrAchieved: undefined as unknown,
  stepUpAcrRequested: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select8(
  stepUpAal: unknown,
  stepUpAcrAchieved: unknown,
  stepUpAcrRequested: unknown,
  open: boolean,
  next: boolean,
): boolean {
  if (!gap8.select([stepUpAal, stepUpAcrAchieved, stepUpAcrRequested], open, next)) return false;
  last8.stepUpAal = stepUpAal;
  last8.stepUpAcrAchieved = stepUpAcrAchieved;
  last8.stepUpAcrRequested = stepUpAcrRequested;
  last8.open = open;
  last8.next = next;
  return true;
}

const gap9: Gap = new Gap(layout, [STEP_UP_ACTION_NAME], ',"step_up.action.resource":{"stringValue":"');
const last9 = { stepUpActionName: NEVER as unknown, open: undefined as unknown, next: undefined as unknown };
function select9(stepUpActionName: unknown, open: boolean, next: boolean): boolean {
  if (!gap9.select([stepUpActionName], open, next)) return false;
  last9.stepUpActionName = stepUpActionName;
  last9.open = open;
  last9.next = next;
  return true;
}

const gap10: Gap = new Gap(layout, [STEP_UP_AMR], ',"step_up.auth_time":{"stringValue":"');
const last10 = { stepUpAmr: NEVER as unknown, open: undefined as unknown, next: undefined as unknown };
function select10(stepUpAmr: unknown, open: boolean, next: boolean): boolean {
  if (!gap10.select([stepUpAmr], open, next)) return false;
  last10.stepUpAmr = stepUpAmr;
  last10.open = open;
  last10.next = next;
  return true;
}

const gap11: Gap = new Gap(layout, [], ',"step_up.client.hash":{"stringValue":"');
const last11 = { open: NEVER as unknown, next: undefined as unknown };
function select11(open: boolean, next: boolean): boolean {
  if (!gap11.select([], open, next)) return false;
  last11.open = open;
  last11.next = next;
  return true;
}

const gap12: Gap = new Gap(layout, [], ',"step_up.client.prefix":{"stringValue":"');
const last12 = { open: NEVER as unknown, next: undefined as unknown };
function select12(open: boolean, next: boolean): boolean {
  if (!gap12.select([], open, next)) return false;
  last12.open = open;
  last12.next = next;
  return true;
}

const gap13: Gap = new Gap(
  layout,
  [STEP_UP_CLOCK_OFFSET_BOUND_MS, STEP_UP_CLOCK_SYNCED, STEP_UP_CORRELATION, STEP_UP_DECISION],
  ',"step_up.device.hash":{"stringValue":"',
);
const last13 = {
  stepUpClockOffsetBoundMs: NEVER as unknown,
  stepUpClockSynced: undefined as unknown,
  stepUpCorrelation: undefined as unknown,
  stepUpDecision: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select13(
  stepUpClockOffsetBoundMs: unknown,
  stepUpClockSynced: unknown,
  stepUpCorrelation: unknown,
  stepUpDecision: unknown,
  open: boolean,
  next: boolean,
): boolean {
  if (!gap13.select([stepUpClockOffsetBoundMs, stepUpClockSynced, stepUpCorrelation, stepUpDecision], open, next))
    return false;
  last13.stepUpClockOffsetBoundMs = stepUpClockOffsetBoundMs;
  last13.stepUpClockSynced = stepUpClockSynced;
  last13.stepUpCorrelation = stepUpCorrelation;
  last13.stepUpDecision = stepUpDecision;
  last13.open = open;
  last13.next = next;
  return true;
}

const gap14: Gap = new Gap(layout, [STEP_UP_DEVICE_KNOWN, STEP_UP_EXEMPTION], ',"step_up.id":{"stringValue":"');
const last14 = {
  stepUpDeviceKnown: NEVER as unknown,
  stepUpExemption: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select14(stepUpDeviceKnown: unknown, stepUpExemption: unknown, open: boolean, next: boolean): boolean {
  if (!gap14.select([stepUpDeviceKnown, stepUpExemption], open, next)) return false;
  last14.stepUpDeviceKnown = stepUpDeviceKnown;
  last14.stepUpExemption = stepUpExemption;
  last14.open = open;
  last14.next = next;
  return true;
}

const gap15: Gap = new Gap(
  layout,
  [STEP_UP_MAX_AGE_S, STEP_UP_RISK_REASONS],
  ',"step_up.risk.score_milli":{"intValue":"',
);
const last15 = {
  stepUpMaxAgeS: NEVER as unknown,
  stepUpRiskReasons: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select15(stepUpMaxAgeS: unknown, stepUpRiskReasons: unknown, open: boolean, next: boolean): boolean {
  if (!gap15.select([stepUpMaxAgeS, stepUpRiskReasons], open, next)) return false;
  last15.stepUpMaxAgeS = stepUpMaxAgeS;
  last15.stepUpRiskReasons = stepUpRiskReasons;
  last15.open = open;
  last15.next = next;
  return true;
}

const gap16: Gap = new Gap(
  layout,
  [STEP_UP_RISK_THRESHOLD_MILLI, STEP_UP_SAMPLE_WEIGHT],
  ',"step_up.session.started_at":{"stringValue":"',
);
const last16 = {
  stepUpRiskThresholdMilli: NEVER as unknown,
  stepUpSampleWeight: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select16(
  stepUpRiskThresholdMilli: unknown,
  stepUpSampleWeight: unknown,
  open: boolean,
  next: boolean,
): boolean {
  if (!gap16.select([stepUpRiskThresholdMilli, stepUpSampleWeight], open, next)) return false;
  last16.stepUpRiskThresholdMilli = stepUpRiskThresholdMilli;
  last16.stepUpSampleWeight = stepUpSampleWeight;
  last16.open = open;
  last16.next = next;
  return true;
}

const gap17: Gap = new Gap(
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
const last17 = {
  stepUpSourceLayer: NEVER as unknown,
  stepUpSourceLibrary: undefined as unknown,
  stepUpSourceLibraryVersion: undefined as unknown,
  stepUpTriggerDetail: undefined as unknown,
  stepUpTriggerReason: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select17(
  stepUpSourceLayer: unknown,
  stepUpSourceLibrary: unknown,
  stepUpSourceLibraryVersion: unknown,
  stepUpTriggerDetail: unknown,
  stepUpTriggerReason: unknown,
  open: boolean,
  next: boolean,
): boolean {
  if (
    !gap17.select(
      [stepUpSourceLayer, stepUpSourceLibrary, stepUpSourceLibraryVersion, stepUpTriggerDetail, stepUpTriggerReason],
      open,
      next,
    )
  )
    return false;
  last17.stepUpSourceLayer = stepUpSourceLayer;
  last17.stepUpSourceLibrary = stepUpSourceLibrary;
  last17.stepUpSourceLibraryVersion = stepUpSourceLibraryVersion;
  last17.stepUpTriggerDetail = stepUpTriggerDetail;
  last17.stepUpTriggerReason = stepUpTriggerReason;
  last17.open = open;
  last17.next = next;
  return true;
}

const gap18: Gap = new Gap(layout, [USER_ID, USER_AGENT_NAME, USER_AGENT_ORIGINAL], '');
const last18 = {
  userId: NEVER as unknown,
  userAgentName: undefined as unknown,
  userAgentOriginal: undefined as unknown,
  open: undefined as unknown,
};
function select18(userId: unknown, userAgentName: unknown, userAgentOriginal: unknown, open: boolean): boolean {
  if (!gap18.select([userId, userAgentName, userAgentOriginal], open, false)) return false;
  last18.userId = userId;
  last18.userAgentName = userAgentName;
  last18.userAgentOriginal = userAgentOriginal;
  last18.open = open;
  return true;
}

const tail = new Gap(layout, [], '');
let lastBody: unknown = NEVER;
let rareBefore = true;

/** P of `step_up.evaluated` if nothing in it must be mended, else undefined. May throw what a hostile record throws. */
export function encodeStepUpEvaluated(record: EventRecord, chain: ChainFields): string | undefined {
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
  const securityRuleName = a['security_rule.name'];
  const stepUpActionName = a['step_up.action.name'];
  const stepUpCorrelation = a['step_up.correlation'];
  const stepUpSourceLayer = a['step_up.source.layer'];
  const stepUpSourceLibrary = a['step_up.source.library'];
  const stepUpSourceLibraryVersion = a['step_up.source.library_version'];
  const stepUpTriggerReason = a['step_up.trigger.reason'];
  const userAgentName = a['user_agent.name'];
  const auditActorIdValue = a['audit.actor.id'];
  const auditActorId = auditActorIdValue === userHashValue ? userHash : spliced(auditActorIdValue, 256);
  const auditSourceIdValue = a['audit.source.id'];
  const auditSourceId =
    auditSourceIdValue === stepUpClientPrefixValue ? stepUpClientPrefix : spliced(auditSourceIdValue, 64);
  let sessionPreviousId: string | undefined;
  let stepUpActionLinkDigest: string | undefined;
  let stepUpActionResource: string | undefined;
  let stepUpAuthTime: string | undefined;
  let stepUpDeviceHash: string | undefined;
  let stepUpRiskScoreMilli: string | undefined;
  let stepUpSessionStartedAt: string | undefined;
  let auditTargetId: unknown;
  let auditTargetType: unknown;
  let clientAddress: unknown;
  let geoCountryIsoCode: unknown;
  let geoLocalityName: unknown;
  let securityRuleUuid: unknown;
  let securityRuleVersion: unknown;
  let stepUpAal: unknown;
  let stepUpAcrAchieved: unknown;
  let stepUpAcrRequested: string | undefined;
  let stepUpAmr: string | undefined;
  let stepUpClockOffsetBoundMs: unknown;
  let stepUpClockSynced: unknown;
  let stepUpDecision: unknown;
  let stepUpDeviceKnown: unknown;
  let stepUpExemption: unknown;
  let stepUpMaxAgeS: unknown;
  let stepUpRiskReasons: string | undefined;
  let stepUpRiskThresholdMilli: unknown;
  let stepUpSampleWeight: unknown;
  let stepUpTriggerDetail: unknown;
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
    (securityRuleName === undefined ? 0 : 1) +
    (stepUpActionName === undefined ? 0 : 1) +
    (stepUpCorrelation === undefined ? 0 : 1) +
    (stepUpSourceLayer === undefined ? 0 : 1) +
    (stepUpSourceLibrary === undefined ? 0 : 1) +
    (stepUpSourceLibraryVersion === undefined ? 0 : 1) +
    (stepUpTriggerReason === undefined ? 0 : 1) +
    (userAgentName === undefined ? 0 : 1);
  const rare = present < total;
  if (rare) {
    sessionPreviousId = spliced(a['session.previous_id'], 128);
    stepUpActionLinkDigest = spliced(a['step_up.action.link_digest'], 64);
    stepUpActionResource = spliced(a['step_up.action.resource'], 64);
    stepUpAuthTime = spliced(a['step_up.auth_time'], 32);
    stepUpDeviceHash = spliced(a['step_up.device.hash'], 64);
    stepUpRiskScoreMilli = splicedInteger(a['step_up.risk.score_milli']);
    stepUpSessionStartedAt = spliced(a['step_up.session.started_at'], 32);
    auditTargetId = a['audit.target.id'];
    auditTargetType = a['audit.target.type'];
    clientAddress = a['client.address'];
    geoCountryIsoCode = a['geo.country.iso_code'];
    geoLocalityName = a['geo.locality.name'];
    securityRuleUuid = a['security_rule.uuid'];
    securityRuleVersion = a['security_rule.version'];
    stepUpAal = a['step_up.aal'];
    stepUpAcrAchieved = a['step_up.acr.achieved'];
    stepUpAcrRequested = stepUpAcrRequestedList.text(a['step_up.acr.requested']);
    stepUpAmr = stepUpAmrList.text(a['step_up.amr']);
    stepUpClockOffsetBoundMs = a['step_up.clock.offset_bound_ms'];
    stepUpClockSynced = a['step_up.clock.synced'];
    stepUpDecision = a['step_up.decision'];
    stepUpDeviceKnown = a['step_up.device.known'];
    stepUpExemption = a['step_up.exemption'];
    stepUpMaxAgeS = a['step_up.max_age_s'];
    stepUpRiskReasons = stepUpRiskReasonsList.text(a['step_up.risk.reasons']);
    stepUpRiskThresholdMilli = a['step_up.risk.threshold_milli'];
    stepUpSampleWeight = a['step_up.sample_weight'];
    stepUpTriggerDetail = a['step_up.trigger.detail'];
    userId = a['user.id'];
    userAgentOriginal = a['user_agent.original'];
    present +=
      (sessionPreviousId === undefined ? 0 : 1) +
      (stepUpActionLinkDigest === undefined ? 0 : 1) +
      (stepUpActionResource === undefined ? 0 : 1) +
      (stepUpAuthTime === undefined ? 0 : 1) +
      (stepUpDeviceHash === undefined ? 0 : 1) +
      (stepUpRiskScoreMilli === undefined ? 0 : 1) +
      (stepUpSessionStartedAt === undefined ? 0 : 1) +
      (auditTargetId === undefined ? 0 : 1) +
      (auditTargetType === undefined ? 0 : 1) +
      (clientAddress === undefined ? 0 : 1) +
      (geoCountryIsoCode === undefined ? 0 : 1) +
      (geoLocalityName === undefined ? 0 : 1) +
      (securityRuleUuid === undefined ? 0 : 1) +
      (securityRuleVersion === undefined ? 0 : 1) +
      (stepUpAal === undefined ? 0 : 1) +
      (stepUpAcrAchieved === undefined ? 0 : 1) +
      (stepUpAcrRequested === undefined ? 0 : 1) +
      (stepUpAmr === undefined ? 0 : 1) +
      (stepUpClockOffsetBoundMs === undefined ? 0 : 1) +
      (stepUpClockSynced === undefined ? 0 : 1) +
      (stepUpDecision === undefined ? 0 : 1) +
      (stepUpDeviceKnown === undefined ? 0 : 1) +
      (stepUpExemption === undefined ? 0 : 1) +
      (stepUpMaxAgeS === undefined ? 0 : 1) +
      (stepUpRiskReasons === undefined ? 0 : 1) +
      (stepUpRiskThresholdMilli === undefined ? 0 : 1) +
      (stepUpSampleWeight === undefined ? 0 : 1) +
      (stepUpTriggerDetail === undefined ? 0 : 1) +
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
      securityRuleName !== last6.securityRuleName ||
      (auditSourceId !== undefined) !== last6.open ||
      (sessionId !== undefined) !== last6.next ||
      (checkRare &&
        (auditTargetId !== last6.auditTargetId ||
          auditTargetType !== last6.auditTargetType ||
          clientAddress !== last6.clientAddress ||
          geoCountryIsoCode !== last6.geoCountryIsoCode ||
          geoLocalityName !== last6.geoLocalityName ||
          securityRuleUuid !== last6.securityRuleUuid ||
          securityRuleVersion !== last6.securityRuleVersion))) &&
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
      securityRuleName,
      securityRuleUuid,
      securityRuleVersion,
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
    checkRare &&
    (stepUpAal !== last8.stepUpAal ||
      stepUpAcrAchieved !== last8.stepUpAcrAchieved ||
      stepUpAcrRequested !== last8.stepUpAcrRequested ||
      (sessionPreviousId !== undefined) !== last8.open ||
      (stepUpActionLinkDigest !== undefined) !== last8.next) &&
    !select8(
      stepUpAal,
      stepUpAcrAchieved,
      stepUpAcrRequested,
      sessionPreviousId !== undefined,
      stepUpActionLinkDigest !== undefined,
    )
  )
    return undefined;
  if (
    (stepUpActionName !== last9.stepUpActionName ||
      (checkRare &&
        ((stepUpActionLinkDigest !== undefined) !== last9.open ||
          (stepUpActionResource !== undefined) !== last9.next))) &&
    !select9(stepUpActionName, stepUpActionLinkDigest !== undefined, stepUpActionResource !== undefined)
  )
    return undefined;
  if (
    checkRare &&
    (stepUpAmr !== last10.stepUpAmr ||
      (stepUpActionResource !== undefined) !== last10.open ||
      (stepUpAuthTime !== undefined) !== last10.next) &&
    !select10(stepUpAmr, stepUpActionResource !== undefined, stepUpAuthTime !== undefined)
  )
    return undefined;
  if (
    ((stepUpClientHash !== undefined) !== last11.next ||
      (checkRare && (stepUpAuthTime !== undefined) !== last11.open)) &&
    !select11(stepUpAuthTime !== undefined, stepUpClientHash !== undefined)
  )
    return undefined;
  if (
    ((stepUpClientHash !== undefined) !== last12.open || (stepUpClientPrefix !== undefined) !== last12.next) &&
    !select12(stepUpClientHash !== undefined, stepUpClientPrefix !== undefined)
  )
    return undefined;
  if (
    (stepUpCorrelation !== last13.stepUpCorrelation ||
      (stepUpClientPrefix !== undefined) !== last13.open ||
      (checkRare &&
        (stepUpClockOffsetBoundMs !== last13.stepUpClockOffsetBoundMs ||
          stepUpClockSynced !== last13.stepUpClockSynced ||
          stepUpDecision !== last13.stepUpDecision ||
          (stepUpDeviceHash !== undefined) !== last13.next))) &&
    !select13(
      stepUpClockOffsetBoundMs,
      stepUpClockSynced,
      stepUpCorrelation,
      stepUpDecision,
      stepUpClientPrefix !== undefined,
      stepUpDeviceHash !== undefined,
    )
  )
    return undefined;
  if (
    ((stepUpId !== undefined) !== last14.next ||
      (checkRare &&
        (stepUpDeviceKnown !== last14.stepUpDeviceKnown ||
          stepUpExemption !== last14.stepUpExemption ||
          (stepUpDeviceHash !== undefined) !== last14.open))) &&
    !select14(stepUpDeviceKnown, stepUpExemption, stepUpDeviceHash !== undefined, stepUpId !== undefined)
  )
    return undefined;
  if (
    ((stepUpId !== undefined) !== last15.open ||
      (checkRare &&
        (stepUpMaxAgeS !== last15.stepUpMaxAgeS ||
          stepUpRiskReasons !== last15.stepUpRiskReasons ||
          (stepUpRiskScoreMilli !== undefined) !== last15.next))) &&
    !select15(stepUpMaxAgeS, stepUpRiskReasons, stepUpId !== undefined, stepUpRiskScoreMilli !== undefined)
  )
    return undefined;
  if (
    checkRare &&
    (stepUpRiskThresholdMilli !== last16.stepUpRiskThresholdMilli ||
      stepUpSampleWeight !== last16.stepUpSampleWeight ||
      (stepUpRiskScoreMilli !== undefined) !== last16.open ||
      (stepUpSessionStartedAt !== undefined) !== last16.next) &&
    !select16(
      stepUpRiskThresholdMilli,
      stepUpSampleWeight,
      stepUpRiskScoreMilli !== undefined,
      stepUpSessionStartedAt !== undefined,
    )
  )
    return undefined;
  if (
    (stepUpSourceLayer !== last17.stepUpSourceLayer ||
      stepUpSourceLibrary !== last17.stepUpSourceLibrary ||
      stepUpSourceLibraryVersion !== last17.stepUpSourceLibraryVersion ||
      stepUpTriggerReason !== last17.stepUpTriggerReason ||
      (userHash !== undefined) !== last17.next ||
      (checkRare &&
        (stepUpTriggerDetail !== last17.stepUpTriggerDetail ||
          (stepUpSessionStartedAt !== undefined) !== last17.open))) &&
    !select17(
      stepUpSourceLayer,
      stepUpSourceLibrary,
      stepUpSourceLibraryVersion,
      stepUpTriggerDetail,
      stepUpTriggerReason,
      stepUpSessionStartedAt !== undefined,
      userHash !== undefined,
    )
  )
    return undefined;
  if (
    (userAgentName !== last18.userAgentName ||
      (userHash !== undefined) !== last18.open ||
      (checkRare && (userId !== last18.userId || userAgentOriginal !== last18.userAgentOriginal))) &&
    !select18(userId, userAgentName, userAgentOriginal, userHash !== undefined)
  )
    return undefined;
  rareBefore = rare;
  if (body !== lastBody) {
    if (!tail.selectTail(body, 'step_up.evaluated')) return undefined;
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
      (stepUpActionLinkDigest ?? '') +
      gap9.out +
      (stepUpActionResource ?? '') +
      gap10.out +
      (stepUpAuthTime ?? '') +
      gap11.out +
      (stepUpClientHash ?? '') +
      gap12.out +
      (stepUpClientPrefix ?? '') +
      gap13.out +
      (stepUpDeviceHash ?? '') +
      gap14.out +
      (stepUpId ?? '') +
      gap15.out +
      (stepUpRiskScoreMilli ?? '') +
      gap16.out +
      (stepUpSessionStartedAt ?? '') +
      gap17.out +
      (userHash ?? '') +
      gap18.out
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
      gap11.out +
      (stepUpClientHash ?? '') +
      gap12.out +
      (stepUpClientPrefix ?? '') +
      gap14.out +
      (stepUpId ?? '') +
      gap17.out +
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
