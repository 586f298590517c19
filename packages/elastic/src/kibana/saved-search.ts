// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '../json.ts';
import type { SavedSearch } from './dashboards.ts';
import { signed } from './mark.ts';
import { DOCUMENT_ORDER } from './search-request.ts';
import { kql } from './where.ts';

const INDEX = 'kibanaSavedObjectMeta.searchSourceJSON.index';

/** A saved search as a line of a file of saved objects. Kibana brings it to its own version when it takes it in. */
export function savedSearch(
  { title, description, where, documents }: SavedSearch,
  id: string,
  dataView: string,
): JsonObject {
  const source = { query: { query: kql(where), language: 'kuery' }, filter: [], indexRefName: INDEX };
  const order = documents.oldestFirst ? 'asc' : 'desc';
  return {
    type: 'search',
    id,
    attributes: {
      title,
      description: signed(description),
      columns: documents.columns,
      sort: DOCUMENT_ORDER.map((field) => [field, order]),
      hideChart: false,
      isTextBasedQuery: false,
      grid: {},
      kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(source) },
    },
    references: [{ name: INDEX, type: 'index-pattern', id: dataView }],
    coreMigrationVersion: '8.8.0',
    typeMigrationVersion: '8.0.0',
  };
}
