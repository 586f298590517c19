// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Server } from '@stepseal/elastic';
import type { TrustPolicy } from '@stepseal/verifier';
import type { Call } from '../command.ts';
import { CliError } from '../errors.ts';
import type { Archive, FoundRecords, FoundStepUps, Query, Tally } from '../search/archive.ts';
import type { Story } from '../story/collect-stories.ts';
import type { Hashes, Judgement } from '../story/judge.ts';
import { findRecords } from './find-records.ts';
import { findSeals } from './find-seals.ts';
import { findStepUps } from './find-step-ups.ts';
import type { IndexReader } from './index-reader.ts';
import { openIndexReader } from './open-index-reader.ts';

/** More step-ups than memory should hold at once. */
const MOST_STEP_UPS = 10_000;

/** The Elasticsearch that a call names; nothing is asked yet. Throws CliError BAD_ARGUMENT. */
export async function indexArchive(call: Call): Promise<Archive> {
  const { server, index } = await openIndexReader(call);
  return new IndexArchive(call, server, index);
}

/** Sealed records in Elasticsearch: found by their searchable fields, told from their sealed bytes. */
class IndexArchive implements Archive {
  readonly description: string;
  readonly #call: Call;
  readonly #server: Server;
  readonly #index: IndexReader;

  constructor(call: Call, server: Server, index: IndexReader) {
    this.#call = call;
    this.#server = server;
    this.#index = index;
    this.description = index.description;
  }

  async findStepUps(query: Query): Promise<FoundStepUps> {
    const found = await findStepUps(this.#index, query);
    return { ...found, empty: await this.#isEmpty(found) };
  }

  async findRecords(query: Query, newestFirst: boolean): Promise<FoundRecords> {
    const found = await findRecords(this.#index, query, newestFirst);
    const isEmpty = this.#isEmpty.bind(this);
    return {
      records: () => found.records(),
      tally: async () => {
        const tally = await found.tally();
        return { ...tally, empty: await isEmpty(tally) };
      },
    };
  }

  async allStepUps(): Promise<readonly Story[]> {
    const found = await findStepUps(this.#index, { filters: [], window: undefined, limit: MOST_STEP_UPS });
    if (found.matched <= MOST_STEP_UPS) {
      await this.findSeals(found.stories);
      return found.stories;
    }
    const remedy = 'find them with `stepseal search`, or read the segments';
    throw new CliError('BAD_ARGUMENT', `There are more than ${MOST_STEP_UPS} step-ups: ${remedy}.`);
  }

  findSeals(stories: readonly Story[]): Promise<void> {
    return findSeals(
      this.#index,
      stories.flatMap(({ records }) => records),
    );
  }

  judge(trust: TrustPolicy | undefined, hashes: Hashes): Promise<Judgement> {
    return this.#judge(undefined, trust, hashes);
  }

  async judgeStreams(
    stories: readonly Story[],
    trust: TrustPolicy | undefined,
    hashes: Hashes,
  ): Promise<Judgement | undefined> {
    const streams = new Set(stories.flatMap(({ records }) => records.map(({ stream }) => stream)));
    return this.#judge([...streams], trust, hashes);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #judge(
    streams: readonly string[] | undefined,
    trust: TrustPolicy | undefined,
    hashes: Hashes,
  ): Promise<Judgement> {
    // Not before something is verified: most searches need no verifier.
    const [{ openIndex }, { withSources }, { judge }] = await Promise.all([
      import('../index-source.ts'),
      import('../sources.ts'),
      import('../story/judge.ts'),
    ]);
    const sources = [await openIndex(this.#call, { trust, streams })];
    return withSources(sources, () => judge(sources, trust, hashes));
  }

  /** Asked only where nothing was found: "none found" must not stand for "nothing there". */
  async #isEmpty({ matched, loose }: Omit<Tally, 'empty'>): Promise<boolean> {
    return matched === 0 && loose === 0 && (await this.#index.count({ match_all: {} }, 1)) === 0;
  }
}
