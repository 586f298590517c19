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
  STEP_UP_REVIEW_LABEL,
  STEP_UP_SOURCE_LAYER,
  STEP_UP_SOURCE_LIBRARY,
  STEP_UP_SOURCE_LIBRARY_VERSION,
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
  [AUDIT_SOURCE_TYPE, AUDIT_TARGET_ID, AUDIT_TARGET_TYPE],
  ',"step_up.id":{"stringValue":"',
);
const last6 = {
  auditSourceType: NEVER as unknown,
  auditTargetId: undefined as unknown,
  auditTargetType: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select6(
  auditSourceType: unknown,
  auditTargetId: unknown,
  auditTargetType: unknown,
  open: boolean,
  next: boolean,
): boolean {
  if (!gap6.select([auditSourceType, auditTargetId, auditTargetType], open, next)) return false;
  last6.auditSourceType = auditSourceType;
  last6.auditTargetId = auditTargetId;
  last6.auditTargetType = auditTargetType;
  last6.open = open;
  last6.next = next;
  return true;
}

const gap7: Gap = new Gap(
  layout,
  [STEP_UP_REVIEW_LABEL, STEP_UP_SOURCE_LAYER, STEP_UP_SOURCE_LIBRARY, STEP_UP_SOURCE_LIBRARY_VERSION],
  ',"user.hash":{"stringValue":"',
);
const last7 = {
  stepUpReviewLabel: NEVER as unknown,
  stepUpSourceLayer: undefined as unknown,
  stepUpSourceLibrary: undefined as unknown,
  stepUpSourceLibraryVersion: undefined as unknown,
  open: undefined as unknown,
  next: undefined as unknown,
};
function select7(
  stepUpReviewLabel: unknown,
  stepUpSourceLayer: unknown,
  stepUpSourceLibrary: unknown,
  stepUpSourceLibraryVersion: unknown,
  open: boolean,
  next: boolean,
): boolean {
  if (!gap7.select([stepUpReviewLabel, stepUpSourceLayer, stepUpSourceLibrary, stepUpSourceLibraryVersion], open, next))
    return false;
  last7.stepUpReviewLabel = stepUpReviewLabel;
  last7.stepUpSourceLayer = stepUpSourceLayer;
  last7.stepUpSourceLibrary = stepUpSourceLibrary;
  last7.stepUpSourceLibraryVersion = stepUpSourceLibraryVersion;
  last7.open = open;
  last7.next = next;
  return true;
}

const gap8: Gap = new Gap(layout, [USER_ID], '');
const last8 = { userId: NEVER as unknown, open: undefined as unknown };
function select8(userId: unknown, open: boolean): boolean {
  if (!gap8.select([userId], open, false)) return false;
  last8.userId = userId;
  last8.open = open;
  return true;
}

const tail = new Gap(layout, [], '');
let lastBody: unknown = NEVER;
let rareBefore = true;

/** P of `step_up.review` if nothing in it must be mended, else undefined. May throw what a hostile record throws. */
export function encodeStepUpReview(record: EventRecord, chain: ChainFields): string | undefined {
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
  const auditSourceId = spliced(a['audit.source.id'], 64);
  const stepUpId = spliced(a['step_up.id'], 64);
  const userHash = spliced(userHashValue, 128);
  const auditAction = a['audit.action'];
  const auditActorType = a['audit.actor.type'];
  const auditOutcome = a['audit.outcome'];
  const auditSourceType = a['audit.source.type'];
  const stepUpReviewLabel = a['step_up.review.label'];
  const stepUpSourceLayer = a['step_up.source.layer'];
  const stepUpSourceLibrary = a['step_up.source.library'];
  const stepUpSourceLibraryVersion = a['step_up.source.library_version'];
  const auditActorIdValue = a['audit.actor.id'];
  const auditActorId = auditActorIdValue === userHashValue ? userHash : spliced(auditActorIdValue, 256);
  let auditTargetId: unknown;
  let auditTargetType: unknown;
  let userId: unknown;
  let present =
    (auditActorId === undefined ? 0 : 1) +
    (auditSourceId === undefined ? 0 : 1) +
    (stepUpId === undefined ? 0 : 1) +
    (userHash === undefined ? 0 : 1) +
    (auditAction === undefined ? 0 : 1) +
    (auditActorType === undefined ? 0 : 1) +
    (auditOutcome === undefined ? 0 : 1) +
    (auditSourceType === undefined ? 0 : 1) +
    (stepUpReviewLabel === undefined ? 0 : 1) +
    (stepUpSourceLayer === undefined ? 0 : 1) +
    (stepUpSourceLibrary === undefined ? 0 : 1) +
    (stepUpSourceLibraryVersion === undefined ? 0 : 1);
  const rare = present < total;
  if (rare) {
    auditTargetId = a['audit.target.id'];
    auditTargetType = a['audit.target.type'];
    userId = a['user.id'];
    present +=
      (auditTargetId === undefined ? 0 : 1) + (auditTargetType === undefined ? 0 : 1) + (userId === undefined ? 0 : 1);
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
      (auditSourceId !== undefined) !== last6.open ||
      (stepUpId !== undefined) !== last6.next ||
      (checkRare && (auditTargetId !== last6.auditTargetId || auditTargetType !== last6.auditTargetType))) &&
    !select6(auditSourceType, auditTargetId, auditTargetType, auditSourceId !== undefined, stepUpId !== undefined)
  )
    return undefined;
  if (
    (stepUpReviewLabel !== last7.stepUpReviewLabel ||
      stepUpSourceLayer !== last7.stepUpSourceLayer ||
      stepUpSourceLibrary !== last7.stepUpSourceLibrary ||
      stepUpSourceLibraryVersion !== last7.stepUpSourceLibraryVersion ||
      (stepUpId !== undefined) !== last7.open ||
      (userHash !== undefined) !== last7.next) &&
    !select7(
      stepUpReviewLabel,
      stepUpSourceLayer,
      stepUpSourceLibrary,
      stepUpSourceLibraryVersion,
      stepUpId !== undefined,
      userHash !== undefined,
    )
  )
    return undefined;
  if (
    ((userHash !== undefined) !== last8.open || (checkRare && userId !== last8.userId)) &&
    !select8(userId, userHash !== undefined)
  )
    return undefined;
  rareBefore = rare;
  if (body !== lastBody) {
    if (!tail.selectTail(body, 'step_up.review')) return undefined;
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
      (stepUpId ?? '') +
      gap7.out +
      (userHash ?? '') +
      gap8.out
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
      (stepUpId ?? '') +
      gap7.out +
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
