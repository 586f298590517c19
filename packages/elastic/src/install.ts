// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { refusal, type Server } from './connect.ts';
import { type DataStream, dataStreams, makeDataStream } from './data-streams.ts';
import { ElasticError } from './errors.ts';
import { type Choices, type InspectedAsset, type Inspection, inspect } from './inspect.ts';
import { textAt } from './json.ts';
import { DATA_STREAM } from './names.ts';
import type { Retention } from './retention.ts';
import { assetPath } from './stored-asset.ts';

/** What became, or with `dryRun` would become, of one object. */
export interface Step {
  readonly kind: InspectedAsset['kind'] | 'data stream';
  readonly name: string;
  readonly did: 'created' | 'updated' | 'unchanged' | 'left out';
  /** Why it was left out. */
  readonly reason?: string;
}

export interface InstallOutcome {
  readonly steps: readonly Step[];
  readonly retention: Retention;
  /** Streams whose present index was made before what is installed now: it holds from their next index on. */
  readonly stale: readonly DataStream[];
}

/**
 * Installs what is missing and mends what is different. Safe to repeat; nothing that others made is touched, and
 * nothing is written if anything stands in the way.
 *
 * @throws ElasticError
 */
export async function install(
  server: Server,
  { dryRun = false, ...choices }: Choices & { readonly dryRun?: boolean } = {},
): Promise<InstallOutcome> {
  const found = await inspect(server, choices);
  checkOwnership(found);
  const steps: Step[] = [];
  for (const asset of found.assets) steps.push(await installAsset(server, asset, dryRun));
  const streams = await dataStreams(server);
  steps.push(await installStream(server, streams, dryRun));
  return { steps, retention: found.retention, stale: streams.filter(({ staleFields }) => staleFields.length > 0) };
}

function checkOwnership({ assets, rivals }: Inspection): void {
  const foreign = assets.filter(({ state }) => state === 'foreign').map(({ kind, name }) => `${kind} ${name}`);
  if (foreign.length > 0) {
    const message = `Not made by Stepseal, and left alone: ${foreign.join(', ')}. Rename or remove it first.`;
    throw new ElasticError('ELASTIC_FOREIGN', message);
  }
  if (rivals.length > 0) {
    const message = `Index templates of others take ${DATA_STREAM} with the same or a higher priority: ${rivals.join(', ')}.`;
    throw new ElasticError('ELASTIC_FOREIGN', message);
  }
  const newer = assets.filter(({ state }) => state === 'newer').map(({ name, version }) => `${name} (${version})`);
  if (newer.length > 0) {
    throw new ElasticError('ELASTIC_NEWER', `Installed by a newer Stepseal: ${newer.join(', ')}. Use that one.`);
  }
}

async function installAsset(server: Server, asset: InspectedAsset, dryRun: boolean): Promise<Step> {
  const { kind, name, state, body, reason } = asset;
  if (state === 'unsupported') return { kind, name, did: 'left out', ...(reason !== undefined && { reason }) };
  if (state === 'same') return { kind, name, did: 'unchanged' };
  const did = state === 'absent' ? 'created' : 'updated';
  if (dryRun) return { kind, name, did };
  // What somebody made in the meantime is not overwritten, where the server can tell.
  const create = state === 'absent' && kind.endsWith('template') ? '?create=true' : '';
  const answer = await server.request('PUT', `${assetPath(kind, name)}${create}`, body);
  if (answer.status === 200) return { kind, name, did };
  if (kind !== 'role') throw refusal(`install the ${kind} ${name}`, answer);
  const lacksAnalysis = /pattern_capture/.test(textAt(answer.body, 'error', 'reason'));
  if (answer.status !== 403 && !lacksAnalysis) throw refusal(`install the ${kind} ${name}`, answer);
  return {
    kind,
    name,
    did: 'left out',
    reason: lacksAnalysis ? 'this Elasticsearch cannot store roles' : refusal('store roles', answer).message,
  };
}

async function installStream(server: Server, streams: readonly DataStream[], dryRun: boolean): Promise<Step> {
  const step = { kind: 'data stream', name: DATA_STREAM } as const;
  if (streams.some(({ name }) => name === DATA_STREAM)) return { ...step, did: 'unchanged' };
  if ((await makeDataStream(server, dryRun)) === 'created') return { ...step, did: 'created' };
  const reason = 'this Elasticsearch makes none before the first record: give the writer auto_configure';
  return { ...step, did: 'left out', reason };
}
