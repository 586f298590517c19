// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Difference } from '../compare.ts';
import { ElasticError } from '../errors.ts';
import { type AssetState, isNewer } from '../inspect.ts';
import { VERSION } from '../names.ts';
import { differencesInKibana } from './compare-in-kibana.ts';
import type { Kibana } from './connect-kibana.ts';
import { type KibanaAsset, kibanaAssets } from './kibana-assets.ts';
import { signature } from './mark.ts';
import { readFromKibana, removeFromKibana, type StoredInKibana, writeToKibana } from './stored-in-kibana.ts';

/** One object: what it should be, and how it stands in Kibana. */
export interface InspectedKibanaAsset extends KibanaAsset {
  readonly state: AssetState;
  /** Of the installer that made what is there. */
  readonly version?: string;
  readonly differences: readonly Difference[];
  readonly reason?: string;
}

/** What became, or with `dryRun` would become, of one object. */
export interface KibanaStep {
  readonly kind: KibanaAsset['kind'];
  readonly name: string;
  readonly did: 'created' | 'updated' | 'unchanged' | 'left out';
  readonly reason?: string;
}

export interface KibanaRemoval {
  readonly kind: KibanaAsset['kind'];
  readonly name: string;
  readonly did: 'removed' | 'kept' | 'absent';
  readonly reason?: string;
}

/** Looks how everything stands. Only reads. @throws ElasticError */
export async function inspectKibana(kibana: Kibana): Promise<InspectedKibanaAsset[]> {
  const found: InspectedKibanaAsset[] = [];
  for (const asset of kibanaAssets(kibana.space)) found.push(inspected(asset, await readFromKibana(kibana, asset)));
  return found;
}

function inspected(asset: KibanaAsset, stored: StoredInKibana): InspectedKibanaAsset {
  const as = (state: AssetState): InspectedKibanaAsset => ({ ...asset, state, differences: [] });
  if (stored.is === 'absent') return as('absent');
  if (stored.is === 'unsupported') return { ...as('unsupported'), reason: stored.reason };
  const version = signature(stored.description);
  if (version === undefined) return as('foreign');
  if (isNewer(version, VERSION)) return { ...as('newer'), version };
  const differences = differencesInKibana(asset, stored.body);
  return { ...as(differences.length === 0 ? 'same' : 'different'), version, differences };
}

/**
 * Refuses where something stands in the way of an installation.
 *
 * @throws ElasticError `ELASTIC_FOREIGN`, `ELASTIC_NEWER`
 */
export function checkKibana(found: readonly InspectedKibanaAsset[]): void {
  const named = (wanted: AssetState): string =>
    found
      .filter(({ state }) => state === wanted)
      .map(({ kind, name, version }) => `${kind} ${name}${version === undefined ? '' : ` (${version})`}`)
      .join(', ');
  const [foreign, newer] = [named('foreign'), named('newer')];
  if (foreign !== '') {
    const message = `In Kibana, not made by Stepseal, and left alone: ${foreign}. Rename or remove it first.`;
    throw new ElasticError('ELASTIC_FOREIGN', message);
  }
  if (newer !== '') {
    throw new ElasticError('ELASTIC_NEWER', `In Kibana, installed by a newer Stepseal: ${newer}. Use that one.`);
  }
}

/**
 * Installs data view, dashboards and saved searches, or mends what is different. Safe to repeat; nothing that others
 * made is touched, and nothing is written if anything stands in the way.
 *
 * @throws ElasticError
 */
export async function installInKibana(
  kibana: Kibana,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<KibanaStep[]> {
  const found = await inspectKibana(kibana);
  checkKibana(found);
  const steps: KibanaStep[] = [];
  for (const asset of found) {
    const { kind, name, state, reason } = asset;
    if (state === 'unsupported') steps.push({ kind, name, did: 'left out', ...(reason !== undefined && { reason }) });
    else if (state === 'same') steps.push({ kind, name, did: 'unchanged' });
    else {
      if (!dryRun) await writeToKibana(kibana, asset, state !== 'absent');
      steps.push({ kind, name, did: state === 'absent' ? 'created' : 'updated' });
    }
  }
  return steps;
}

/** Removes what Stepseal installed in Kibana, and nothing else. @throws ElasticError */
export async function uninstallFromKibana(
  kibana: Kibana,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<KibanaRemoval[]> {
  const removals: KibanaRemoval[] = [];
  for (const asset of (await inspectKibana(kibana)).toReversed()) {
    const { kind, name, state } = asset;
    if (state === 'absent' || state === 'unsupported') removals.push({ kind, name, did: 'absent' });
    else if (state === 'foreign') removals.push({ kind, name, did: 'kept', reason: 'not made by Stepseal' });
    else if (dryRun || (await removeFromKibana(kibana, asset))) removals.push({ kind, name, did: 'removed' });
    else removals.push({ kind, name, did: 'kept', reason: 'this Kibana removes it only by hand: Stack Management' });
  }
  return removals;
}
