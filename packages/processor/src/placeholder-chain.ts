// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ChainFields } from '@stepseal/core/format';

const NO_HASH = '0'.repeat(64);
const NO_ID = '00000000-0000-7000-8000-000000000000';

/**
 * Chain fields of a record that has no place yet. As long as real ones can get, so that a payload cut to the limit with
 * these stays within it with those.
 */
export function placeholderChain(recordId: string): ChainFields {
  return {
    recordId,
    streamId: NO_ID,
    number: Number.MAX_SAFE_INTEGER,
    previousHash: NO_HASH,
    previousRecordId: NO_ID,
  };
}
