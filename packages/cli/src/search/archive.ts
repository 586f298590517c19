// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TrustPolicy } from '@stepseal/verifier';
import type { Story } from '../story/collect-stories.ts';
import type { Hashes, Judgement } from '../story/judge.ts';
import type { ToldRecord } from '../story/told-record.ts';
import type { Filter } from './condition.ts';
import type { TimeWindow } from './scan-segment.ts';

/** What is looked for. */
export interface Query {
  readonly filters: readonly Filter[];
  readonly window: TimeWindow | undefined;
  /** Most that are given: those whose matching records are the latest. */
  readonly limit: number;
}

/** How many match, and what could not be looked at. */
export interface Tally {
  /** Also beyond those that are given. */
  readonly matched: number;
  /** How `matched` was counted: an index estimates a large number, or stops counting. */
  readonly counted: 'exactly' | 'about' | 'at least';
  /** Records that match and belong to no step-up. */
  readonly loose: number;
  /** Nothing is recorded there at all. */
  readonly empty: boolean;
  /** One sentence each. */
  readonly unread: readonly string[];
}

export interface FoundStepUps extends Tally {
  /** In the order in which they began, each with all its records. */
  readonly stories: readonly Story[];
}

export interface FoundRecords {
  /** In the order of their times, each once; read anew at each call. */
  records(): AsyncGenerator<ToldRecord>;
  /** Known when the records have been read. */
  tally(): Promise<Tally>;
}

/** Sealed records that can be searched: segments, or an index of them. */
export interface Archive {
  readonly description: string;
  findStepUps(query: Query): Promise<FoundStepUps>;
  findRecords(query: Query, newestFirst: boolean): Promise<FoundRecords>;
  /** All step-ups. */
  allStepUps(): Promise<readonly Story[]>;
  /** Says of each record of these step-ups which sealing record seals it. */
  findSeals(stories: readonly Story[]): Promise<void>;
  /** Verifies everything, and says how these records stand. */
  judge(trust: TrustPolicy | undefined, hashes: Hashes): Promise<Judgement>;
  /** Verifies only the streams that hold these step-ups; undefined where that cannot be had. */
  judgeStreams(
    stories: readonly Story[],
    trust: TrustPolicy | undefined,
    hashes: Hashes,
  ): Promise<Judgement | undefined>;
  close(): Promise<void>;
}
