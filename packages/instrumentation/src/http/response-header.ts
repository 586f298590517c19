// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ServerResponse } from 'node:http';

/**
 * The field values of a header of a response. `getHeader` knows only what was set before; what the service passed to
 * `writeHead(status, headers)` is nowhere but in the header block that Node keeps in `_header`.
 *
 * @param name in lower case
 */
export function headerFields(response: ServerResponse, name: string): readonly string[] {
  const value = response.getHeader(name);
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value;
  return fieldsOfBlock((response as { _header?: unknown })._header, name);
}

function fieldsOfBlock(block: unknown, name: string): readonly string[] {
  if (typeof block !== 'string') return [];
  const fields: string[] = [];
  for (const line of block.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && line.slice(0, colon).toLowerCase() === name) fields.push(line.slice(colon + 1).trim());
  }
  return fields;
}
