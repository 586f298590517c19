// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  isDeploymentName,
  isUuidV7,
  type Payload,
  parseVkey,
  type TypedValue,
  type VerifierKey,
} from '@stepseal/core/format';

/** Fields every sealed record has; undefined where the record lacks them. */
export interface ChainFacts {
  readonly streamId: string | undefined;
  readonly number: number | undefined;
  readonly previousHash: string | undefined;
  readonly previousRecordId: string | undefined;
  readonly recordId: string | undefined;
  readonly end: boolean;
}

/** What an open record states of the stream before its own in the same writer. */
export interface PredecessorPin {
  readonly streamId: string;
  readonly number: number;
  readonly hash: string;
  readonly cause: string;
  readonly validBytes: number | undefined;
  readonly tornBytes: number | undefined;
  readonly tornSha256: string | undefined;
}

/** What a stream's first record states. */
export interface OpenFacts {
  readonly streamId: string;
  readonly deployment: string;
  readonly formatVersion: string;
  readonly streamKey: VerifierKey;
  readonly identityKey: VerifierKey | undefined;
  /** True where a close record of this stream does not vouch for the next stream without the identity's signature. */
  readonly identityAlways: boolean;
  readonly predecessor: PredecessorPin | undefined;
}

/** Reads a string attribute. */
export function stringOf(payload: Payload, name: string): string | undefined {
  const value = payload.attributes.get(name);
  return value?.type === 'string' ? value.value : undefined;
}

/** Reads a boolean attribute. */
function booleanOf(payload: Payload, name: string): boolean | undefined {
  const value = payload.attributes.get(name);
  return value?.type === 'bool' ? value.value : undefined;
}

/** Reads an integer attribute that fits a safe integer. */
export function integerOf(payload: Payload, name: string): number | undefined {
  const value: TypedValue | undefined = payload.attributes.get(name);
  if (value?.type !== 'int') return undefined;
  const number = Number(value.value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The time of a record in milliseconds since 1970. */
export function timeMsOf(payload: Payload): number | undefined {
  return payload.timestamp === undefined ? undefined : Number(payload.timestamp / 1_000_000n);
}

export function chainFacts(payload: Payload): ChainFacts {
  return {
    streamId: stringOf(payload, 'audit.sequence.stream_id'),
    number: integerOf(payload, 'audit.sequence.number'),
    previousHash: stringOf(payload, 'audit.sequence.previous_hash'),
    previousRecordId: stringOf(payload, 'audit.sequence.previous_record_id'),
    recordId: stringOf(payload, 'audit.record.id'),
    end: booleanOf(payload, 'audit.sequence.end') === true,
  };
}

function keyOf(payload: Payload, name: string): VerifierKey | undefined {
  const text = stringOf(payload, name);
  if (text === undefined) return undefined;
  try {
    return parseVkey(text);
  } catch {
    return undefined;
  }
}

/** Reads an open record; undefined where the payload is none or states no usable key. */
export function openFacts(payload: Payload): OpenFacts | undefined {
  if (payload.eventName !== 'stepseal.stream.open') return undefined;
  const streamId = stringOf(payload, 'audit.sequence.stream_id');
  const deployment = stringOf(payload, 'stepseal.deployment');
  const formatVersion = stringOf(payload, 'stepseal.format.version');
  const streamKey = keyOf(payload, 'stepseal.stream.vkey');
  if (streamId === undefined || deployment === undefined || formatVersion === undefined || streamKey === undefined)
    return undefined;
  if (!isUuidV7(streamId) || !isDeploymentName(deployment)) return undefined;
  return {
    streamId,
    deployment,
    formatVersion,
    streamKey,
    identityKey: keyOf(payload, 'stepseal.identity.vkey'),
    identityAlways: booleanOf(payload, 'stepseal.identity.every_stream') === true,
    predecessor: predecessorPin(payload),
  };
}

function predecessorPin(payload: Payload): PredecessorPin | undefined {
  const streamId = stringOf(payload, 'stepseal.predecessor.stream_id');
  const number = integerOf(payload, 'stepseal.predecessor.number');
  const hash = stringOf(payload, 'stepseal.predecessor.hash');
  if (streamId === undefined || number === undefined || hash === undefined) return undefined;
  return {
    streamId,
    number,
    hash,
    cause: stringOf(payload, 'stepseal.predecessor.cause') ?? 'unknown',
    validBytes: integerOf(payload, 'stepseal.predecessor.valid_bytes'),
    tornBytes: integerOf(payload, 'stepseal.predecessor.torn_bytes'),
    tornSha256: stringOf(payload, 'stepseal.predecessor.torn_sha256'),
  };
}
