// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isWellFormed } from './json-text.ts';

// Unicode White_Space, control characters and the plus sign would make a signature line or a vkey ambiguous.
const FORBIDDEN = /[\p{White_Space}\p{Cc}+]/u;

/**
 * Whether a key name may stand in a signature line and a vkey (C2SP signed-note): not empty, no spaces, no plus,
 * and no control characters.
 */
export function isKeyName(name: string): boolean {
  return name !== '' && !FORBIDDEN.test(name) && isWellFormed(name);
}
