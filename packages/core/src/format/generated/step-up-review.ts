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
  STEP_UP_REVIEW_LABEL,
  STEP_UP_SOURCE_LAYER,
  STEP_UP_SOURCE_LIBRARY,
  STEP_UP_SOURCE_LIBRARY_VERSION,
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
const gap6 = new Gap(layout, [AUDIT_SOURCE_TYPE, AUDIT_TARGET_ID, AUDIT_TARGET_TYPE], ',"step_up.id":{"stringValue":"');
const last6: {
  auditSourceType: unknown;
  auditTargetId: unknown;
  auditTargetType: unknown;
  open: unknown;
  next: unknown;
} = { auditSourceType: NEVER, auditTargetId: undefined, auditTargetType: undefined, open: undefined, next: undefined };
const gap7 = new Gap(
  layout,
  [STEP_UP_REVIEW_LABEL, STEP_UP_SOURCE_LAYER, STEP_UP_SOURCE_LIBRARY, STEP_UP_SOURCE_LIBRARY_VERSION],
  ',"user.hash":{"stringValue":"',
);
const last7: {
  stepUpReviewLabel: unknown;
  stepUpSourceLayer: unknown;
  stepUpSourceLibrary: unknown;
  stepUpSourceLibraryVersion: unknown;
  open: unknown;
  next: unknown;
} = {
  stepUpReviewLabel: NEVER,
  stepUpSourceLayer: undefined,
  stepUpSourceLibrary: undefined,
  stepUpSourceLibraryVersion: undefined,
  open: undefined,
  next: undefined,
};
const gap8 = new Gap(layout, [], ',"user.id":{"stringValue":"');
const last8: { open: unknown; next: unknown } = { open: NEVER, next: undefined };
const gap9 = new Gap(layout, [], '');
const last9: { open: unknown } = { open: NEVER };
const tail = new Gap(layout, [], '');
let lastBody: unknown = NEVER;

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
    !isText(auditSequencePreviousHash, 64) ||
    auditSequencePreviousHash === undefined ||
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
  if (!areIds(traceId, spanId)) return undefined;
  const plain = isPlain(
    (auditActorId === userHash || auditActorId === undefined ? '' : auditActorId) +
      auditRecordId +
      auditSequencePreviousHash +
      (auditSequencePreviousRecordId === lastEncoding.recordId ? '' : auditSequencePreviousRecordId) +
      (auditSourceId ?? '') +
      (stepUpId ?? '') +
      (userHash ?? '') +
      (userId ?? ''),
  );
  if (!plain) {
    if (!isPlain(auditRecordId + auditSequencePreviousHash + auditSequencePreviousRecordId)) return undefined;
    auditActorId = escaped(auditActorId, 256);
    auditSourceId = escaped(auditSourceId, 64);
    stepUpId = escaped(stepUpId, 64);
    userHash = escaped(userHash, 128);
    userId = escaped(userId, 256);
    if (auditActorId === '' || auditSourceId === '' || stepUpId === '' || userHash === '' || userId === '')
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
    (stepUpId !== undefined) !== last6.next
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
    last6.open = auditSourceId !== undefined;
    last6.next = stepUpId !== undefined;
  }
  if (
    stepUpReviewLabel !== last7.stepUpReviewLabel ||
    stepUpSourceLayer !== last7.stepUpSourceLayer ||
    stepUpSourceLibrary !== last7.stepUpSourceLibrary ||
    stepUpSourceLibraryVersion !== last7.stepUpSourceLibraryVersion ||
    (stepUpId !== undefined) !== last7.open ||
    (userHash !== undefined) !== last7.next
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
    last7.open = stepUpId !== undefined;
    last7.next = userHash !== undefined;
  }
  if ((userHash !== undefined) !== last8.open || (userId !== undefined) !== last8.next) {
    if (!gap8.rebuild([], userHash !== undefined, userId !== undefined)) return undefined;
    last8.open = userHash !== undefined;
    last8.next = userId !== undefined;
  }
  if ((userId !== undefined) !== last9.open) {
    if (!gap9.rebuild([], userId !== undefined, false)) return undefined;
    last9.open = userId !== undefined;
  }
  if (
    (auditActorId === undefined ? 0 : 1) +
      (auditSourceId === undefined ? 0 : 1) +
      (stepUpId === undefined ? 0 : 1) +
      (userHash === undefined ? 0 : 1) +
      (userId === undefined ? 0 : 1) +
      gap0.count +
      gap1.count +
      gap6.count +
      gap7.count !==
    Object.keys(a).length
  ) {
    return undefined;
  }
  const body = record.body;
  if (body !== lastBody) {
    if (!tail.rebuildTail(body, 'step_up.review')) return undefined;
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
    (stepUpId ?? '') +
    gap7.out +
    (userHash ?? '') +
    gap8.out +
    (userId ?? '') +
    gap9.out +
    tail.out +
    observed +
    (traceId === undefined
      ? '","timestamp":"' + timestamp + '"}'
      : '","span_id":"' + spanId + '","timestamp":"' + timestamp + '","trace_id":"' + traceId + '"}');
  lastEncoding.recordId = auditRecordId;
  lastEncoding.ascii = plain
    ? (gap0.wide | gap1.wide | gap2.wide | gap5.wide | gap6.wide | gap7.wide | gap8.wide | gap9.wide | tail.wide) === 0
    : isAscii(text);
  return text;
}
