// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '../json.ts';
import { attribute, STREAM, TIME } from './fields.ts';
import type { Chart, Dashboard, Documents, Measure, Panel, Split } from './panel.ts';
import { queryOf, type Where } from './where.ts';

/** What documents without a value are called in an answer. */
const WITHOUT = '(none)';
/** How many documents a table of documents shows. */
const DOCUMENTS = 500;
/** Up to here Elasticsearch counts different values exactly; Kibana asks for the same. */
const PRECISION = 3_000;

/**
 * The search request that asks what a panel of Kibana asks: the same documents, the same groups, the same figures.
 * Groups are `g0`, `g1` …, figures `m0`, `m1` ….
 */
export function searchRequest({ choose }: Dashboard, { where, chart }: Panel): JsonObject {
  const chosen: Where = choose === undefined ? [] : [{ field: choose.field, is: choose.example }];
  const query = queryOf([...where, ...chosen]);
  if (chart.chart === 'documents') return { query, ...documentsPart(chart) };
  return { size: 0, query, aggs: groups(splitsOf(chart), chart.measures) };
}

/** The groups of a chart, the outermost first. */
export function splitsOf(chart: Exclude<Chart, Documents>): readonly Split[] {
  if (chart.chart === 'table') return chart.rows;
  return [chart.across, ...(chart.chart === 'bars' && chart.stacked !== undefined ? [chart.stacked] : [])];
}

/** Of records at one moment, those of one stream in their order. */
export const DOCUMENT_ORDER: readonly string[] = [TIME, STREAM, attribute('audit.sequence.number')];

function documentsPart({ columns, oldestFirst }: Documents): JsonObject {
  const order = oldestFirst ? 'asc' : 'desc';
  return {
    size: DOCUMENTS,
    sort: DOCUMENT_ORDER.map((field) => ({ [field]: { order } })),
    _source: false,
    fields: columns,
  };
}

function groups(splits: readonly Split[], measures: readonly Measure[], depth = 0): JsonObject {
  const [split, ...inner] = splits;
  const figures = Object.fromEntries(
    measures.flatMap((measure, index) => {
      const asked = figureRequest(measure);
      return asked === undefined ? [] : [[`m${index}`, asked] as const];
    }),
  );
  if (split === undefined) return figures;
  // Kept at every depth, since groups may be ranked by them.
  return { ...(depth > 0 && figures), [`g${depth}`]: group(split, measures, groups(inner, measures, depth + 1)) };
}

function group(split: Split, measures: readonly Measure[], aggs: JsonObject): JsonObject {
  const within: JsonObject = Object.keys(aggs).length === 0 ? {} : { aggs };
  switch (split.by) {
    case 'conditions': {
      const filters = Object.fromEntries(split.groups.map(({ label, where }) => [label, queryOf(where)]));
      return { filters: { filters }, ...within };
    }
    case 'days':
      return { date_histogram: { field: TIME, calendar_interval: '1d', min_doc_count: 1 }, ...within };
    case 'values': {
      const { field, limit, order, without } = split;
      const rank: JsonObject = order === undefined ? { [rankedBy(measures)]: 'desc' } : { _key: order };
      return { terms: { field, size: limit, order: rank, ...(without && { missing: WITHOUT }) }, ...within };
    }
  }
}

function rankedBy([first]: readonly Measure[]): string {
  return first?.figure === 'count' && first.where === undefined ? '_count' : 'm0';
}

/** Undefined where the number of documents itself is the figure. */
function figureRequest(measure: Measure): JsonObject | undefined {
  switch (measure.figure) {
    case 'count':
      return measure.where === undefined ? undefined : { filter: queryOf(measure.where) };
    case 'distinct': {
      const value = { cardinality: { field: measure.field, precision_threshold: PRECISION } };
      return measure.where === undefined ? value : { filter: queryOf(measure.where), aggs: { value } };
    }
    case 'sum':
      return { sum: { field: measure.field } };
    case 'percentile':
      return { percentiles: { field: measure.field, percents: [measure.percentile], keyed: false } };
    case 'last':
      return { filter: queryOf(lastOf(measure)), aggs: { value: newest(measure.field) } };
    case 'share':
      return { filter: queryOf(measure.where) };
    case 'rate':
      return { cardinality: { field: measure.per, precision_threshold: PRECISION } };
    case 'age':
      return { filter: queryOf(measure.where), aggs: { value: { max: { field: TIME } } } };
  }
}

/** Documents that have the value whose newest is asked for. */
export function lastOf({ field, where = [] }: { readonly field: string; readonly where?: Where }): Where {
  return [...where, { field, exists: true }];
}

function newest(field: string): JsonObject {
  const asked = field === TIME ? { field, format: 'strict_date_optional_time' } : { field };
  return { top_hits: { size: 1, sort: [{ [TIME]: { order: 'desc' } }], _source: false, fields: [asked] } };
}
