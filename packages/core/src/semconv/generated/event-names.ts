// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

/** A policy was asked whether a stronger proof is due. */
export const EVENT_STEP_UP_EVALUATED = 'step_up.evaluated';
/** A stronger proof was demanded, by a 401 of RFC 9470, a library or an explicit call. */
export const EVENT_STEP_UP_REQUIRED = 'step_up.required';
/** A method was chosen and a challenge issued. */
export const EVENT_STEP_UP_CHALLENGED = 'step_up.challenged';
/** One answer was checked and the step-up goes on. */
export const EVENT_STEP_UP_ATTEMPTED = 'step_up.attempted';
/** The step-up ended; exactly one record per `step_up.id`. */
export const EVENT_STEP_UP_COMPLETED = 'step_up.completed';
/** What the system then did with the guarded action. */
export const EVENT_STEP_UP_ACCESS = 'step_up.access';
/** A factor was added, removed or reset. */
export const EVENT_STEP_UP_ENROLLED = 'step_up.enrolled';
/** A later label for a step-up. */
export const EVENT_STEP_UP_REVIEW = 'step_up.review';
/** A stream begins; its first record. */
export const EVENT_STEPSEAL_STREAM_OPEN = 'stepseal.stream.open';
/** The records so far are covered by a signed note. */
export const EVENT_STEPSEAL_SEAL = 'stepseal.seal';
/** Records were lost, and this says so. */
export const EVENT_STEPSEAL_GAP = 'stepseal.gap';
/** A stream ends; its last record. */
export const EVENT_STEPSEAL_STREAM_CLOSE = 'stepseal.stream.close';
/** A whole stream's file is deleted by the stated retention. */
export const EVENT_STEPSEAL_PRUNE = 'stepseal.prune';
/** A receiver refused a record for good. */
export const EVENT_STEPSEAL_UNDELIVERED = 'stepseal.undelivered';
/** The trail was verified; `audit.outcome` says whether it held. */
export const EVENT_STEPSEAL_VERIFIED = 'stepseal.verified';
/** The configuration of capture, sealing or redaction changed. */
export const EVENT_STEPSEAL_CONFIG_CHANGED = 'stepseal.config_changed';
/** Somebody read the trail. */
export const EVENT_STEPSEAL_LOG_ACCESSED = 'stepseal.log_accessed';
/** What tied records to one person was destroyed. */
export const EVENT_STEPSEAL_SUBJECT_ERASED = 'stepseal.subject_erased';

/** Name of an event of the registry. */
export type EventName =
  | 'step_up.evaluated'
  | 'step_up.required'
  | 'step_up.challenged'
  | 'step_up.attempted'
  | 'step_up.completed'
  | 'step_up.access'
  | 'step_up.enrolled'
  | 'step_up.review'
  | 'stepseal.stream.open'
  | 'stepseal.seal'
  | 'stepseal.gap'
  | 'stepseal.stream.close'
  | 'stepseal.prune'
  | 'stepseal.undelivered'
  | 'stepseal.verified'
  | 'stepseal.config_changed'
  | 'stepseal.log_accessed'
  | 'stepseal.subject_erased';
