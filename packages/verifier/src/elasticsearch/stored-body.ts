// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';
import { isObject, isStored } from './stored-value.ts';

/** Whether the body of a document is the sealed one: `text` for a scalar, `structured` (once `flattened`) for the rest. */
export function isStoredBody(sealed: TypedValue | undefined, stored: unknown): boolean {
  if (sealed === undefined) return stored === undefined || (isObject(stored) && Object.keys(stored).length === 0);
  if (!isObject(stored)) return false;
  const [name, ...others] = Object.keys(stored);
  if (name === undefined || others.length > 0) return false;
  const value = stored[name];
  if (sealed.type !== 'array' && sealed.type !== 'map') return name === 'text' && isText(sealed, value);
  if (name !== 'structured' && name !== 'flattened') return false;
  if (sealed.type === 'map' || sealed.value.every(({ type }) => type === 'map')) return isStored(sealed, value);
  // Elasticsearch takes objects only: any other list is wrapped.
  return isObject(value) && Object.keys(value).length === 1 && isStored(sealed, value['value']);
}

/** Earlier versions of the exporter wrote every scalar as text. */
function isText(sealed: TypedValue, value: unknown): boolean {
  if (isStored(sealed, value)) return true;
  if (typeof value !== 'string') return false;
  switch (sealed.type) {
    case 'int':
    case 'bool':
      return value === String(sealed.value);
    case 'double':
      return value !== '' && Number(value) === sealed.value;
    case 'bytes':
      return value === Buffer.from(sealed.value).toString('base64');
    default:
      return false;
  }
}
