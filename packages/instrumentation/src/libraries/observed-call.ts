// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { types } from 'node:util';
import type { LibraryObserver } from './library-observer.ts';
import type { AnyFunction } from './replace-exports.ts';

export interface ObservedCall {
  /** `this` of the call. */
  readonly self: unknown;
  readonly args: readonly unknown[];
  /** Calls the library once more, with other arguments, unobserved. */
  again(args: readonly unknown[]): unknown;
}

export interface CallOutcome {
  /** May return a promise, which the caller's own then waits for; it must not reject. */
  returned(call: ObservedCall, result: unknown): Promise<void> | undefined;
  threw(call: ObservedCall, error: unknown): void;
}

/**
 * Calls through and tells how it went before the caller learns it. The caller gets the promise that carries on from
 * ours: an answer that nobody handles stays an unhandled rejection. Of calls within calls the outermost is told.
 */
export function observed(original: AnyFunction, observer: LibraryObserver, outcome: CallOutcome): AnyFunction {
  return function (this: unknown, ...args) {
    const again = (others: readonly unknown[]): unknown => Reflect.apply(original, this, others);
    const unobserved = (): unknown => Reflect.apply(original, this, args);
    const call: ObservedCall = { self: this, args, again };
    const returned = (value: unknown): unknown => {
      let telling: Promise<void> | undefined;
      observer.guard(() => {
        telling = outcome.returned(call, value);
      });
      return telling === undefined ? value : telling.then(() => value);
    };
    const threw = (error: unknown): never => {
      observer.guard(() => outcome.threw(call, error));
      throw error;
    };
    return observer.outermost(() => {
      let result: unknown;
      try {
        result = unobserved();
      } catch (error) {
        return threw(error);
      }
      return types.isPromise(result) ? result.then(returned, threw) : returned(result);
    }, unobserved);
  };
}
