// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ElasticError } from '@stepseal/elastic';
import type { Call } from '../command.ts';
import type { Notice } from '../tail/directory-tail.ts';
import type { TailedRecord } from '../tail/stream-tail.ts';
import { IndexTail, type IndexTailStart } from './index-tail.ts';
import { openIndexReader } from './open-index-reader.ts';

/** Documents can be searched a second after they came, unless the index says otherwise. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** A feed of an index that outlives the absence of its server. */
export interface OpenIndexTail {
  /** Hands over what is new. What is refused for a moment is said once, and asked again. */
  turn(take: (items: AsyncIterable<TailedRecord | Notice>) => Promise<void>): Promise<void>;
  pause(stop: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Follows the Elasticsearch that a call names. Throws CliError BAD_ARGUMENT. */
export async function openIndexTail(call: Call, start: IndexTailStart): Promise<OpenIndexTail> {
  const { server, index } = await openIndexReader(call);
  const tail = new IndexTail(index, start);
  let begun = false;
  let failures = 0;
  return {
    async turn(take) {
      try {
        await take(tail.advance());
        begun = true;
        failures = 0;
      } catch (error) {
        if (!begun || !start.patient || !isPassing(error)) throw error;
        failures += 1;
        if (failures === 1) call.terminal.warn(`stepseal: ${error.code}: ${error.message} It is asked again.`);
      }
    },
    pause: (stop) => paused(Math.min(PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS), stop),
    close: () => server.close(),
  };
}

/** Away, or busy; not that it does not let us in. */
function isPassing(error: unknown): error is ElasticError {
  return error instanceof ElasticError && ['ELASTIC_UNREACHABLE', 'ELASTIC_REFUSED'].includes(error.code);
}

async function paused(ms: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  let wake = (): void => undefined;
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  stop.addEventListener('abort', wake);
  const timer = setTimeout(wake, ms);
  await woken;
  clearTimeout(timer);
  stop.removeEventListener('abort', wake);
}
