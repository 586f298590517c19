// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ErrorType } from '@stepseal/core/semconv';
import type { AnswerChecked } from '../ceremony/observation.ts';

export type CodeMethod = 'totp' | 'hotp';

/** What is the same of every one-time code that was checked: there is no challenge, and whoever is shown it can use it. */
export function codeAnswer(
  library: Pick<AnswerChecked, 'library' | 'libraryVersion' | 'method'>,
  args: readonly unknown[],
  outcome: { readonly errorType: ErrorType | undefined; readonly result?: unknown; readonly error?: unknown },
): AnswerChecked {
  const { errorType, result, error } = outcome;
  return {
    ...library,
    arguments: args,
    challenge: undefined,
    outcome: errorType === undefined ? 'passed' : errorType === 'internal' ? 'error' : 'failed',
    errorType,
    userVerified: undefined,
    deviceType: undefined,
    backedUp: undefined,
    phishingResistant: false,
    result,
    error,
  };
}
