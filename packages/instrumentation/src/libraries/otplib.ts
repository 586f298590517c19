// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { types } from 'node:util';
import type { ErrorType } from '@stepseal/core/semconv';
import { type CodeMethod, codeAnswer } from './code-answer.ts';
import type { LibraryObserver } from './library-observer.ts';
import { type ObservedCall, observed } from './observed-call.ts';
import { type AnyFunction, property, replaceExports, replaceMethods } from './replace-exports.ts';

export const OTPLIB = 'otplib';
export const OTPLIB_VERSIONS = '12 or 13';

/** Where a code and the guard against its second use stand in the arguments of a call. */
interface Arguments {
  token(call: ObservedCall): unknown;
  afterTimeStep(call: ObservedCall): unknown;
  /** The same arguments without the guard. */
  unguarded(call: ObservedCall): readonly unknown[];
}

/** `verify({ token, secret, afterTimeStep })`, `verifySync` and `HOTP#verify({ token, counter }, options)`. */
const IN_OPTIONS: Arguments = {
  token: ({ args }) => property(args[0], 'token'),
  afterTimeStep: ({ args }) => property(args[0], 'afterTimeStep'),
  unguarded: ({ args: [options, ...rest] }) => [{ ...(options as object), afterTimeStep: undefined }, ...rest],
};

/** `TOTP#verify(token, { afterTimeStep })`; what the options leave out was given to the constructor. */
const IN_METHOD: Arguments = {
  token: ({ args }) => args[0],
  afterTimeStep: ({ self, args }) =>
    property(args[1], 'afterTimeStep') ?? property(property(self, 'options'), 'afterTimeStep'),
  unguarded: ({ args: [token, options] }) => [token, { ...(options as object | undefined), afterTimeStep: undefined }],
};

/**
 * Hooks `@otplib/totp` or `@otplib/hotp` 13: `otplib`, its functions and its classes, all check codes there.
 *
 * @param method which of the two it is.
 */
export function patchOtplib(
  method: CodeMethod,
  moduleExports: object,
  version: string,
  observer: LibraryObserver,
): object {
  const library = { library: OTPLIB, libraryVersion: version, method };
  const wrap =
    (where: Arguments) =>
    (original: AnyFunction): AnyFunction =>
      observed(original, observer, {
        returned(call, result) {
          const tell = (errorType: ErrorType | undefined): void =>
            observer.answerChecked(codeAnswer(library, call.args, { errorType, result }));
          // A delta of 0 is a pass like any other; only `valid` counts.
          if (property(result, 'valid') === true) tell(undefined);
          else {
            const errorType = refusal(call, where);
            if (types.isPromise(errorType)) return errorType.then((type) => observer.guard(() => tell(type)));
            tell(errorType);
          }
          return undefined;
        },
        threw(call, error) {
          const errorType = isMalformed(error, where.token(call)) ? 'malformed' : 'internal';
          observer.answerChecked(codeAnswer(library, call.args, { errorType, error }));
        },
      });
  replaceMethods(moduleExports, method.toUpperCase(), { verify: wrap(method === 'totp' ? IN_METHOD : IN_OPTIONS) });
  return replaceExports(moduleExports, { verify: wrap(IN_OPTIONS), verifySync: wrap(IN_OPTIONS) });
}

/**
 * The library answers a replayed code as it does a wrong one. A code that is good but for the guard is of the last
 * accepted time step or an earlier one.
 */
function refusal(call: ObservedCall, where: Arguments): ErrorType | Promise<ErrorType> {
  if (where.afterTimeStep(call) === undefined) return 'bad_code';
  const kindOf = (result: unknown): ErrorType => (property(result, 'valid') === true ? 'replayed' : 'bad_code');
  const result = call.again(where.unguarded(call));
  return types.isPromise(result) ? result.then(kindOf, () => 'bad_code' as const) : kindOf(result);
}

/** The library throws at what is no code at all. Everything else it throws is about what the service gave it. */
function isMalformed(error: unknown, token: unknown): boolean {
  if (typeof token !== 'string') return true;
  return error instanceof Error && /^Token(?:Length|Format)?Error$/.test(error.name);
}
