// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { refusal, type Server } from './connect.ts';
import { type Choices, inspect } from './inspect.ts';
import type { Step } from './install.ts';
import { textAt } from './json.ts';
import { assetPath } from './stored-asset.ts';

/** What became, or with `dryRun` would become, of one object. */
export interface Removal {
  readonly kind: Step['kind'];
  readonly name: string;
  readonly did: 'removed' | 'kept' | 'absent';
  readonly reason?: string;
}

/**
 * Removes what Stepseal installed, never data: what a data stream still uses is kept, with the stream.
 *
 * @throws ElasticError
 */
export async function uninstall(
  server: Server,
  { dryRun = false, ...choices }: Pick<Choices, 'withoutRoles'> & { readonly dryRun?: boolean } = {},
): Promise<Removal[]> {
  const removals: Removal[] = [];
  const { assets } = await inspect(server, choices);
  for (const { kind, name, state } of assets.toReversed()) {
    if (state === 'absent' || state === 'unsupported') removals.push({ kind, name, did: 'absent' });
    else if (state === 'foreign') removals.push({ kind, name, did: 'kept', reason: 'not made by Stepseal' });
    else if (dryRun) removals.push({ kind, name, did: 'removed' });
    else removals.push(await remove(server, kind, name));
  }
  return removals;
}

async function remove(
  server: Server,
  kind: Removal['kind'] & Parameters<typeof assetPath>[0],
  name: string,
): Promise<Removal> {
  const answer = await server.request('DELETE', assetPath(kind, name));
  if (answer.status === 200 || answer.status === 404) return { kind, name, did: 'removed' };
  const inUse = answer.status === 400 && /in use/i.test(textAt(answer.body, 'error', 'reason'));
  if (!inUse) throw refusal(`remove the ${kind} ${name}`, answer);
  return { kind, name, did: 'kept', reason: 'in use by data that is there' };
}
