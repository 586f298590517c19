// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

import type { ChainFields, EventRecord } from '../event-encoder-types.ts';
import {
  checkVarying,
  escaped,
  Gap,
  isAscii,
  isInteger,
  isText,
  lastEncoding,
  nanosecondText,
  Tail,
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
  STEP_UP_REVIEW_LABEL,
  STEP_UP_SOURCE_LAYER,
  STEP_UP_SOURCE_LIBRARY,
  STEP_UP_SOURCE_LIBRARY_VERSION,
} from './slots.ts';

const NEVER = Symbol('never');
const tail = new Tail('step_up.review', 1024);
let lastBody: unknown = NEVER;

const gap0 = new Gap([AUDIT_ACTION], ',"audit.actor.id":{"stringValue":"', '{"attributes":{');
const last0 = { auditAction: NEVER as unknown, next0: false };
const gap1 = new Gap([AUDIT_ACTOR_TYPE, AUDIT_OUTCOME], ',"audit.record.id":{"stringValue":"');
const last1 = { auditActorType: NEVER as unknown, auditOutcome: undefined as unknown, open1: false };
const gap2 = new Gap([AUDIT_SCHEMA_VERSION, AUDIT_SEQUENCE_END], ',"audit.sequence.number":{"intValue":"');
const last2 = { auditSequenceEnd: NEVER as unknown };
const gap5 = new Gap([AUDIT_SEQUENCE_STREAM_ID], ',"audit.source.id":{"stringValue":"');
const last5 = { auditSequenceStreamId: NEVER as unknown, next5: false };
const gap6 = new Gap([AUDIT_SOURCE_TYPE, AUDIT_TARGET_ID, AUDIT_TARGET_TYPE], ',"step_up.id":{"stringValue":"');
const last6 = {
  auditSourceType: NEVER as unknown,
  auditTargetId: undefined as unknown,
  auditTargetType: undefined as unknown,
  open6: false,
  next6: false,
};
const gap7 = new Gap(
  [STEP_UP_REVIEW_LABEL, STEP_UP_SOURCE_LAYER, STEP_UP_SOURCE_LIBRARY, STEP_UP_SOURCE_LIBRARY_VERSION],
  ',"user.hash":{"stringValue":"',
);
const last7 = {
  stepUpReviewLabel: NEVER as unknown,
  stepUpSourceLayer: undefined as unknown,
  stepUpSourceLibrary: undefined as unknown,
  stepUpSourceLibraryVersion: undefined as unknown,
  open7: false,
  next7: false,
};

/** P of `step_up.review` if nothing in it must be mended, else undefined. May throw what a hostile record throws. */
export function encodeStepUpReview(record: EventRecord, chain: ChainFields): string | undefined {
  const a = record.attributes;
  let auditActorId = a['audit.actor.id'];
  const auditRecordId = chain.recordId;
  const auditSequenceNumber = chain.number;
  const auditSequencePreviousHash = chain.previousHash;
  const auditSequencePreviousRecordId = chain.previousRecordId;
  let auditSourceId = a['audit.source.id'];
  let stepUpId = a['step_up.id'];
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
  const stepUpReviewLabel = a['step_up.review.label'];
  const stepUpSourceLayer = a['step_up.source.layer'];
  const stepUpSourceLibrary = a['step_up.source.library'];
  const stepUpSourceLibraryVersion = a['step_up.source.library_version'];
  if (auditAction === undefined) return undefined;
  if (
    !isText(auditActorId, 256) ||
    !isText(auditRecordId, 36) ||
    auditRecordId === undefined ||
    !isInteger(auditSequenceNumber) ||
    auditSequenceNumber === undefined ||
    !isText(auditSequencePreviousRecordId, 36) ||
    auditSequencePreviousRecordId === undefined ||
    !isText(auditSourceId, 64) ||
    !isText(stepUpId, 64) ||
    !isText(userHash, 128) ||
    !isText(userId, 256)
  ) {
    return undefined;
  }
  const { traceId, spanId } = record;
  const checked = checkVarying(
    traceId,
    spanId,
    auditSequencePreviousHash,
    (auditActorId === userHash || auditActorId === undefined ? '' : auditActorId) +
      auditRecordId +
      (auditSequencePreviousRecordId === lastEncoding.recordId ? '' : auditSequencePreviousRecordId) +
      (auditSourceId ?? '') +
      (stepUpId ?? '') +
      (userHash ?? '') +
      (userId ?? ''),
  );
  if (checked !== 2) {
    if (checked === 0) return undefined;
    auditActorId = escaped(auditActorId, 256);
    auditSourceId = escaped(auditSourceId, 64);
    stepUpId = escaped(stepUpId, 64);
    userHash = escaped(userHash, 128);
    userId = escaped(userId, 256);
    if (auditActorId === '' || auditSourceId === '' || stepUpId === '' || userHash === '' || userId === '')
      return undefined;
  }
  if (auditAction !== last0.auditAction || (auditActorId !== undefined) !== last0.next0) {
    if (!gap0.rebuild([auditAction], false, auditActorId !== undefined)) return undefined;
    last0.auditAction = auditAction;
    last0.next0 = auditActorId !== undefined;
  }
  if (
    auditActorType !== last1.auditActorType ||
    auditOutcome !== last1.auditOutcome ||
    (auditActorId !== undefined) !== last1.open1
  ) {
    if (!gap1.rebuild([auditActorType, auditOutcome], auditActorId !== undefined, true)) return undefined;
    last1.auditActorType = auditActorType;
    last1.auditOutcome = auditOutcome;
    last1.open1 = auditActorId !== undefined;
  }
  if (auditSequenceEnd !== last2.auditSequenceEnd) {
    if (!gap2.rebuild(['0.1.0', auditSequenceEnd], true, true)) return undefined;
    last2.auditSequenceEnd = auditSequenceEnd;
  }
  if (auditSequenceStreamId !== last5.auditSequenceStreamId || (auditSourceId !== undefined) !== last5.next5) {
    if (!gap5.rebuild([auditSequenceStreamId], true, auditSourceId !== undefined)) return undefined;
    last5.auditSequenceStreamId = auditSequenceStreamId;
    last5.next5 = auditSourceId !== undefined;
  }
  if (
    auditSourceType !== last6.auditSourceType ||
    auditTargetId !== last6.auditTargetId ||
    auditTargetType !== last6.auditTargetType ||
    (auditSourceId !== undefined) !== last6.open6 ||
    (stepUpId !== undefined) !== last6.next6
  ) {
    if (
      !gap6.rebuild(
        [auditSourceType, auditTargetId, auditTargetType],
        auditSourceId !== undefined,
        stepUpId !== undefined,
      )
    )
      return undefined;
    last6.auditSourceType = auditSourceType;
    last6.auditTargetId = auditTargetId;
    last6.auditTargetType = auditTargetType;
    last6.open6 = auditSourceId !== undefined;
    last6.next6 = stepUpId !== undefined;
  }
  if (
    stepUpReviewLabel !== last7.stepUpReviewLabel ||
    stepUpSourceLayer !== last7.stepUpSourceLayer ||
    stepUpSourceLibrary !== last7.stepUpSourceLibrary ||
    stepUpSourceLibraryVersion !== last7.stepUpSourceLibraryVersion ||
    (stepUpId !== undefined) !== last7.open7 ||
    (userHash !== undefined) !== last7.next7
  ) {
    if (
      !gap7.rebuild(
        [stepUpReviewLabel, stepUpSourceLayer, stepUpSourceLibrary, stepUpSourceLibraryVersion],
        stepUpId !== undefined,
        userHash !== undefined,
      )
    )
      return undefined;
    last7.stepUpReviewLabel = stepUpReviewLabel;
    last7.stepUpSourceLayer = stepUpSourceLayer;
    last7.stepUpSourceLibrary = stepUpSourceLibrary;
    last7.stepUpSourceLibraryVersion = stepUpSourceLibraryVersion;
    last7.open7 = stepUpId !== undefined;
    last7.next7 = userHash !== undefined;
  }
  if (
    (auditActorId === undefined ? 0 : 1) +
      (auditSourceId === undefined ? 0 : 1) +
      (stepUpId === undefined ? 0 : 1) +
      (userHash === undefined ? 0 : 1) +
      (userId === undefined ? 0 : 1) +
      gap0.count +
      gap1.count +
      gap2.count +
      gap5.count +
      gap6.count +
      gap7.count !==
    Object.keys(a).length
  ) {
    return undefined;
  }
  const body = record.body;
  if (body !== lastBody) {
    if (!tail.rebuild(body)) return undefined;
    lastBody = body;
  }
  const timestampMs = record.timestampMs;
  const observedMs = record.observedTimestampMs;
  const timestamp = nanosecondText(timestampMs);
  const observed = observedMs === timestampMs ? timestamp : nanosecondText(observedMs);
  if (timestamp === '' || observed === '') return undefined;
  const text =
    gap0.text +
    (auditActorId ?? '') +
    gap1.text +
    auditRecordId +
    gap2.text +
    auditSequenceNumber +
    '"},"audit.sequence.previous_hash":{"stringValue":"' +
    auditSequencePreviousHash +
    '"},"audit.sequence.previous_record_id":{"stringValue":"' +
    auditSequencePreviousRecordId +
    gap5.text +
    (auditSourceId ?? '') +
    gap6.text +
    (stepUpId ?? '') +
    gap7.text +
    (userHash ?? '') +
    (userHash === undefined
      ? userId === undefined
        ? ''
        : ',"user.id":{"stringValue":"'
      : userId === undefined
        ? '"}'
        : '"},"user.id":{"stringValue":"') +
    (userId ?? '') +
    (userId === undefined ? '' : '"}') +
    tail.text +
    observed +
    (traceId === undefined
      ? '","timestamp":"' + timestamp + '"}'
      : '","span_id":"' + spanId + '","timestamp":"' + timestamp + '","trace_id":"' + traceId + '"}');
  lastEncoding.recordId = auditRecordId;
  lastEncoding.ascii =
    checked === 2
      ? (gap0.wide | gap1.wide | gap2.wide | gap5.wide | gap6.wide | gap7.wide | tail.wide) === 0
      : isAscii(text);
  return text;
}
