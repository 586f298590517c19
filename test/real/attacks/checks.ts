// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { STORE_CHECKS } from '@stepseal/verifier';

/** For each check that only a store of documents needs, an attack or a false alarm that it alone decides. */
export const STORE_NEEDED_BY: Readonly<Record<(typeof STORE_CHECKS)[number], readonly [row: number, variant: string]>> =
  {
    projection: [3, 'text: outcome failed to passed'],
    mappings: [77, 'not searchable'],
    resources: [4, 'service name'],
    replays: [24, 'in the next index, with a new time'],
    'unsealed-documents': [69, 'step_up event'],
    'hidden-documents': [54, 'alias that leaves out the tail'],
    'denied-parts': [59, 'the data stream of the older stream'],
    delivery: [76, 'one record in the middle'],
  };
