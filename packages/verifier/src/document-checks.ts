// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { CheckName, CheckSwitch } from './checks.ts';
import type { Finding, FindingCode } from './findings.ts';

const BY_CODE: ReadonlyMap<FindingCode, CheckName> = new Map<FindingCode, CheckName>([
  ['PROJECTION_MISMATCH', 'projection'],
  ['RESOURCE_ALTERED', 'resources'],
  ['REPLAY', 'replays'],
  ['UNSEALED_DOCUMENT', 'unsealed-documents'],
  ['HIDDEN_DOCUMENTS', 'hidden-documents'],
  ['UNREADABLE', 'denied-parts'],
]);

/** What is told of documents, without the checks that are not made. */
export function checkedDocuments(findings: readonly Finding[], check: CheckSwitch): readonly Finding[] {
  return findings.filter(({ code }) => isMade(BY_CODE.get(code), check));
}

/** What is told of a store as a whole: there a field that does not say what is sealed is one of a mapping. */
export function checkedStore(findings: readonly Finding[], check: CheckSwitch): readonly Finding[] {
  return findings.filter(({ code }) => isMade(code === 'PROJECTION_MISMATCH' ? 'mappings' : BY_CODE.get(code), check));
}

/** What is no more than information belongs to no check. */
function isMade(name: CheckName | undefined, check: CheckSwitch): boolean {
  return name === undefined || check(name);
}
