// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Report } from '@stepseal/verifier';
import type { ToldRecord } from './told-record.ts';

/** What a verification says of single records: a story is only as good as the records it is told from. */
export interface Standing {
  /** Under a trusted note, or pinned by a trusted successor. */
  isProved(record: ToldRecord): boolean;
  /** Code of the tampering found at this record. */
  alarm(record: ToldRecord): string | undefined;
}

export function standingOf({ streams, findings }: Report): Standing {
  const proved = new Map(streams.map(({ streamId, trusted, records }) => [streamId, trusted ? records : 0]));
  const alarms = findings.filter(({ severity }) => severity === 'tampered');
  return {
    isProved: ({ stream, number }) => number <= (proved.get(stream) ?? 0),
    alarm: ({ stream, number }) =>
      alarms.find(
        ({ stream: id, from, to }) => id === stream && from !== undefined && from <= number && number <= (to ?? from),
      )?.code,
  };
}
