// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorType, StepUpMethod } from '@stepseal/core/semconv';

/** What a hook saw, unfiltered and by reference: it holds secrets and must not get past `redact`. */
export interface RawObservation {
  readonly request?: IncomingMessage | undefined;
  readonly response?: ServerResponse | undefined;
  readonly libraryArguments?: readonly unknown[] | undefined;
  readonly libraryResult?: unknown;
  readonly libraryError?: unknown;
}

export interface LibraryCall {
  readonly library: string;
  readonly libraryVersion: string;
  readonly method: StepUpMethod;
  readonly arguments: readonly unknown[];
}

/** A library made a challenge. */
export interface ChallengeIssued extends LibraryCall {
  /** The secret both sides see; used to derive the id, never recorded. */
  readonly challenge: string;
  /** How long the service says that it may be answered, in milliseconds. */
  readonly lifetimeMs?: number | undefined;
  readonly result: unknown;
}

/** A library checked an answer. */
export interface AnswerChecked extends LibraryCall {
  /** Absent when the answer was so broken that no challenge could be read, and where the method has none (TOTP, HOTP). */
  readonly challenge: string | undefined;
  /** The challenge that the answer itself carries, where another one was expected. */
  readonly answeredChallenge?: string | undefined;
  readonly outcome: 'passed' | 'failed' | 'error';
  readonly errorType: ErrorType | undefined;
  readonly userVerified: boolean | undefined;
  readonly deviceType: 'single_device' | 'multi_device' | undefined;
  readonly backedUp: boolean | undefined;
  readonly phishingResistant: boolean;
  readonly result: unknown;
  readonly error: unknown;
}

/** A library checked what is to become a new factor of the user. */
export interface FactorEnrolled extends LibraryCall {
  /** `failed`: nothing was added, because the answer was refused. */
  readonly outcome: 'passed' | 'failed' | 'error';
  readonly errorType: ErrorType | undefined;
  readonly userVerified: boolean | undefined;
  readonly deviceType: 'single_device' | 'multi_device' | undefined;
  readonly backedUp: boolean | undefined;
  readonly phishingResistant: boolean;
  readonly result: unknown;
  readonly error: unknown;
}
