// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { VectorCase } from './case.ts';
import { cutStreams } from './cut.ts';
import { editedStreams } from './edited.ts';
import { genuineStreams } from './genuine.ts';
import { twoHistories } from './histories.ts';
import { writersMistakes } from './mistakes.ts';
import { movedLines } from './moved.ts';
import { forgedNotes } from './notes.ts';
import { rolledStreams } from './rolled.ts';
import { strangersKeys } from './strangers.ts';

/** All vectors, in the order of their list. Expectations follow from docs/spec/verification.md. */
export function vectorCases(): readonly VectorCase[] {
  return [
    ...genuineStreams(),
    ...editedStreams(),
    ...movedLines(),
    ...forgedNotes(),
    ...cutStreams(),
    ...strangersKeys(),
    ...twoHistories(),
    ...writersMistakes(),
    ...rolledStreams(),
  ];
}
