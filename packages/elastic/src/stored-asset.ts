// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { AssetKind } from './assets.ts';
import { type Answer, isUnsupported, refusal, type Server } from './connect.ts';
import { type JsonObject, objectAt, objectsAt } from './json.ts';

const PATHS: Readonly<Record<AssetKind, string>> = {
  'lifecycle policy': '/_ilm/policy/',
  'component template': '/_component_template/',
  'index template': '/_index_template/',
  role: '/_security/role/',
};

/** What the server holds under a name: its body in the form that made it, nothing, or why it cannot be told. */
export type Stored =
  | { readonly is: 'absent' }
  | { readonly is: 'present'; readonly body: JsonObject }
  | { readonly is: 'unsupported'; readonly reason: string };

export function assetPath(kind: AssetKind, name: string): string {
  return `${PATHS[kind]}${encodeURIComponent(name)}`;
}

/** @throws ElasticError */
export async function readStored(server: Server, kind: AssetKind, name: string): Promise<Stored> {
  const answer = await server.request('GET', assetPath(kind, name));
  if (isUnsupported(answer)) return { is: 'unsupported', reason: 'this Elasticsearch has none' };
  if (answer.status === 404) return { is: 'absent' };
  // Installing templates and granting roles are different offices in many houses.
  if (answer.status === 403 && kind === 'role')
    return { is: 'unsupported', reason: refusal('read roles', answer).message };
  const body = answer.status === 200 ? bodyOf(kind, name, answer) : undefined;
  if (body === undefined) throw refusal(`read the ${kind} ${name}`, answer);
  return { is: 'present', body };
}

function bodyOf(kind: AssetKind, name: string, { body }: Answer): JsonObject | undefined {
  switch (kind) {
    case 'lifecycle policy': {
      const policy = objectAt(body, name, 'policy');
      return policy && { policy };
    }
    case 'component template':
      return objectAt(objectsAt(body, 'component_templates')[0], 'component_template');
    case 'index template':
      return objectAt(objectsAt(body, 'index_templates')[0], 'index_template');
    case 'role':
      return objectAt(body, name);
  }
}

/** Our mark in a body, or undefined: then somebody else made it. */
export function markOf(kind: AssetKind, body: JsonObject): JsonObject | undefined {
  const path = kind === 'lifecycle policy' ? ['policy', '_meta'] : [kind === 'role' ? 'metadata' : '_meta'];
  const mark = objectAt(body, ...path);
  return mark?.['managed_by'] === 'stepseal' ? mark : undefined;
}
