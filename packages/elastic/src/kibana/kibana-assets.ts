// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '../json.ts';
import { apiDashboard, type Ids } from './api-dashboard.ts';
import { DASHBOARDS, SAVED_SEARCHES } from './dashboards.ts';
import { dataView } from './data-view.ts';
import { signed } from './mark.ts';
import { savedSearch } from './saved-search.ts';

export type KibanaAssetKind = 'data view' | 'dashboard' | 'saved search';

/** One object in Kibana: its id there, and what makes it. */
export interface KibanaAsset {
  readonly kind: KibanaAssetKind;
  readonly name: string;
  readonly body: JsonObject;
}

/**
 * Everything for one space, in an order in which each finds what it refers to. Ids are unique over all spaces of a
 * Kibana, so that outside of the default one they bear the space's name.
 */
export function kibanaAssets(space: string): KibanaAsset[] {
  const named = (id: string): string => (space === 'default' ? id : `${id}--${space}`);
  const ids: Ids = { dataView: named('stepseal-audit'), oneStepUp: named('stepseal-one-step-up') };
  return [
    { kind: 'data view', name: ids.dataView, body: dataView(ids.dataView) },
    ...DASHBOARDS.map((dashboard): KibanaAsset => {
      const body = apiDashboard(dashboard, ids);
      return {
        kind: 'dashboard',
        name: named(dashboard.id),
        body: { ...body, description: signed(dashboard.description) },
      };
    }),
    ...SAVED_SEARCHES.map((search): KibanaAsset => {
      const name = named(search.id);
      return { kind: 'saved search', name, body: savedSearch(search, name, ids.dataView) };
    }),
  ];
}
