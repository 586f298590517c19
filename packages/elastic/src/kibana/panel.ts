// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Where } from './where.ts';

/** A figure. */
export type Measure = { readonly label: string } & (
  | { readonly figure: 'count'; readonly where?: Where }
  /** Different values; Elasticsearch counts them exactly up to 3,000. */
  | { readonly figure: 'distinct'; readonly field: string; readonly where?: Where }
  | { readonly figure: 'sum'; readonly field: string }
  /** Of a field in milliseconds. */
  | { readonly figure: 'percentile'; readonly percentile: number; readonly field: string }
  /** The value in the newest document that has one. */
  | { readonly figure: 'last'; readonly field: string; readonly where?: Where }
  /** Of all documents those that fulfil this, from 0 to 1. */
  | { readonly figure: 'share'; readonly where: Where }
  /** Documents for each different value of a field. */
  | { readonly figure: 'rate'; readonly per: string }
  /** Minutes since the newest document that fulfils this; a search request answers with the moment of that document. */
  | { readonly figure: 'age'; readonly where: Where }
);

/** What a chart is divided by. */
export type Split = { readonly label: string } & (
  | { readonly by: 'conditions'; readonly groups: readonly { readonly label: string; readonly where: Where }[] }
  /**
   * The values of a field: those with the highest first measure, or with `order` the first ones by name. With `without`,
   * documents that have none are a group too.
   */
  | {
      readonly by: 'values';
      readonly field: string;
      readonly limit: number;
      readonly order?: 'asc' | 'desc';
      readonly without?: true;
    }
  /** Calendar days; in Kibana of the reader's time zone, in the search request of UTC. */
  | { readonly by: 'days' }
);

export interface Bars {
  readonly chart: 'bars';
  /** From left to right, or with `horizontal` from top to bottom. */
  readonly horizontal?: true;
  readonly across: Split;
  /** What the bars are stacked of. */
  readonly stacked?: Split;
  readonly measures: readonly Measure[];
}

export interface Lines {
  readonly chart: 'lines';
  readonly across: Split;
  readonly measures: readonly Measure[];
}

export interface Table {
  readonly chart: 'table';
  readonly rows: readonly Split[];
  readonly measures: readonly Measure[];
}

/** The documents themselves, the newest first unless `oldestFirst`. */
export interface Documents {
  readonly chart: 'documents';
  readonly columns: readonly string[];
  readonly oldestFirst?: true;
}

export type Chart = Bars | Lines | Table | Documents;

/** A group of an answer and its figures, or the columns of a document. */
export type AnswerRow = readonly (string | number | boolean | null)[];

export interface Panel {
  /** Unique over all dashboards. */
  readonly id: string;
  readonly title: string;
  /** What somebody wants to know who looks at it. */
  readonly question: string;
  readonly where: Where;
  readonly chart: Chart;
  /** In a grid of 48 columns; a row is as high as its first panel. */
  readonly width: number;
  readonly height: number;
  /**
   * The answer on the records of the project's tests, which ask the search request of the panel. `*` stands for a value
   * that each run has another of: a stream's id, the moment of a seal.
   */
  readonly answer: readonly AnswerRow[];
}

export interface Dashboard {
  /** Name of the file, and of the object in Kibana. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** As Kibana writes it: `now-7d`. */
  readonly since: string;
  /** A field whose value the reader chooses at the top; `example` is the one that the answers are about. */
  readonly choose?: { readonly field: string; readonly label: string; readonly example: string };
  /** Its panels lead on to the step-ups that a group consists of. */
  readonly leadsToStepUps?: true;
  readonly panels: readonly Panel[];
}
