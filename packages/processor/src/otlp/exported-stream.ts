// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError, parsePayload, type TypedValue } from '@stepseal/core/format';

/** What every exported record of a stream takes from its open record. */
export interface ExportedStream {
  /** Resource attributes in their order, scalars only. */
  readonly resource: ReadonlyMap<string, TypedValue>;
  /** Version of the software that sealed, which is the version of the scope. */
  readonly softwareVersion: string;
}

/**
 * Reads the open record, number 1 of every stream.
 *
 * @throws FormatError `MALFORMED` if it is none
 */
export function exportedStream(openPayload: Uint8Array): ExportedStream {
  const { eventName, attributes } = parsePayload(openPayload);
  const resource = attributes.get('stepseal.resource')?.value;
  const version = attributes.get('stepseal.software.version')?.value;
  if (eventName !== 'stepseal.stream.open') throw new FormatError('MALFORMED', 'not an open record');
  return {
    resource: typeof resource === 'string' ? readResource(resource) : new Map(),
    softwareVersion: typeof version === 'string' ? version : '',
  };
}

/** JCS of a map of wrapped scalars. As the value of `attributes` it is a payload, so that the same rules read it. */
function readResource(text: string): ReadonlyMap<string, TypedValue> {
  if (text === '{}') return new Map();
  return parsePayload(Buffer.from(`{"attributes":${text}}`)).attributes;
}
