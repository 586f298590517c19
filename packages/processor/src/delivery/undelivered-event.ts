// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { EventRecord } from '@stepseal/core/format';
import type { SetAsideEntry } from '../data/set-aside.ts';

/** Name of {@link undeliveredEvent}. */
export const UNDELIVERED = 'stepseal.undelivered';

/** `stepseal.undelivered`: a record that its receiver refused for good, declared in the trail itself. */
export function undeliveredEvent({ streamId, number, hash, answer, timeMs }: SetAsideEntry): EventRecord {
  return {
    eventName: UNDELIVERED,
    timestampMs: timeMs,
    observedTimestampMs: timeMs,
    body: `Record ${number} of stream ${streamId} was not taken by its receiver.`,
    attributes: {
      'stepseal.undelivered.stream_id': streamId,
      'stepseal.undelivered.number': number,
      'stepseal.undelivered.hash': hash,
      'stepseal.undelivered.answer': answer,
    },
  };
}
