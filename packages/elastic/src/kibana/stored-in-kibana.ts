// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Answer } from '../connect.ts';
import { ElasticError } from '../errors.ts';
import { type JsonObject, objectAt, objectsAt, textAt } from '../json.ts';
import type { Kibana } from './connect-kibana.ts';
import { MARKED_FIELD } from './data-view.ts';
import type { KibanaAsset, KibanaAssetKind } from './kibana-assets.ts';

const DATA_VIEWS = '/api/data_views/data_view';
const DASHBOARDS = '/api/dashboards';

/** What Kibana holds under an id. */
export type StoredInKibana =
  | { readonly is: 'absent' }
  | { readonly is: 'present'; readonly body: JsonObject; readonly description: string }
  | { readonly is: 'unsupported'; readonly reason: string };

/** @throws ElasticError */
export async function readFromKibana(kibana: Kibana, { kind, name, body }: KibanaAsset): Promise<StoredInKibana> {
  switch (kind) {
    case 'data view':
      return await readDataView(kibana, name, textAt(body, 'name'));
    case 'dashboard':
      return await readDashboard(kibana, name);
    case 'saved search':
      return await readSavedSearch(kibana, name);
  }
}

async function readDataView(kibana: Kibana, id: string, name: string): Promise<StoredInKibana> {
  const answer = await kibana.request('GET', `${DATA_VIEWS}/${encodeURIComponent(id)}`);
  if (answer.status === 200) {
    const body = objectAt(answer.body, 'data_view');
    if (body === undefined) throw refusalOfKibana('read the data view', answer);
    return present(body, textAt(body, 'fieldAttrs', MARKED_FIELD, 'customDescription'));
  }
  if (answer.status !== 404) throw refusalOfKibana('read the data view', answer);
  // Kibana allows a name once: another one of that name would be in the way, and is not ours.
  const all = await kibana.request('GET', '/api/data_views');
  const rival = objectsAt(all.body, 'data_view').find((view) => view['name'] === name);
  return rival === undefined ? { is: 'absent' } : present(rival, '');
}

async function readDashboard(kibana: Kibana, id: string): Promise<StoredInKibana> {
  const answer = await kibana.request('GET', `${DASHBOARDS}/${encodeURIComponent(id)}`);
  const body = answer.status === 200 ? objectAt(answer.body, 'data') : undefined;
  if (body !== undefined) return present(body, textAt(body, 'description'));
  if (answer.status !== 404 && answer.status !== 400) throw refusalOfKibana('read the dashboard', answer);
  // An older Kibana knows no such call and says so with the same number.
  const any = await kibana.request('GET', `${DASHBOARDS}?per_page=1`);
  if (any.status === 200 && answer.status === 404) return { is: 'absent' };
  if (any.status === 403) throw refusalOfKibana('read dashboards', any);
  return { is: 'unsupported', reason: 'this Kibana has no Dashboards API, which came with 9.4' };
}

async function readSavedSearch(kibana: Kibana, id: string): Promise<StoredInKibana> {
  const objects = [{ type: 'search', id }];
  const answer = await kibana.request('POST', '/api/saved_objects/_export', {
    objects,
    includeReferencesDeep: false,
    excludeExportDetails: true,
  });
  const [first] = [answer.body].flat();
  const found = answer.status === 200 ? objectAt(first) : undefined;
  if (found !== undefined) return present(found, textAt(found, 'attributes', 'description'));
  const failed = objectsAt(objectAt(answer.body, 'attributes'), 'objects');
  const missing = failed.some((one) => objectAt(one, 'error')?.['statusCode'] === 404);
  if (answer.status === 400 && missing) return { is: 'absent' };
  throw refusalOfKibana('read the saved search', answer);
}

function present(body: JsonObject, description: string): StoredInKibana {
  return { is: 'present', body, description };
}

/** Makes an object, or replaces it. @throws ElasticError */
export async function writeToKibana(kibana: Kibana, asset: KibanaAsset, exists: boolean): Promise<void> {
  const { kind, name, body } = asset;
  if (kind === 'dashboard') {
    const answer = await kibana.request('PUT', `${DASHBOARDS}/${name}`, body);
    if (answer.status !== 200 && answer.status !== 201) throw refusalOfKibana(`install the dashboard ${name}`, answer);
  } else if (kind === 'data view') await writeDataView(kibana, name, body, exists);
  else {
    const path = `/api/saved_objects/_import${exists ? '?overwrite=true' : ''}`;
    const answer = await kibana.request('POST', path, Buffer.from(`${JSON.stringify(body)}\n`));
    const taken = answer.status === 200 && objectAt(answer.body)?.['success'] === true;
    if (!taken) throw refusalOfKibana(`install the saved search ${name}`, answer);
  }
}

async function writeDataView(kibana: Kibana, id: string, body: JsonObject, exists: boolean): Promise<void> {
  const { id: _, fieldAttrs, ...changeable } = body;
  // Field descriptions are changed by a call of their own.
  const calls: [path: string, body: JsonObject][] = exists
    ? [
        [`${DATA_VIEWS}/${id}`, { data_view: changeable }],
        [`${DATA_VIEWS}/${id}/fields`, { fields: fieldAttrs ?? {} }],
      ]
    : [[DATA_VIEWS, { data_view: body, override: false }]];
  for (const [path, sent] of calls) {
    const answer = await kibana.request('POST', path, sent);
    if (answer.status !== 200) throw refusalOfKibana('install the data view', answer);
  }
}

const PLACES: Readonly<Record<KibanaAssetKind, string>> = {
  'data view': DATA_VIEWS,
  dashboard: DASHBOARDS,
  'saved search': '/api/saved_objects/search',
};

/** @returns false where this Kibana deletes none through its API. @throws ElasticError */
export async function removeFromKibana(kibana: Kibana, { kind, name }: KibanaAsset): Promise<boolean> {
  const answer = await kibana.request('DELETE', `${PLACES[kind]}/${encodeURIComponent(name)}`);
  if ([200, 204].includes(answer.status)) return true;
  if (kind === 'saved search' && [400, 404].includes(answer.status)) return false;
  throw refusalOfKibana(`remove the ${kind} ${name}`, answer);
}

/** Nothing of the answer but its number: its text may repeat what was sent. */
function refusalOfKibana(what: string, { status }: Answer): ElasticError {
  if (status === 403) {
    const needs = 'It needs the privilege all for Dashboard, Discover, data views and saved objects in this space.';
    return new ElasticError('ELASTIC_FORBIDDEN', `The credentials may not ${what} (403). ${needs}`);
  }
  return new ElasticError('ELASTIC_REFUSED', `Kibana refused to ${what} (${status}).`);
}
