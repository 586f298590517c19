// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { anyOrder, collectorsAtWork, duplicates } from './rows/benign.ts';
import {
  deletedDocuments,
  lateBatches,
  replays,
  squattedIds,
  tailsBesideSegments,
  unsealedDocuments,
} from './rows/documents.ts';
import { addedNames, lossyCollectors, resources, searchableFields, severities } from './rows/fields.ts';
import { sealedBytes } from './rows/sealed-bytes.ts';
import { deniedParts, hiddenDocuments, shadowedFields } from './rows/visibility.ts';
import type { StoreRow } from './support/variant.ts';

/** Every attack of the conformance table on the documents of a store, but those carried over from segments. */
export const STORE_ROWS: ReadonlyMap<number, StoreRow> = new Map([
  [1, sealedBytes],
  [3, searchableFields],
  [4, resources],
  [9, deletedDocuments],
  [13, tailsBesideSegments],
  [19, anyOrder],
  [22, duplicates],
  [24, replays],
  [54, hiddenDocuments],
  [55, collectorsAtWork],
  [56, lossyCollectors],
  [59, deniedParts],
  [69, unsealedDocuments],
  [70, addedNames],
  [71, severities],
  [73, squattedIds],
  [76, lateBatches],
  [77, shadowedFields],
]);
