// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { StepUpTriggerReason } from '@stepseal/core/semconv';
import type { TokenClaims } from '../identity/token-claims.ts';
import type { Requirement } from './ceremony.ts';

/**
 * Why a stronger proof was demanded, as far as the challenge and the token show. `error_description` is never read:
 * services put user input into it. `detail` is from a closed vocabulary: `acr_values`, `max_age`, both, or `none_named`.
 */
export function triggerOf(
  requirement: Requirement,
  claims: TokenClaims | undefined,
): { reason: StepUpTriggerReason; detail: string } {
  const wantsLevel = requirement.acrValues.length > 0;
  const wantsFreshness = requirement.maxAgeS !== undefined;
  if (!wantsLevel && !wantsFreshness) return { reason: 'policy', detail: 'none_named' };
  const levelReached = claims?.acr !== undefined && requirement.acrValues.includes(claims.acr);
  const reason = wantsLevel && !(wantsFreshness && levelReached) ? 'acr_insufficient' : 'auth_too_old';
  if (!wantsLevel) return { reason, detail: 'max_age' };
  return { reason, detail: wantsFreshness ? 'acr_values and max_age' : 'acr_values' };
}
