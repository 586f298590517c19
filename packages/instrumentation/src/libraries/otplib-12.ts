// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type CodeMethod, codeAnswer } from './code-answer.ts';
import type { LibraryObserver } from './library-observer.ts';
import { observed } from './observed-call.ts';
import { OTPLIB } from './otplib.ts';
import { type AnyFunction, property, replaceExports, replaceMethods } from './replace-exports.ts';

/**
 * Hooks `@otplib/core` 12, whose classes every preset of `otplib` 12 extends. A check calls another one of the same
 * object; the outermost is told. The library has no guard against a second use of a code, so none is seen.
 */
export function patchOtplib12(moduleExports: object, version: string, observer: LibraryObserver): object {
  const wrap =
    (method: CodeMethod, tokenOf: (args: readonly unknown[]) => unknown) =>
    (original: AnyFunction): AnyFunction => {
      const library = { library: OTPLIB, libraryVersion: version, method };
      return observed(original, observer, {
        returned({ args }, result) {
          // `checkDelta` answers with a number, 0 included, or null; the others with a boolean.
          const passed = result === true || typeof result === 'number';
          const refusal = isDigits(tokenOf(args)) ? 'bad_code' : 'malformed';
          observer.answerChecked(codeAnswer(library, args, { errorType: passed ? undefined : refusal, result }));
          return undefined;
        },
        threw({ args }, error) {
          observer.answerChecked(codeAnswer(library, args, { errorType: 'internal', error }));
        },
      });
    };
  const first = (args: readonly unknown[]): unknown => args[0];
  const named = (args: readonly unknown[]): unknown => property(args[0], 'token');
  const totp = wrap('totp', first);
  replaceMethods(moduleExports, 'HOTP', { check: wrap('hotp', first), verify: wrap('hotp', named) });
  replaceMethods(moduleExports, 'TOTP', { check: totp, checkDelta: totp, verify: wrap('totp', named) });
  replaceMethods(moduleExports, 'Authenticator', { checkDelta: totp });
  return replaceExports(moduleExports, {
    hotpCheck: wrap('hotp', first),
    totpCheck: totp,
    totpCheckWithWindow: totp,
    authenticatorCheckWithWindow: totp,
  });
}

/** As the library itself tells what is no code. */
function isDigits(token: unknown): boolean {
  return typeof token === 'string' && /^\d+$/.test(token);
}
