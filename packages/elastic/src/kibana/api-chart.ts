// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '../json.ts';
import { EVENT, TIME } from './fields.ts';
import type { Chart, Documents, Measure, Panel, Split } from './panel.ts';
import { lastOf } from './search-request.ts';
import { kql, type Where } from './where.ts';

type Figures = Exclude<Chart, Documents>;

/** A chart as the Dashboards API takes it (`vis`), on a data view. */
export function apiChart(panel: Panel, chart: Figures, dataView: string): JsonObject {
  const common = { title: panel.title, description: panel.question, filters: [], query: expression(panel.where) };
  const source = { type: 'data_view_reference', ref_id: dataView };
  const measures = chart.measures.map((measure) => apiMeasure(measure, panel.where));
  if (chart.chart === 'table') {
    return {
      type: 'data_table',
      ...common,
      data_source: source,
      rows: chart.rows.map((split) => apiSplit(split, false)),
      metrics: measures,
    };
  }
  const bars = chart.chart === 'bars' && chart.horizontal ? 'bar_horizontal_stacked' : 'bar_stacked';
  const layer = {
    type: chart.chart === 'lines' ? 'line' : bars,
    data_source: source,
    x: apiSplit(chart.across, true),
    ...(chart.chart === 'bars' && chart.stacked !== undefined && { breakdown_by: apiSplit(chart.stacked, true) }),
    y: measures,
  };
  return { type: 'xy', ...common, layers: [layer] };
}

export function expression(where: Where): JsonObject {
  return { expression: kql(where), language: 'kql' };
}

function apiSplit(split: Split, emptyRows: boolean): JsonObject {
  const { label } = split;
  switch (split.by) {
    case 'conditions': {
      const filters = split.groups.map((group) => ({ filter: expression(group.where), label: group.label }));
      return { operation: 'filters', filters, label };
    }
    case 'days':
      return {
        operation: 'date_histogram',
        field: TIME,
        suggested_interval: '1d',
        include_empty_rows: emptyRows,
        label,
      };
    case 'values':
      return {
        operation: 'terms',
        fields: [split.field],
        limit: split.limit,
        ...(split.without && { other_bucket: { include_documents_without_field: true } }),
        rank_by:
          split.order === undefined
            ? { type: 'metric', metric_index: 0, direction: 'desc' }
            : { type: 'alphabetical', direction: split.order },
        label,
      };
  }
}

/** Every figure states the documents it is made of, the panel's own condition included: it must not be empty. */
function apiMeasure(measure: Measure, panel: Where): JsonObject {
  const of = (where: Where = []): JsonObject => {
    const all = [...panel, ...where];
    return expression(all.length === 0 ? [{ field: EVENT, exists: true }] : all);
  };
  const { label } = measure;
  switch (measure.figure) {
    case 'count':
      return { operation: 'count', filter: of(measure.where), label };
    case 'distinct':
      return { operation: 'unique_count', field: measure.field, filter: of(measure.where), label };
    case 'sum':
      return { operation: 'sum', field: measure.field, filter: of(), label };
    case 'percentile':
      return {
        operation: 'percentile',
        field: measure.field,
        percentile: measure.percentile,
        filter: of(),
        label,
      };
    case 'last':
      return { operation: 'last_value', field: measure.field, time_field: TIME, filter: of(lastOf(measure)), label };
    case 'share':
    case 'rate':
    case 'age': {
      const { formula, format } = formulaOf(measure);
      return { operation: 'formula', formula, format, filter: of(), label };
    }
  }
}

/** An age is shown in minutes: Kibana's own formats of durations are called otherwise from version to version. */
export const MINUTE_MS = 60_000;

/** Figures that Kibana computes of others. */
export function formulaOf(measure: Extract<Measure, { readonly figure: 'share' | 'rate' | 'age' }>): {
  readonly formula: string;
  readonly format: { readonly type: string; readonly decimals: number };
} {
  switch (measure.figure) {
    case 'share':
      return { formula: `count(kql='${kql(measure.where)}') / count()`, format: { type: 'percent', decimals: 1 } };
    case 'rate':
      return { formula: `count() / unique_count(${measure.per})`, format: { type: 'number', decimals: 2 } };
    case 'age':
      return {
        formula: `(now() - last_value(${TIME}, kql='${kql(measure.where)}')) / ${MINUTE_MS}`,
        format: { type: 'number', decimals: 1 },
      };
  }
}
