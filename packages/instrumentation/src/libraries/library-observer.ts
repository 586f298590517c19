// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { AnswerChecked, ChallengeIssued } from '../ceremony/observation.ts';

/** Told of each call of a library, in the context of the request that made it. Must not throw. */
export interface LibraryObserver {
  challengeIssued(call: ChallengeIssued): void;
  answerChecked(call: AnswerChecked): void;
  /** Runs a library call; what other hooked libraries do inside is part of it and is not told again. */
  outermost<T>(run: () => T, unobserved: () => T): T;
}
