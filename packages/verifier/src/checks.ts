// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * Every check that the verifier makes, by name. The conformance suite switches each off in turn and expects attacks
 * to pass that it alone catches; a check that no attack needs does not belong here.
 */
export const CHECKS = [
  'syntax',
  'genesis',
  'links',
  'roots',
  'order',
  'off-branch',
  'foreign-stream',
  'note-signatures',
  'note-missing',
  'after-end',
  'trailing-data',
  'tail',
  'authorisation',
  'predecessor',
  'successor',
  'adoption',
  'equivocation',
  'known-heads',
  'counts',
  'heartbeat',
  'clock',
  'duplicates',
  'copies',
  'zero-records',
] as const;

/** Checks that only a store of documents needs, as {@link CHECKS}. */
export const STORE_CHECKS = [
  'projection',
  'mappings',
  'resources',
  'replays',
  'unsealed-documents',
  'hidden-documents',
  'denied-parts',
  'delivery',
] as const;

/** The name of one check. */
export type CheckName = (typeof CHECKS)[number] | (typeof STORE_CHECKS)[number];

/** Tells whether a check is to be made. */
export type CheckSwitch = (check: CheckName) => boolean;
