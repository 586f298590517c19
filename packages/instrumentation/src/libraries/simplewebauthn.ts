// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { types } from 'node:util';
import type { AnswerChecked } from '../ceremony/observation.ts';
import type { LibraryObserver } from './library-observer.ts';
import { webAuthnErrorType } from './webauthn-error-type.ts';

export const SIMPLEWEBAUTHN = '@simplewebauthn/server';
export const SIMPLEWEBAUTHN_VERSIONS = '13 and 14';

/** @param version of its package.json. */
export function isSupportedSimpleWebAuthn(version: string): boolean {
  return /^1[34]\./.test(version);
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Hooks `generateAuthenticationOptions` and `verifyAuthenticationResponse`. The exports of both builds are getters
 * that cannot be redefined: a CommonJS module gets a copy of its exports, an ES module is changed through the proxy
 * that import-in-the-middle hands out.
 */
export function patchSimpleWebAuthn(moduleExports: object, version: string, observer: LibraryObserver): object {
  const call = { library: SIMPLEWEBAUTHN, libraryVersion: version, method: 'webauthn' as const };
  return replaceExports(moduleExports, {
    generateAuthenticationOptions: (original) =>
      observed(original, observer, {
        resolved(args, result) {
          const challenge = property(result, 'challenge');
          if (typeof challenge === 'string') observer.challengeIssued({ ...call, arguments: args, challenge, result });
        },
        rejected() {},
      }),
    verifyAuthenticationResponse: (original) =>
      observed(original, observer, {
        resolved(args, result) {
          observer.answerChecked({ ...call, ...checkedFacts(result), ...answerOf(args), result, error: undefined });
        },
        rejected(args, error) {
          const errorType = webAuthnErrorType(error, property(args[0], 'credential'));
          const outcome = errorType === 'internal' ? ('error' as const) : ('failed' as const);
          observer.answerChecked({
            ...call,
            ...NOTHING_KNOWN,
            ...answerOf(args),
            outcome,
            errorType,
            result: undefined,
            error,
          });
        },
      }),
  });
}

const NOTHING_KNOWN = { userVerified: undefined, deviceType: undefined, backedUp: undefined } as const;

function answerOf(args: readonly unknown[]): Pick<AnswerChecked, 'arguments' | 'challenge' | 'phishingResistant'> {
  return { arguments: args, challenge: challengeOf(args[0]), phishingResistant: true };
}

function checkedFacts(
  result: unknown,
): Pick<AnswerChecked, 'outcome' | 'errorType' | 'userVerified' | 'deviceType' | 'backedUp'> {
  const passed = property(result, 'verified') === true;
  // Without a good signature the authenticator data is whatever the client made up.
  const info = passed ? property(result, 'authenticationInfo') : undefined;
  const deviceType = property(info, 'credentialDeviceType');
  return {
    outcome: passed ? 'passed' : 'failed',
    errorType: passed ? undefined : 'bad_signature',
    userVerified: booleanOf(property(info, 'userVerified')),
    deviceType:
      deviceType === 'singleDevice' ? 'single_device' : deviceType === 'multiDevice' ? 'multi_device' : undefined,
    backedUp: booleanOf(property(info, 'credentialBackedUp')),
  };
}

/**
 * The expected challenge where the service names it. Where it passes a function, the challenge that the answer
 * carries: the client controls that one, and may derive an id from it that belongs to nobody.
 */
function challengeOf(options: unknown): string | undefined {
  const expected = property(options, 'expectedChallenge');
  if (typeof expected === 'string') return expected;
  const clientData = property(property(property(options, 'response'), 'response'), 'clientDataJSON');
  if (typeof clientData !== 'string') return undefined;
  try {
    const challenge = property(JSON.parse(Buffer.from(clientData, 'base64url').toString('utf8')), 'challenge');
    return typeof challenge === 'string' && challenge !== '' ? challenge : undefined;
  } catch {
    return undefined;
  }
}

interface Outcome {
  resolved(args: readonly unknown[], result: unknown): void;
  rejected(args: readonly unknown[], error: unknown): void;
}

/**
 * Calls through and tells how it went before the caller learns it. The caller gets the promise that carries on from
 * ours: an answer that nobody handles stays an unhandled rejection.
 */
function observed(original: AnyFunction, observer: LibraryObserver, outcome: Outcome): AnyFunction {
  return function (this: unknown, ...args) {
    const unobserved = (): unknown => Reflect.apply(original, this, args);
    return observer.outermost(() => {
      const result = unobserved();
      if (!types.isPromise(result)) return result;
      return result.then(
        (value: unknown) => {
          observer.guard(() => outcome.resolved(args, value));
          return value;
        },
        (error: unknown) => {
          observer.guard(() => outcome.rejected(args, error));
          throw error;
        },
      );
    }, unobserved);
  };
}

function replaceExports(
  moduleExports: object,
  wrappers: Record<string, (original: AnyFunction) => AnyFunction>,
): object {
  const source = moduleExports as Record<string, unknown>;
  const target: Record<string, unknown> = types.isProxy(moduleExports) ? source : copyOf(source);
  for (const [name, wrap] of Object.entries(wrappers)) {
    const original = source[name];
    if (typeof original === 'function') target[name] = wrap(original as AnyFunction);
  }
  return target;
}

/** A copy with plain data properties, keeping what interop code looks for (`__esModule`, the namespace tag). */
function copyOf(source: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Reflect.ownKeys(source)) {
    const enumerable = Object.getOwnPropertyDescriptor(source, key)?.enumerable ?? false;
    Object.defineProperty(copy, key, {
      value: (source as Record<PropertyKey, unknown>)[key],
      enumerable,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function booleanOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
