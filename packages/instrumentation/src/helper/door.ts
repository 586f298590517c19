// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { HelperCall, HelperInputs } from './inputs.ts';

/**
 * Where the helper finds the capture that runs in this thread. Global, because the application's copy of this package
 * and the one that was preloaded may be two. Anybody in the process can put something there.
 */
export const DOOR: unique symbol = Symbol.for('stepseal.capture');

export interface Door {
  /** Of this interface; another one is left alone. */
  readonly version: 1;
  /** The data directory whose step-ups it shares, if any. */
  readonly dataDir?: string | undefined;
  /** Never throws. @returns the id of the step-up, or nothing where the call could not be recorded */
  tell<K extends HelperCall>(call: K, input: HelperInputs[K]): string | undefined;
  commit(): Promise<boolean>;
}

/** @returns what stands there, if it is a door of this version */
export function findDoor(): Door | undefined {
  const found: unknown = Reflect.get(globalThis, DOOR);
  if (typeof found !== 'object' || found === null) return undefined;
  const { version, tell, commit } = found as Partial<Door>;
  return version === 1 && typeof tell === 'function' && typeof commit === 'function' ? (found as Door) : undefined;
}
