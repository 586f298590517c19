// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isWellFormed } from './json-text.ts';

// Unicode spaces and the plus sign would make a signature line or a vkey ambiguous; a note holds no control characters
// below U+0020.
const FORBIDDEN = /[\p{White_Space}+]|[^\P{Cc}\u007f-\u009f]/u;

/**
 * Whether a key name may stand in a signature line and a vkey (C2SP signed-note): not empty, no spaces, no plus,
 * and no control characters.
 */
export function isKeyName(name: string): boolean {
  return name !== '' && !FORBIDDEN.test(name) && isWellFormed(name);
}
