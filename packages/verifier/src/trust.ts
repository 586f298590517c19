// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isDeploymentName, parseStrictJson, parseVkey, type VerifierKey } from '@stepseal/core/format';
import { VerifierError } from './errors.ts';

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

const MAX_POLICY_CHARS = 1_048_576;

function fail(problem: string): never {
  throw new VerifierError('TRUST_POLICY_INVALID', `Trust policy: ${problem}. See docs/spec/trust.md for its form.`);
}

function record(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(`${place} is not an object`);
  return value as Record<string, unknown>;
}

function strings(value: unknown, place: string): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    fail(`${place} is not a list of strings`);
  return value as string[];
}

function keys(value: unknown, place: string): readonly VerifierKey[] {
  return strings(value, place).map((text, index) => {
    try {
      return parseVkey(text);
    } catch (cause) {
      throw new VerifierError(
        'TRUST_POLICY_INVALID',
        `Trust policy: ${place}[${index}] is not a verifier key (name+keyid+base64).`,
        {
          cause,
        },
      );
    }
  });
}

function known(object: Record<string, unknown>, names: readonly string[], place: string): void {
  const unknown = Object.keys(object).find((name) => !names.includes(name));
  if (unknown !== undefined) fail(`unknown key ${JSON.stringify(unknown)} in ${place}`);
}

/**
 * Reads a trust policy file.
 *
 * @param text - JSON, at most 1 MiB of characters.
 * @throws VerifierError `TRUST_POLICY_INVALID`, naming the place.
 */
export function parseTrustPolicy(text: string): TrustPolicy {
  if (text.length > MAX_POLICY_CHARS) fail('larger than 1 MiB');
  let json: unknown;
  try {
    // A key that stands twice would let two readers trust two different lists.
    parseStrictJson(Buffer.from(text), { maxBytes: 4 * MAX_POLICY_CHARS });
    json = JSON.parse(text);
  } catch (cause) {
    throw new VerifierError('TRUST_POLICY_INVALID', 'Trust policy: not JSON, or a key stands twice.', { cause });
  }
  const top = record(json, 'the file');
  known(top, ['version', 'deployments'], 'the file');
  if (top['version'] !== 1) fail('"version" is not 1');
  const deployments = new Map<string, DeploymentTrust>();
  for (const [name, value] of Object.entries(record(top['deployments'], '"deployments"'))) {
    const place = `deployments[${JSON.stringify(name)}]`;
    if (!isDeploymentName(name)) fail(`${place} is not a deployment name`);
    const entry = record(value, place);
    known(entry, ['identities', 'collectors', 'overrides'], place);
    const identities = keys(entry['identities'], `${place}.identities`);
    if (identities.length === 0) fail(`${place}.identities is empty`);
    // A key's name is part of its id: a key named after another deployment could never match a note of this one.
    const stranger = identities.find((key) => key.name !== name);
    if (stranger !== undefined) fail(`${place}.identities holds a key named ${JSON.stringify(stranger.name)}`);
    deployments.set(name, {
      identities,
      collectors: keys(entry['collectors'], `${place}.collectors`),
      overrides: strings(entry['overrides'], `${place}.overrides`),
    });
  }
  return { deployments };
}
