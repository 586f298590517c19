// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { resolve } from 'node:path';
import { directorySource, type Source } from '@stepseal/verifier';
import { type Call, textFlag } from '../command.ts';
import { durationFlag } from '../duration.ts';
import { connectTo, dataStreamOf } from '../elasticsearch-connection.ts';
import { CliError } from '../errors.ts';
import { shortPath } from '../short-path.ts';
import { statIfPresent } from '../stat.ts';
import { RecordIndex } from './record-index.ts';
import { besideSegments, type ComparedCopies, compareCopies } from './two-copies.ts';

/** Segments and index as the sources of one verification. */
export interface Copies {
  readonly sources: readonly Source[];
  /** What they hold of each other; known once the sources were verified. */
  compared(): ComparedCopies | undefined;
}

/** The directory that `--segments` names, beside an index. Throws CliError SOURCE_MISSING. */
export async function openCopies(
  call: Call,
  index: Source,
  window: { readonly sinceMs: number; readonly untilMs: number } | undefined,
): Promise<Copies> {
  const directory = resolve(call.cwd, textFlag(call, 'segments') ?? '');
  const place = shortPath(call.cwd, directory);
  if (statIfPresent(directory)?.isDirectory() !== true) {
    throw new CliError('SOURCE_MISSING', `There is no directory ${place}: name one with --segments.`);
  }
  const { sealedStreams } = await import('@stepseal/processor/delivery');
  const settledMs = Date.now() - durationFlag(call, 'delivery-grace', '15min');
  const reach = { ...(window ?? { sinceMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY }), settledMs };
  let compared: ComparedCopies | undefined;
  const compare = async (): Promise<ComparedCopies> => {
    const server = await connectTo(call);
    try {
      const records = new RecordIndex(server, dataStreamOf(call));
      compared = await compareCopies(await sealedStreams(directory), records, reach);
      return compared;
    } finally {
      await server.close();
    }
  };
  // The index first: what is sealed while it is read is in the segments by then, and not the other way round.
  return { sources: [besideSegments(index, compare), directorySource(place)], compared: () => compared };
}
