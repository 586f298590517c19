// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { findDoor } from './helper/door.ts';
import type { HelperCall, HelperInputs } from './helper/inputs.ts';

export type {
  About,
  Access,
  Attempted,
  Challenged,
  Completed,
  Enrolled,
  Evaluated,
  Guarded,
  Proof,
  Required,
  Review,
  Why,
} from './helper/inputs.ts';

function call<K extends HelperCall>(name: K): (input: HelperInputs[K]) => string | undefined {
  return (input) => {
    try {
      return findDoor()?.tell(name, input);
    } catch {
      // Somebody else's object stands there: what the service does goes on.
      return undefined;
    }
  };
}

/** What {@link stepUp} does: tells what no library shows. */
export interface StepUpHelper {
  /** A policy was asked whether a stronger proof is due; tell it when it is not, too, or thresholds cannot be tuned. */
  evaluated(input: HelperInputs['evaluated']): string | undefined;
  /** A stronger proof is demanded. */
  required(input: HelperInputs['required']): string | undefined;
  /** A method was chosen and a challenge issued. */
  challenged(input: HelperInputs['challenged']): string | undefined;
  /** An answer was refused and the user may try again. */
  attempted(input: HelperInputs['attempted']): string | undefined;
  /** The step-up ended. Only its first end is recorded. */
  completed(input: HelperInputs['completed']): string | undefined;
  /** What became of the guarded action. */
  access(input: HelperInputs['access']): string | undefined;
  /** A factor was added, removed or reset, or that was refused. */
  enrolled(input: HelperInputs['enrolled']): string | undefined;
  /** A later look at a step-up. */
  review(input: HelperInputs['review']): string | undefined;
  /**
   * Resolves with true when everything told so far in this thread survives a power cut; with false where it does not, or
   * where nothing is recorded here.
   *
   * @throws SealingError `SYNC_FAILED` under `commit.policy` `closed`, in place of false
   */
  commit(): Promise<boolean>;
}

/**
 * Tells the running capture what it cannot see. Each call returns the id of the step-up that it was recorded for, or
 * nothing: no call throws, and where nothing is registered none does anything. What cannot be recorded as it is given
 * is reported by code (`HELPER_INPUT_INVALID`), without its value.
 */
export const stepUp: StepUpHelper = {
  evaluated: call('evaluated'),
  required: call('required'),
  challenged: call('challenged'),
  attempted: call('attempted'),
  completed: call('completed'),
  access: call('access'),
  enrolled: call('enrolled'),
  review: call('review'),
  commit: async () => (await findDoor()?.commit()) ?? false,
};
