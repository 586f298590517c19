// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { clocks, counts, heartbeats } from './rows/clocks-and-counts.ts';
import { crashes, cutBeforeRestart, rewrittenTails } from './rows/crashes.ts';
import {
  cutWhileWriting,
  firstRecords,
  interiorRecords,
  restoredBackups,
  sealingRecords,
  tailsWithNotes,
  tailsWithoutSuccessor,
  wholeStreams,
} from './rows/deletions.ts';
import {
  forgedEnds,
  hostileKeys,
  lastSealEdits,
  looksTorn,
  precision,
  relinkedRanges,
  textCollisions,
  typeSwaps,
} from './rows/edits.ts';
import { emitted } from './rows/emit.ts';
import { checkpoints, hostileInput, nothingToTrust } from './rows/hostile.ts';
import {
  afterEnd,
  anyOrder,
  clones,
  duplicates,
  equivocations,
  fakeCandidates,
  foreignRecords,
  forgedRecords,
  splices,
  swaps,
  trailingBytes,
} from './rows/insertions.ts';
import { mixedSignatures, otherAlgorithms } from './rows/note-signatures.ts';
import { declaredDeletions } from './rows/retention.ts';
import { keyConfusion, otherDeployments, ownKeys } from './rows/strangers.ts';
import { rolls, stolenStreamKey, unauthorisedKeys } from './rows/stream-keys.ts';
import type { Row } from './variant.ts';

/** Every attack of the conformance table that segments can decide, but row 2, which has a test of its own. */
export const ROWS: ReadonlyMap<number, Row> = new Map([
  [5, typeSwaps],
  [6, precision],
  [7, textCollisions],
  [8, hostileKeys],
  [9, interiorRecords],
  [10, relinkedRanges],
  [11, firstRecords],
  [12, tailsWithoutSuccessor],
  [13, tailsWithNotes],
  [14, cutWhileWriting],
  [15, wholeStreams],
  [18, swaps],
  [19, anyOrder],
  [20, forgedRecords],
  [21, foreignRecords],
  [22, duplicates],
  [23, equivocations],
  [25, afterEnd],
  [26, splices],
  [27, stolenStreamKey],
  [29, unauthorisedKeys],
  [30, rolls],
  [31, otherAlgorithms],
  [32, mixedSignatures],
  [33, keyConfusion],
  [39, checkpoints],
  [42, trailingBytes],
  [43, sealingRecords],
  [44, clocks],
  [47, counts],
  [48, heartbeats],
  [49, crashes],
  [50, clones],
  [57, nothingToTrust],
  [58, hostileInput],
  [61, forgedEnds],
  [62, lastSealEdits],
  [63, cutBeforeRestart],
  [64, restoredBackups],
  [65, rewrittenTails],
  [66, looksTorn],
  [67, ownKeys],
  [68, otherDeployments],
  [72, emitted],
  [74, fakeCandidates],
  [75, declaredDeletions],
]);
