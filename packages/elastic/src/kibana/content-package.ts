// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Json, type JsonObject, textAt } from '../json.ts';
import { ONE_STEP_UP } from './dashboards/one-step-up.ts';
import { DASHBOARDS } from './dashboards.ts';
import { query } from './lens-columns.ts';
import type { Dashboard, Panel } from './panel.ts';
import { placed } from './place-panels.ts';
import { savedChart, savedDocuments } from './saved-panel.ts';

const NAME = 'stepseal';
/** The data view that Kibana itself brings for logs: a package of this kind cannot bring one. */
const DATA_VIEW = 'logs-*';
const DATASET = 'stepseal.audit.otel';
const FILTER_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.filter[0].meta.index';

/** The version of the package, which has a clock of its own: it changes when a dashboard does. */
export const PACKAGE_VERSION = '0.1.0';

/** The files of the content package, by their path in it: the dashboards as saved objects, and what they are. */
export function contentPackage(): ReadonlyMap<string, string> {
  const dashboards = DASHBOARDS.map(
    (dashboard) => [`kibana/dashboard/${packaged(dashboard.id)}.json`, json(savedDashboard(dashboard))] as const,
  );
  return new Map([['manifest.yml', MANIFEST], ['changelog.yml', CHANGELOG], ['docs/README.md', README], ...dashboards]);
}

/** A package's objects bear its name first. */
function packaged(id: string): string {
  return `${NAME}-${id.replace(/^stepseal-/, '')}`;
}

function savedDashboard(dashboard: Dashboard): JsonObject {
  const panels = placed(dashboard.panels).map(({ panel, grid }) => savedPanel(dashboard, panel, grid));
  return {
    type: 'dashboard',
    id: packaged(dashboard.id),
    attributes: {
      title: `[Stepseal] ${dashboard.title}`,
      description: dashboard.description,
      timeRestore: true,
      timeFrom: dashboard.since,
      timeTo: 'now',
      refreshInterval: { pause: true, value: 60_000 },
      version: 3,
      optionsJSON: text({
        hidePanelTitles: false,
        syncColors: true,
        syncCursor: true,
        syncTooltips: false,
        useMargins: true,
      }),
      panelsJSON: text(panels.map(({ panel }) => panel)),
      ...(dashboard.choose !== undefined && { controlGroupInput: controls(dashboard.choose) }),
      kibanaSavedObjectMeta: { searchSourceJSON: text({ query: query([]), filter: [ofDataset()] }) },
    },
    references: [
      { type: 'index-pattern', id: DATA_VIEW, name: FILTER_REFERENCE },
      ...(dashboard.choose === undefined
        ? []
        : [{ type: 'index-pattern', id: DATA_VIEW, name: 'controlGroup_choose:optionsListDataView' }]),
      ...panels.flatMap(({ references }) => references),
    ],
    coreMigrationVersion: '8.8.0',
    typeMigrationVersion: '8.9.0',
  };
}

function savedPanel(
  { leadsToStepUps }: Dashboard,
  panel: Panel,
  grid: JsonObject,
): { readonly panel: JsonObject; readonly references: JsonObject[] } {
  const { chart, id } = panel;
  const common = { panelIndex: id, gridData: { ...grid, i: id }, title: panel.title };
  if (chart.chart === 'documents') {
    const attributes = savedDocuments(panel, chart, DATA_VIEW);
    const references = prefixed(id, attributes['references'] as JsonObject[]);
    return { panel: { ...common, type: 'search', embeddableConfig: { attributes, enhancements: {} } }, references };
  }
  const attributes = savedChart(panel, chart, DATA_VIEW);
  const toStepUps = leadsToStepUps === true;
  const enhancements = { dynamicActions: { events: drilldowns(toStepUps) } };
  const references = [...(attributes['references'] as JsonObject[]), ...(toStepUps ? [STEP_UPS_REFERENCE] : [])];
  return {
    panel: { ...common, type: 'lens', embeddableConfig: { attributes, enhancements } },
    references: prefixed(id, references),
  };
}

function prefixed(panel: string, references: readonly JsonObject[]): JsonObject[] {
  return references.map((reference) => ({ ...reference, name: `${panel}:${textAt(reference, 'name')}` }));
}

const STEP_UPS_REFERENCE: JsonObject = {
  type: 'dashboard',
  id: packaged(ONE_STEP_UP.id),
  name: 'drilldown:DASHBOARD_TO_DASHBOARD_DRILLDOWN:step-ups:dashboardId',
};

function drilldowns(toStepUps: boolean): JsonObject[] {
  const event = (eventId: string, factoryId: string, name: string, config: JsonObject): JsonObject => ({
    eventId,
    triggers: ['FILTER_TRIGGER'],
    action: { factoryId, name, config },
  });
  const documents = event('documents', 'OPEN_IN_DISCOVER_DRILLDOWN', 'Show the documents', { openInNewTab: true });
  const stepUps = event('step-ups', 'DASHBOARD_TO_DASHBOARD_DRILLDOWN', 'Show the step-ups', {
    useCurrentFilters: true,
    useCurrentDateRange: true,
    openInNewTab: false,
  });
  return toStepUps ? [documents, stepUps] : [documents];
}

function controls({ field, label }: NonNullable<Dashboard['choose']>): JsonObject {
  const explicitInput = { id: 'choose', fieldName: field, title: label, singleSelect: true, searchTechnique: 'prefix' };
  const panel = { type: 'optionsListControl', order: 0, grow: true, width: 'large', explicitInput };
  return {
    chainingSystem: 'HIERARCHICAL',
    controlStyle: 'oneLine',
    showApplySelections: false,
    ignoreParentSettingsJSON: text({
      ignoreFilters: false,
      ignoreQuery: false,
      ignoreTimerange: false,
      ignoreValidations: false,
    }),
    panelsJSON: text({ choose: panel }),
  };
}

/** The data view of the whole of logs is narrowed to ours. */
function ofDataset(): JsonObject {
  return {
    $state: { store: 'appState' },
    meta: {
      alias: null,
      disabled: false,
      negate: false,
      field: 'data_stream.dataset',
      key: 'data_stream.dataset',
      type: 'phrase',
      params: { query: DATASET },
      indexRefName: FILTER_REFERENCE,
    },
    query: { match_phrase: { 'data_stream.dataset': DATASET } },
  };
}

/** Kibana keeps these parts of a saved object as text. */
function text(value: Json): string {
  return JSON.stringify(value);
}

function json(value: JsonObject): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

const MANIFEST = `format_version: 3.5.0
name: ${NAME}
title: Stepseal
description: Dashboards for sealed records of step-up authentication.
version: ${PACKAGE_VERSION}
type: content
source:
  license: Apache-2.0
conditions:
  kibana:
    version: ^9.4.0
  elastic:
    subscription: basic
discovery:
  datasets:
    - name: ${DATASET}
owner:
  github: stepseal
  type: community
`;

// The specification of packages demands a link for each change; the address leads nowhere, by RFC 2606.
const CHANGELOG = `- version: ${PACKAGE_VERSION}
  changes:
    - description: Step-up overview, granted without step-up, integrity, one step-up.
      type: enhancement
      link: https://stepseal.example/changelog
`;

const README = `# Stepseal

Dashboards for the records of step-up authentication that Stepseal seals and an
OpenTelemetry Collector writes to \`logs-stepseal.audit.otel-*\`.

${DASHBOARDS.map(({ title, description }) => `- **${title}**: ${description}`).join('\n')}

Index template, roles, the data view and saved searches are no part of a package of this kind: \`stepseal elastic install\`
brings them.
`;
