// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Reconciliation } from '../reconcile/reconcile.ts';
import { counted } from './counted.ts';
import type { Line } from './line.ts';
import { columns } from './table.ts';

/** What the reader of the result has to know of the call. */
export interface ReconcileCall {
  /** Place of the segments. */
  readonly segments: string;
  readonly dataStream: string;
  readonly dryRun: boolean;
  readonly waitMs: number;
  readonly exitCode: number;
}

/** Streams shown; --json has all. */
const MOST_STREAMS = 50;
/** Ids shown one by one. */
const MOST_IDS = 10;

export function reconcileLines(found: Reconciliation, call: ReconcileCall): Line[] {
  const { streams, compared, records } = found;
  const sum = (of: (outcome: Reconciliation['streams'][number]) => number): number =>
    streams.reduce((total, outcome) => total + of(outcome), 0);
  const missing = sum((outcome) => outcome.missing);
  const still = sum((outcome) => outcome.stillMissing);
  const young = sum((outcome) => outcome.young);
  const rows = streams
    .slice(0, MOST_STREAMS)
    .map((outcome) => [
      outcome.stream,
      String(outcome.records),
      String(outcome.missing),
      ...(call.dryRun ? [] : [String(outcome.sent), String(outcome.missing - outcome.stillMissing)]),
      ...(call.dryRun ? [] : [String(outcome.stillMissing), String(outcome.refused)]),
      String(outcome.taken),
    ]);
  const head = ['STREAM', 'RECORDS', 'MISSING', 'SENT', 'THERE NOW', 'STILL MISSING', 'REFUSED', 'ID TAKEN'];
  const heads = call.dryRun ? [...head.slice(0, 3), 'ID TAKEN'] : head;
  return [
    `${counted(compared, 'stream')} with ${counted(records, 'record')} in ${call.segments}, compared with ${call.dataStream}`,
    ...(rows.length === 0 ? [] : ['', ...columns([heads, ...rows])]),
    ...(streams.length > MOST_STREAMS ? [`and ${streams.length - MOST_STREAMS} streams more: --json has all`] : []),
    '',
    ...sentences(found, call, { missing, still, young }),
  ];
}

function sentences(
  { streams, taken, refused }: Reconciliation,
  { dryRun, waitMs }: ReconcileCall,
  { missing, still, young }: { readonly missing: number; readonly still: number; readonly young: number },
): Line[] {
  const one = missing === 1;
  const held = streams.flatMap(({ stream, held: reason }) => (reason === undefined ? [] : [`${stream}: ${reason}`]));
  return [
    missing === 0
      ? 'No record is missing in the index.'
      : dryRun
        ? one
          ? '1 record is missing in the index; this would send it. Nothing was sent.'
          : `${missing} records are missing in the index; this would send them. Nothing was sent.`
        : still > 0
          ? `${counted(missing, 'record')} ${one ? 'was' : 'were'} missing in the index; not there after ${waitMs / 1000} s: ${still}.`
          : one
            ? '1 record was missing in the index; it was sent again and is there now.'
            : `${missing} records were missing in the index; they were sent again and are there now.`,
    ...(young === 0 ? [] : [`Not there either, and too young to be missed: ${young}. See --delivery-grace.`]),
    ...held,
    ...refused.slice(0, MOST_IDS).map(({ stream, number, status, answer }) => {
      return `Record ${number} of ${stream} was refused by the receiver (${status}, ${answer}); it stays in its segment.`;
    }),
    ...(taken.length > 1 && taken.every(({ carries }) => carries === 'none')
      ? [
          'No document of those below shows any sealed bytes: may these credentials read all fields? Find that out first.',
        ]
      : []),
    ...taken
      .slice(0, MOST_IDS)
      .flatMap(({ stream, number, index, id }) => [
        `The id of record ${number} of ${stream} is taken: a document that does not carry the record has it.`,
        `  It is left as it is. Keep a copy of it as evidence: GET /${index}/_doc/${id}`,
        `  Then an administrator takes it away, and this is run again: DELETE /${index}/_doc/${id}`,
      ]),
  ];
}

export function reconcileJson(found: Reconciliation, call: ReconcileCall): unknown {
  const { streams, compared, records, taken, refused } = found;
  const sum = (key: 'missing' | 'young' | 'sent' | 'stillMissing' | 'refused' | 'taken'): number =>
    streams.reduce((total, outcome) => total + outcome[key], 0);
  return {
    version: 1,
    exitCode: call.exitCode,
    dryRun: call.dryRun,
    dataStream: call.dataStream,
    segments: call.segments,
    compared: { streams: compared, records },
    missing: sum('missing'),
    sent: sum('sent'),
    thereNow: sum('missing') - sum('stillMissing'),
    stillMissing: sum('stillMissing'),
    refused: sum('refused'),
    young: sum('young'),
    taken: sum('taken'),
    streams: streams.map(({ stillMissing, ...outcome }) => ({
      ...outcome,
      thereNow: outcome.missing - stillMissing,
      stillMissing,
    })),
    takenIds: taken,
    refusedRecords: refused,
  };
}
