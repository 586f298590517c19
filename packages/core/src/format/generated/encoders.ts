// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

import type { ChainFields, EventRecord } from '../event-encoder-types.ts';
import { encodeStepUpEvaluated } from './step-up-evaluated.ts';
import { encodeStepUpRequired } from './step-up-required.ts';
import { encodeStepUpChallenged } from './step-up-challenged.ts';
import { encodeStepUpAttempted } from './step-up-attempted.ts';
import { encodeStepUpCompleted } from './step-up-completed.ts';
import { encodeStepUpAccess } from './step-up-access.ts';
import { encodeStepUpEnrolled } from './step-up-enrolled.ts';
import { encodeStepUpReview } from './step-up-review.ts';

/** Encodes a record in which nothing must be mended; undefined for any other. May throw what a hostile record throws. */
type FastEncoder = (record: EventRecord, chain: ChainFields) => string | undefined;

/** Encoders of the events that come in numbers; the others take the careful way. */
export const FAST_ENCODERS: ReadonlyMap<string, FastEncoder> = new Map<string, FastEncoder>([
  ['step_up.evaluated', encodeStepUpEvaluated],
  ['step_up.required', encodeStepUpRequired],
  ['step_up.challenged', encodeStepUpChallenged],
  ['step_up.attempted', encodeStepUpAttempted],
  ['step_up.completed', encodeStepUpCompleted],
  ['step_up.access', encodeStepUpAccess],
  ['step_up.enrolled', encodeStepUpEnrolled],
  ['step_up.review', encodeStepUpReview],
]);
