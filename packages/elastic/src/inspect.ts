// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Asset, type AssetKind, assets } from './assets.ts';
import { type Difference, differences } from './compare.ts';
import { refusal, type Server } from './connect.ts';
import { type JsonObject, objectAt, objectsAt, textAt } from './json.ts';
import { DATA_STREAM, INDEX_TEMPLATE, LIFECYCLE_POLICY, PRIORITY, VERSION } from './names.ts';
import { FOREVER, parseRetention, type Retention } from './retention.ts';
import { ROLE_NAMES } from './roles.ts';
import { markOf, readStored, type Stored } from './stored-asset.ts';

export type AssetState = 'absent' | 'same' | 'different' | 'newer' | 'foreign' | 'unsupported';

/** One object: what it should be, and how it stands on the server. */
export interface InspectedAsset extends Asset {
  readonly state: AssetState;
  /** Of the installer that made what is there. */
  readonly version?: string;
  readonly differences: readonly Difference[];
  /** Why it cannot be told, or left out. */
  readonly reason?: string;
}

/** Choices; what is not said stays as it is installed, and is `forever` and `false` where nothing is. */
export interface Choices {
  readonly retention?: Retention;
  readonly autoConfigure?: boolean;
  /** Roles are managed elsewhere. */
  readonly withoutRoles?: boolean;
}

export interface Inspection {
  readonly assets: readonly InspectedAsset[];
  readonly retention: Retention;
  /** Index templates of others that take the data stream from ours, or share its rank. */
  readonly rivals: readonly string[];
}

/** Looks how everything stands. Only reads. @throws ElasticError */
export async function inspect(server: Server, choices: Choices = {}): Promise<Inspection> {
  const stored = new Map<string, Stored>();
  for (const { kind, name } of chosen(assets({ retention: FOREVER, lifecycle: true, autoConfigure: false }), choices)) {
    stored.set(key(kind, name), await readStored(server, kind, name));
  }
  const retention = choices.retention ?? installedRetention(stored);
  const wanted = assets({
    retention,
    lifecycle: stored.get(key('lifecycle policy', LIFECYCLE_POLICY))?.is !== 'unsupported',
    autoConfigure:
      choices.autoConfigure ?? installedMark(stored, 'role', ROLE_NAMES.writer)?.['auto_configure'] === true,
  });
  return {
    assets: chosen(wanted, choices).map((asset) => inspected(asset, stored.get(key(asset.kind, asset.name)))),
    retention,
    rivals: await rivals(server),
  };
}

function chosen(all: readonly Asset[], { withoutRoles = false }: Choices): Asset[] {
  return all.filter(({ kind }) => !(withoutRoles && kind === 'role'));
}

function key(kind: AssetKind, name: string): string {
  return `${kind} ${name}`;
}

function installedMark(all: ReadonlyMap<string, Stored>, kind: AssetKind, name: string): JsonObject | undefined {
  const stored = all.get(key(kind, name));
  return stored?.is === 'present' ? markOf(kind, stored.body) : undefined;
}

function installedRetention(stored: ReadonlyMap<string, Stored>): Retention {
  const words = installedMark(stored, 'lifecycle policy', LIFECYCLE_POLICY)?.['retention'];
  return typeof words === 'string' ? parseRetention(words) : FOREVER;
}

function inspected(asset: Asset, stored: Stored = { is: 'absent' }): InspectedAsset {
  const as = (state: AssetState): InspectedAsset => ({ ...asset, state, differences: [] });
  if (stored.is === 'absent') return as('absent');
  if (stored.is === 'unsupported') return { ...as('unsupported'), reason: stored.reason };
  const mark = markOf(asset.kind, stored.body);
  if (mark === undefined) return as('foreign');
  const version = textAt(mark, 'version');
  if (isNewer(version, VERSION)) return { ...as('newer'), version };
  const found = differences(asset.body, stored.body);
  return { ...as(found.length === 0 ? 'same' : 'different'), version, differences: found };
}

export function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0));
  for (const index of [0, 1, 2]) {
    const [left, right] = [a?.[index] ?? 0, b?.[index] ?? 0];
    if (left !== right) return left > right;
  }
  return false;
}

async function rivals(server: Server): Promise<string[]> {
  const answer = await server.request('GET', '/_index_template');
  if (answer.status !== 200) throw refusal('read the index templates', answer);
  const all = objectsAt(answer.body, 'index_templates');
  return all.flatMap((one) => {
    const template = objectAt(one, 'index_template');
    const patterns: unknown = template?.['index_patterns'];
    const matches = [patterns]
      .flat()
      .some((pattern) => typeof pattern === 'string' && wildcard(pattern).test(DATA_STREAM));
    const strong = Number(template?.['priority'] ?? 0) >= PRIORITY;
    return one['name'] !== INDEX_TEMPLATE && matches && strong ? [textAt(one, 'name')] : [];
  });
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
