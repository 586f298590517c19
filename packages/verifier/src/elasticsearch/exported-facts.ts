// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError, type Payload, parsePayload, type TypedValue } from '@stepseal/core/format';
import { stringOf } from '../stream-facts.ts';

/** What every exported record of a stream takes from its open record. */
export interface ExportedFacts {
  /** Resource attributes that the open record states. */
  readonly resource: ReadonlyMap<string, TypedValue>;
  /** Version of the software that sealed: that of the scope. */
  readonly softwareVersion: string;
  /** Resource attributes that the trust policy lets a Collector override; default none. */
  readonly overrides?: readonly string[] | undefined;
}

/** Reads an open record; a Resource that is none is stated by nobody. */
export function exportedFacts(open: Payload, overrides?: readonly string[]): ExportedFacts {
  return {
    resource: resourceOf(stringOf(open, 'stepseal.resource') ?? '{}'),
    softwareVersion: stringOf(open, 'stepseal.software.version') ?? '',
    overrides,
  };
}

/** JCS of a map of wrapped values. As the value of `attributes` it is a payload, so that the same rules read it. */
function resourceOf(text: string): ReadonlyMap<string, TypedValue> {
  if (text === '{}') return new Map();
  try {
    return parsePayload(Buffer.from(`{"attributes":${text}}`)).attributes;
  } catch (error) {
    if (error instanceof FormatError) return new Map();
    throw error;
  }
}
