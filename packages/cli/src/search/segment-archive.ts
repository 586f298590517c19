// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { basename } from 'node:path';
import type { Segment, Source, TrustPolicy } from '@stepseal/verifier';
import type { Call } from '../command.ts';
import { openSources } from '../sources.ts';
import { collectStories, type Story } from '../story/collect-stories.ts';
import { allRecords, type Hashes, type Judgement, judge } from '../story/judge.ts';
import type { ToldRecord } from '../story/told-record.ts';
import type { Archive, FoundRecords, FoundStepUps, Query, Tally } from './archive.ts';
import { type Found, findRecords, findSeals, findStepUps } from './search.ts';

/** The segments of a path, or of the data directory. Throws CliError where there are none. */
export function segmentArchive(call: Call, dir: string | undefined, dataDir: string): Archive {
  return new SegmentArchive(openSources(call, dir === undefined ? [] : [dir], dataDir));
}

class SegmentArchive implements Archive {
  readonly description: string;
  readonly #sources: readonly Source[];
  #found: Promise<readonly Segment[]> | undefined;
  /** Those that hold the step-ups found last. */
  #holding: readonly Segment[] | undefined;

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
    this.description = sources.map(({ description }) => description).join(', ');
  }

  async findStepUps(query: Query): Promise<FoundStepUps> {
    const found = await findStepUps(await this.#segments(), query);
    this.#holding = found.segments;
    return { ...this.#tally(found), stories: found.stories };
  }

  async findRecords(query: Query, newestFirst: boolean): Promise<FoundRecords> {
    const found = await findRecords(await this.#segments(), query, newestFirst);
    let read = 0;
    let given = 0;
    let ended = false;
    return {
      async *records() {
        let last: ToldRecord | undefined;
        read = 0;
        given = 0;
        ended = false;
        for (const record of found.records()) {
          read += 1;
          // A copy of a segment tells nothing new; its lines have the same times.
          if (record.hash === last?.hash) continue;
          last = record;
          given += 1;
          yield record;
        }
        ended = true;
      },
      tally: async () => {
        const strays = ended ? Math.min(found.matched, query.limit) - read : 0;
        return this.#tally(withoutStrays(found, strays, read - given));
      },
    };
  }

  allStepUps(): Promise<readonly Story[]> {
    return collectStories(allRecords(this.#sources), undefined);
  }

  async findSeals(stories: readonly Story[]): Promise<void> {
    const records = stories.flatMap((story) => story.records);
    if (this.#holding !== undefined && records.length > 0) await findSeals(this.#holding, records);
  }

  judge(trust: TrustPolicy | undefined, hashes: Hashes): Promise<Judgement> {
    return judge(this.#sources, trust, hashes);
  }

  async judgeStreams(
    _stories: readonly Story[],
    trust: TrustPolicy | undefined,
    hashes: Hashes,
  ): Promise<Judgement | undefined> {
    const segments = this.#holding;
    if (segments === undefined) return undefined;
    // These segments alone, which claim to be nothing whole.
    const part = { description: this.description, complete: false, segments: () => Promise.resolve(segments) };
    return judge([part], trust, hashes);
  }

  async close(): Promise<void> {
    for (const source of this.#sources) await source.dispose?.();
  }

  /** In the order of their streams' ids, whatever directories they lie in. */
  #segments(): Promise<readonly Segment[]> {
    this.#found ??= Promise.all(this.#sources.map((source) => source.segments())).then((lists) =>
      lists.flat().sort((a, b) => inOrder(basename(a.name), basename(b.name))),
    );
    return this.#found;
  }

  #tally({ matched, loose, bytes, unread }: Found): Tally {
    const denied = this.#sources.flatMap(({ unreadable = [] }) => unreadable.map((name) => `${name} cannot be read.`));
    return { matched, counted: 'exactly', loose, empty: bytes === 0, unread: [...denied, ...unread] };
  }
}

function inOrder(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Lines that turned out to be no records, or gone, are not counted but said; copies are not counted. */
function withoutStrays(found: Found, strays: number, copies: number): Found {
  const sentence = `${strays} line(s) that matched are no records, or were gone when they were read.`;
  const unread = strays === 0 ? found.unread : [...found.unread, sentence];
  return { ...found, matched: found.matched - strays - copies, unread };
}
