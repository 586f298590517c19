// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ErrorType } from '@stepseal/core/semconv';
import type { AnswerChecked } from '../ceremony/observation.ts';
import type { LibraryObserver } from './library-observer.ts';
import { observed } from './observed-call.ts';
import { property, replaceExports } from './replace-exports.ts';
import { registrationErrorType, webAuthnErrorType } from './webauthn-error-type.ts';

export const SIMPLEWEBAUTHN = '@simplewebauthn/server';
export const SIMPLEWEBAUTHN_VERSIONS = '13 or 14';

/**
 * Hooks `generateAuthenticationOptions`, `verifyAuthenticationResponse` and `verifyRegistrationResponse`. What makes the
 * options of a registration is left alone: a registration that is begun and dropped adds no factor.
 */
export function patchSimpleWebAuthn(moduleExports: object, version: string, observer: LibraryObserver): object {
  const call = { library: SIMPLEWEBAUTHN, libraryVersion: version, method: 'webauthn' as const };
  return replaceExports(moduleExports, {
    generateAuthenticationOptions: (original) =>
      observed(original, observer, {
        returned({ args }, result) {
          const challenge = property(result, 'challenge');
          // Only what the service asked for: the library's own default is a hint to browsers.
          const timeout = property(args[0], 'timeout');
          const lifetimeMs = typeof timeout === 'number' && timeout > 0 ? timeout : undefined;
          if (typeof challenge === 'string')
            observer.challengeIssued({ ...call, arguments: args, challenge, lifetimeMs, result });
          return undefined;
        },
        threw() {},
      }),
    verifyAuthenticationResponse: (original) =>
      observed(original, observer, {
        returned({ args }, result) {
          const facts = checkedFacts(result, 'authenticationInfo', 'bad_signature');
          observer.answerChecked({ ...call, ...facts, ...answerOf(args), result, error: undefined });
          return undefined;
        },
        threw({ args }, error) {
          const errorType = webAuthnErrorType(error, property(args[0], 'credential'));
          observer.answerChecked({ ...call, ...refusedFacts(errorType), ...answerOf(args), result: undefined, error });
        },
      }),
    verifyRegistrationResponse: (original) =>
      observed(original, observer, {
        returned({ args }, result) {
          const facts = checkedFacts(result, 'registrationInfo', 'attestation_invalid');
          observer.factorEnrolled({
            ...call,
            ...facts,
            arguments: args,
            phishingResistant: true,
            result,
            error: undefined,
          });
          return undefined;
        },
        threw({ args }, error) {
          const facts = refusedFacts(registrationErrorType(error));
          observer.factorEnrolled({
            ...call,
            ...facts,
            arguments: args,
            phishingResistant: true,
            result: undefined,
            error,
          });
        },
      }),
  });
}

type Facts = Pick<AnswerChecked, 'outcome' | 'errorType' | 'userVerified' | 'deviceType' | 'backedUp'>;

function refusedFacts(errorType: ErrorType): Facts {
  const outcome = errorType === 'internal' ? 'error' : 'failed';
  return { outcome, errorType, userVerified: undefined, deviceType: undefined, backedUp: undefined };
}

function answerOf(
  args: readonly unknown[],
): Pick<AnswerChecked, 'arguments' | 'challenge' | 'answeredChallenge' | 'phishingResistant'> {
  const [options] = args;
  const answeredChallenge = carriedChallenge(options);
  return { arguments: args, challenge: challengeOf(options), answeredChallenge, phishingResistant: true };
}

/** @param infoName of the member that a good result carries. @param refusal what a result without one means. */
function checkedFacts(result: unknown, infoName: string, refusal: ErrorType): Facts {
  const passed = property(result, 'verified') === true;
  // Without a good signature the authenticator data is whatever the client made up.
  const info = passed ? property(result, infoName) : undefined;
  const deviceType = property(info, 'credentialDeviceType');
  return {
    outcome: passed ? 'passed' : 'failed',
    errorType: passed ? undefined : refusal,
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
  return typeof expected === 'string' ? expected : carriedChallenge(options);
}

function carriedChallenge(options: unknown): string | undefined {
  const clientData = property(property(property(options, 'response'), 'response'), 'clientDataJSON');
  if (typeof clientData !== 'string') return undefined;
  try {
    const challenge = property(JSON.parse(Buffer.from(clientData, 'base64url').toString('utf8')), 'challenge');
    return typeof challenge === 'string' && challenge !== '' ? challenge : undefined;
  } catch {
    return undefined;
  }
}

function booleanOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
