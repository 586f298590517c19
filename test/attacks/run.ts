// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  type CheckName,
  memorySource,
  parseKnownHeads,
  parseTrustPolicy,
  type Report,
  verify,
} from '@stepseal/verifier';
import type { Verifiable } from './scenario.ts';

/** Verifies what a scenario gives, in memory; `disable` switches checks off. */
export function runVerifier(input: Verifiable, disable: ReadonlySet<CheckName> = new Set()): Promise<Report> {
  return verify({
    sources: input.sources.map((files) => memorySource(files, input.complete ?? true)),
    now: input.now,
    strict: input.strict ?? false,
    disable,
    ...(input.trust === undefined ? {} : { trust: parseTrustPolicy(input.trust) }),
    ...(input.knownHeads === undefined ? {} : { knownHeads: parseKnownHeads(input.knownHeads) }),
  });
}
