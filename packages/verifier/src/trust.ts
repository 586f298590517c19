// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isDeploymentName, type JsonValue, parseVkey, type VerifierKey } from '@stepseal/core/format';
import { JsonFile } from './json-file.ts';

/** Whom a verification trusts. It is kept apart from the data: keys are never learned from what is verified. */
export interface TrustPolicy {
  /** Identity keys by deployment name. */
  readonly deployments: ReadonlyMap<string, DeploymentTrust>;
}

/** What is trusted of one deployment. */
export interface DeploymentTrust {
  /** Identity keys that may sign open notes; all rotations that are still to be believed. */
  readonly identities: readonly VerifierKey[];
  /** Keys of Collectors whose record signatures are information, not an alarm. */
  readonly collectors: readonly VerifierKey[];
  /** Resource keys that a Collector may override. */
  readonly overrides: readonly string[];
}

const MAX_POLICY_BYTES = 1_048_576;
const FILE: JsonFile = new JsonFile('TRUST_POLICY_INVALID', 'Trust policy', MAX_POLICY_BYTES);

function keys(value: JsonValue | undefined, place: string): readonly VerifierKey[] {
  return FILE.strings(value, place).map((text, index) => {
    try {
      return parseVkey(text);
    } catch (cause) {
      return FILE.fail(`${place}[${index}] is not a verifier key (name+keyid+base64)`, cause);
    }
  });
}

/**
 * Reads a trust policy file.
 *
 * @param text - Strict JSON, at most 1 MiB.
 * @throws VerifierError `TRUST_POLICY_INVALID`, naming the place.
 */
export function parseTrustPolicy(text: string): TrustPolicy {
  const top = FILE.object(FILE.parse(text), 'the file', ['version', 'deployments']);
  if (top.get('version') !== 1) FILE.fail('"version" is not 1');
  const deployments = new Map<string, DeploymentTrust>();
  for (const [name, value] of FILE.object(top.get('deployments'), '"deployments"')) {
    const place = `deployments[${JSON.stringify(name)}]`;
    if (!isDeploymentName(name)) FILE.fail(`${place} is not a deployment name`);
    const entry = FILE.object(value, place, ['identities', 'collectors', 'overrides']);
    const identities = keys(entry.get('identities'), `${place}.identities`);
    if (identities.length === 0) FILE.fail(`${place}.identities is empty`);
    // A key's name is part of its id: a key named after another deployment could never match a note of this one.
    const stranger = identities.find((key) => key.name !== name);
    if (stranger !== undefined) FILE.fail(`${place}.identities holds a key named ${JSON.stringify(stranger.name)}`);
    deployments.set(name, {
      identities,
      collectors: keys(entry.get('collectors'), `${place}.collectors`),
      overrides: FILE.strings(entry.get('overrides'), `${place}.overrides`),
    });
  }
  return { deployments };
}
