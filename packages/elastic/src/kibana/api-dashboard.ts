// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '../json.ts';
import { apiChart, expression } from './api-chart.ts';
import type { Dashboard, Documents, Panel } from './panel.ts';
import { placed } from './place-panels.ts';
import { DOCUMENT_ORDER } from './search-request.ts';

/** Ids of what a dashboard refers to, which differ by space. */
export interface Ids {
  readonly dataView: string;
  /** Where the step-ups behind a group are shown. */
  readonly oneStepUp: string;
}

const OPTIONS: JsonObject = {
  auto_apply_filters: true,
  hide_panel_borders: false,
  hide_panel_titles: false,
  sync_colors: true,
  sync_cursor: true,
  sync_tooltips: false,
  use_margins: true,
};

/** A dashboard as Kibana's Dashboards API takes it. */
export function apiDashboard(dashboard: Dashboard, ids: Ids): JsonObject {
  return {
    title: dashboard.title,
    description: dashboard.description,
    time_range: { from: dashboard.since, to: 'now', mode: 'relative' },
    refresh_interval: { pause: true, value: 60_000 },
    query: expression([]),
    filters: [],
    options: OPTIONS,
    pinned_panels: dashboard.choose === undefined ? [] : [chooser(dashboard.choose, ids)],
    panels: placed(dashboard.panels).map(({ panel, grid }) => ({
      id: panel.id,
      grid,
      ...(panel.chart.chart === 'documents'
        ? { type: 'discover_session', config: documentsPanel(panel, panel.chart, ids) }
        : {
            type: 'vis',
            config: { ...apiChart(panel, panel.chart, ids.dataView), drilldowns: drilldowns(dashboard, ids) },
          }),
    })),
  };
}

function chooser({ field, label }: NonNullable<Dashboard['choose']>, { dataView }: Ids): JsonObject {
  return {
    id: 'choose',
    type: 'options_list_control',
    width: 'large',
    grow: true,
    config: {
      data_view_id: dataView,
      field_name: field,
      title: label,
      single_select: true,
      search_technique: 'prefix',
    },
  };
}

/** From a group of a chart to the documents in it, and to the step-ups that they belong to. */
function drilldowns({ leadsToStepUps }: Dashboard, { oneStepUp }: Ids): JsonObject[] {
  const documents = {
    type: 'discover_drilldown',
    trigger: 'on_apply_filter',
    label: 'Show the documents',
    open_in_new_tab: true,
  };
  const stepUps = {
    type: 'dashboard_drilldown',
    trigger: 'on_apply_filter',
    label: 'Show the step-ups',
    dashboard_id: oneStepUp,
    use_filters: true,
    use_time_range: true,
    open_in_new_tab: false,
  };
  return leadsToStepUps ? [documents, stepUps] : [documents];
}

function documentsPanel(panel: Panel, { columns, oldestFirst }: Documents, { dataView }: Ids): JsonObject {
  const direction = oldestFirst ? 'asc' : 'desc';
  return {
    title: panel.title,
    description: panel.question,
    tabs: [
      {
        data_source: { type: 'data_view_reference', ref_id: dataView },
        query: expression(panel.where),
        filters: [],
        column_order: columns,
        sort: DOCUMENT_ORDER.map((name) => ({ name, direction })),
        view_mode: 'documents',
        density: 'compact',
      },
    ],
  };
}
