// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '../json.ts';
import { type Columns, measureColumns, query, splitColumn } from './lens-columns.ts';
import type { Chart, Documents, Panel } from './panel.ts';
import { DOCUMENT_ORDER, splitsOf } from './search-request.ts';

const LAYER = 'layer';
/** What a reference to the data view is called within a panel. */
const CHART_REFERENCE = `indexpattern-datasource-layer-${LAYER}`;
const SEARCH_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.index';

type Figures = Exclude<Chart, Documents>;

/** A chart as Kibana keeps it within a dashboard: a Lens visualisation by value. */
export function savedChart(panel: Panel, chart: Figures, dataView: string): JsonObject {
  const splits = splitsOf(chart);
  const splitIds = splits.map((_, index) => `split${index}`);
  const measureIds = chart.measures.map((_, index) => `figure${index}`);
  const columns: Columns = [
    ...splits.map((split, index) => [`split${index}`, splitColumn(split, 'figure0')] as const),
    ...chart.measures.flatMap((measure, index) => measureColumns(measure, `figure${index}`, panel.where)),
  ];
  const layer = { columnOrder: columns.map(([id]) => id), columns: Object.fromEntries(columns), incompleteColumns: {} };
  return {
    title: panel.title,
    description: panel.question,
    type: 'lens',
    visualizationType: chart.chart === 'table' ? 'lnsDatatable' : 'lnsXY',
    references: [{ type: 'index-pattern', id: dataView, name: CHART_REFERENCE }],
    state: {
      adHocDataViews: {},
      internalReferences: [],
      filters: [],
      query: query(panel.where),
      datasourceStates: { formBased: { layers: { [LAYER]: layer } } },
      visualization: chart.chart === 'table' ? table(splitIds, measureIds) : xy(chart, splitIds, measureIds),
    },
  };
}

function table(splits: readonly string[], measures: readonly string[]): JsonObject {
  const columns = [...splits, ...measures].map((columnId) => ({ columnId, isTransposed: false }));
  return { layerId: LAYER, layerType: 'data', columns };
}

function xy(
  chart: Exclude<Figures, { chart: 'table' }>,
  splits: readonly string[],
  accessors: readonly string[],
): JsonObject {
  const bars = chart.chart === 'bars' && chart.horizontal ? 'bar_horizontal_stacked' : 'bar_stacked';
  const seriesType = chart.chart === 'lines' ? 'line' : bars;
  const [xAccessor = '', splitAccessor] = splits;
  return {
    preferredSeriesType: seriesType,
    legend: { isVisible: true, position: 'right' },
    valueLabels: 'hide',
    fittingFunction: 'None',
    layers: [
      {
        layerId: LAYER,
        layerType: 'data',
        seriesType,
        xAccessor,
        accessors,
        ...(splitAccessor !== undefined && { splitAccessor }),
      },
    ],
  };
}

/** A table of documents as Kibana keeps it within a dashboard: a saved search by value. */
export function savedDocuments(panel: Panel, { columns, oldestFirst }: Documents, dataView: string): JsonObject {
  const source = { query: query(panel.where), filter: [], indexRefName: SEARCH_REFERENCE };
  const order = oldestFirst ? 'asc' : 'desc';
  return {
    title: panel.title,
    description: panel.question,
    columns,
    sort: DOCUMENT_ORDER.map((field) => [field, order]),
    grid: {},
    hideChart: true,
    isTextBasedQuery: false,
    kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(source) },
    references: [{ type: 'index-pattern', id: dataView, name: SEARCH_REFERENCE }],
  };
}
