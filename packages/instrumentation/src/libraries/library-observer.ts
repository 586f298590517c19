// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { AnswerChecked, ChallengeIssued, FactorEnrolled } from '../ceremony/observation.ts';

/** Told of each call of a library, in the context of the request that made it. */
export interface LibraryObserver {
  /** Runs what looks at a call. What it throws is reported and never takes the place of the library's own result. */
  guard(look: () => void): void;
  challengeIssued(call: ChallengeIssued): void;
  answerChecked(call: AnswerChecked): void;
  factorEnrolled(call: FactorEnrolled): void;
  /** Runs a library call; what other hooked libraries do inside is part of it and is not told again. */
  outermost<T>(run: () => T, unobserved: () => T): T;
}
