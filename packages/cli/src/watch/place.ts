// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Report, type Source, verify } from '@stepseal/verifier';
import type { Call } from '../command.ts';
import { connectTo, dataStreamOf } from '../elasticsearch-connection.ts';
import { namesIndex, openIndex } from '../index-source.ts';
import { timeWindow } from '../search/time-window.ts';
import { disposing, openSources } from '../sources.ts';
import type { Look } from './growth.ts';
import { indexOutline } from './index-outline.ts';
import { segmentOutline, segmentsOf } from './segment-outline.ts';
import type { Reading } from './watch.ts';

/** What is watched. */
export interface Place {
  readonly sources: readonly string[];
  readonly kind: 'elasticsearch' | 'segments';
  readonly look: Look;
  readonly verify: (reading: Reading) => Promise<Report>;
  /** Frees what a reading under way holds, which then fails. */
  drop(): void;
}

/** An index, or directories of segments. Throws CliError. */
export function placeOf(call: Call): Place {
  let read: readonly Source[] = [];
  const drop = (): void => {
    for (const source of read) void source.dispose?.();
  };
  const judge = ({ streams, trust, heads }: Reading, sources: readonly Source[]): Promise<Report> => {
    read = sources;
    return disposing(sources, () =>
      verify({
        sources,
        trust: trust?.policy,
        knownHeads: heads.heads,
        // Of some streams alone: what came before them was read in rounds before.
        since: streams === undefined ? sinceOf(call) : Date.now(),
        strict: call.flags['strict'] === true,
        recordSignatures: call.flags['record-signatures'] === true,
      }),
    );
  };
  if (namesIndex(call)) {
    const dataStream = dataStreamOf(call);
    const recordSignatures = call.flags['record-signatures'] === true;
    return {
      sources: [dataStream],
      kind: 'elasticsearch',
      // Anew each time, as for reading: credentials may be replaced while this runs.
      look: async () => {
        const server = await connectTo(call);
        try {
          return await indexOutline(server, dataStream)();
        } finally {
          await server.close();
        }
      },
      verify: async (reading) => {
        const { streams, trust } = reading;
        const since = streams === undefined ? sinceOf(call) : undefined;
        return judge(reading, [await openIndex(call, { trust: trust?.policy, recordSignatures, streams, since })]);
      },
      drop,
    };
  }
  const { dataDir } = call.config();
  const open = (): Source[] => openSources(call, call.arguments, dataDir);
  return {
    sources: open().map(({ description }) => description),
    kind: 'segments',
    look: segmentOutline(open),
    verify: (reading) => {
      const picked = reading.streams === undefined ? undefined : new Set(reading.streams);
      const sources = open();
      return judge(reading, picked === undefined ? sources : sources.map((source) => segmentsOf(source, picked)));
    },
    drop,
  };
}

/** Where what is watched begins: `90d` moves on with the clock, as a retention does. Throws CliError BAD_ARGUMENT. */
export function sinceOf(call: Call): number | undefined {
  return timeWindow(call)?.sinceMs;
}
