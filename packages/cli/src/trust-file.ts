// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatVkey, type VerifierKey } from '@stepseal/core/format';
import { type DeploymentTrust, parseTrustPolicy, type TrustPolicy } from '@stepseal/verifier';
import { enclosingDataDirectory } from './data-directory.ts';
import { CliError } from './errors.ts';
import { TRUST_FILE_NAME } from './trust-file-name.ts';
import { writeFileAtomically } from './write-file.ts';

export interface TrustFile {
  readonly path: string;
  readonly policy: TrustPolicy;
  /** As it was read. */
  readonly text: string;
}

/**
 * Reads the trust file: `named`, which must exist, or the default one of `cwd` if it is there. It is not read inside one of
 * the directories of records. Throws CliError TRUST_UNREADABLE, TRUST_MALFORMED, TRUST_IN_DATA.
 */
export function readTrustFile(
  cwd: string,
  directories: readonly string[],
  named: string | undefined,
): TrustFile | undefined {
  const path = resolve(cwd, named ?? TRUST_FILE_NAME);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    if (reason === 'ENOENT' && named === undefined) return undefined;
    const remedy = 'name one that exists, or make it with `stepseal trust add`';
    throw new CliError('TRUST_UNREADABLE', `The trust file ${path} cannot be read (${reason}): ${remedy}.`, { cause });
  }
  refuseInsideData(path, directories);
  try {
    return { path, policy: parseTrustPolicy(text), text };
  } catch (cause) {
    const message = `The trust file ${path} cannot be used. ${(cause as Error).message}`;
    throw new CliError('TRUST_MALFORMED', message, { cause });
  }
}

/** Adds an identity to the policy and writes it; false when it was trusted already. */
export function addIdentity(path: string, dataDir: string, policy: TrustPolicy, name: string, vkey: string): boolean {
  refuseInsideData(path, [dataDir]);
  const deployments = Object.fromEntries([...policy.deployments].map(([key, trust]) => [key, deploymentJson(trust)]));
  const entry: DeploymentJson = deployments[name] ?? { identities: [], collectors: [], overrides: [] };
  if (entry.identities.includes(vkey)) return false;
  const identities = [...entry.identities, vkey];
  const root = { version: 1, deployments: { ...deployments, [name]: { ...entry, identities } } };
  writeFileAtomically(path, `${JSON.stringify(root, undefined, 2)}\n`);
  return true;
}

function refuseInsideData(path: string, directories: readonly string[]): void {
  const directory = enclosingDataDirectory(path, directories);
  if (directory === undefined) return;
  const reason = 'whoever can change the records could change it too';
  const message = `The trust file ${path} lies inside the data directory ${directory}: keep it outside, since ${reason}.`;
  throw new CliError('TRUST_IN_DATA', message);
}

interface DeploymentJson {
  readonly identities: readonly string[];
  readonly collectors: readonly string[];
  readonly overrides: readonly string[];
}

function deploymentJson({ identities, collectors, overrides }: DeploymentTrust): DeploymentJson {
  return { identities: identities.map(vkeyText), collectors: collectors.map(vkeyText), overrides };
}

function vkeyText({ name, publicKey }: VerifierKey): string {
  return formatVkey(name, publicKey);
}
