// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/json.ts';
import { apiDashboard } from '../../src/kibana/api-dashboard.ts';
import { contentPackage } from '../../src/kibana/content-package.ts';
import { DASHBOARDS } from '../../src/kibana/dashboards.ts';
import type { Dashboard } from '../../src/kibana/panel.ts';
import { searchRequest } from '../../src/kibana/search-request.ts';

/** What a panel is made into: for Kibana's API, for the content package, as a search request. Each by its own code. */
const panels = DASHBOARDS.flatMap((dashboard) => {
  const api = apiDashboard(dashboard, { dataView: 'view', oneStepUp: 'one' })['panels'] as JsonObject[];
  const file = `kibana/dashboard/${dashboard.id}.json`;
  const saved = JSON.parse(contentPackage().get(file) ?? '{}') as { attributes: { panelsJSON: string } };
  const packaged = JSON.parse(saved.attributes.panelsJSON) as JsonObject[];
  return dashboard.panels.map((panel, index) => ({
    id: panel.id,
    api: api[index],
    packaged: packaged[index],
    // What the reader chooses at the top is a filter of its own in Kibana.
    request: searchRequest(withoutChoice(dashboard), panel),
  }));
});

function withoutChoice({ choose: _, ...dashboard }: Dashboard): Dashboard {
  return dashboard;
}

/** Every field that is named anywhere in it. The event's name is left out: Kibana asks for it where every record is meant. */
function fieldsIn(value: unknown): string[] {
  const found = JSON.stringify(value).match(/\b(?:attributes|resource|body)\.[a-z_.]*[a-z_]|\bevent_name\b/g) ?? [];
  return [...new Set(found)].filter((field) => field !== 'event_name').sort();
}

/** Every value of ours that it asks for: names of events, and values of attributes. */
function valuesIn(value: unknown): string[] {
  const text = JSON.stringify(value).replaceAll('\\', '');
  const inKql = [...text.matchAll(/(?:: |\(| or )"([a-zA-Z_.]+)"(?= and|\)| or |"|')/g)].map(
    ([, found]) => found ?? '',
  );
  return [...new Set(inKql)].sort();
}

function valuesOfRequest(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Object.entries(value).flatMap(([name, member]) =>
    name === 'term' || name === 'terms' ? Object.values(member as object).flat() : [],
  );
  const inner = Object.values(value).flatMap(valuesOfRequest);
  return [...new Set([...own.filter((one) => typeof one === 'string'), ...inner])].sort();
}

it.each(panels)('$id asks for the same fields in Kibana, in the package and as a search request', (panel) => {
  const asked = fieldsIn(panel.request);
  expect(fieldsIn(panel.api)).toEqual(asked);
  expect(fieldsIn({ ...panel.packaged, panelIndex: '' })).toEqual(asked);
});

it.each(panels)('$id asks for the same values in Kibana, in the package and as a search request', (panel) => {
  const fields = new Set(fieldsIn(panel.request));
  const asked = valuesOfRequest(panel.request).filter((value) => !fields.has(value) && value !== '(none)');
  expect(valuesIn(panel.api)).toEqual(asked);
  expect(valuesIn(panel.packaged)).toEqual(asked);
});

it('what is compared is not nothing', () => {
  const fields = new Set(panels.flatMap(({ request }) => fieldsIn(request)));
  const values = new Set(panels.flatMap(({ api }) => valuesIn(api)));
  expect([fields.size > 15, values.size > 15]).toEqual([true, true]);
});
