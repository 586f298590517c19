// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Report } from '@stepseal/verifier';
import type { ToldRecord } from './told-record.ts';

/** What a verification says of single records: a story is only as good as the records it is told from. */
export interface Standing {
  /** Under a trusted note, or pinned by a trusted successor. */
  isProved(record: ToldRecord): boolean;
  /** Its number is under a trusted note of its stream, and it is not the record there. */
  isForged(record: ToldRecord): boolean;
  /** Code of the tampering found at this record. */
  alarm(record: ToldRecord): string | undefined;
}

/** @param underNotes hashes known to be under trusted notes; needed where a record may not be what it claims. */
export function standingOf({ streams, findings }: Report, underNotes: ReadonlySet<string> | undefined): Standing {
  const proved = new Map(streams.map(({ streamId, trusted, records }) => [streamId, trusted ? records : 0]));
  const alarms = findings.filter(({ severity }) => severity === 'tampered');
  const isCovered = ({ stream, number }: ToldRecord): boolean => number <= (proved.get(stream) ?? 0);
  return {
    isProved: (record) => isCovered(record) && underNotes?.has(record.hash) !== false,
    isForged: (record) => isCovered(record) && underNotes?.has(record.hash) === false,
    alarm: ({ stream, number, hash }) => {
      const found = alarms.find(
        ({ stream: id, from, to }) => id === stream && from !== undefined && from <= number && number <= (to ?? from),
      )?.code;
      // Next to a forged record of its number, the genuine one is not what was found. Of two signed ones, neither is.
      return underNotes?.has(hash) === true && found !== 'EQUIVOCATION' ? undefined : found;
    },
  };
}
