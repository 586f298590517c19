// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';
import { WrittenNumber } from './lossless-json.ts';

/** Whether a value of a document says what was sealed, spelt as the exporter spells it. As deep as a payload may be. */
export function isStored(sealed: TypedValue, stored: unknown): boolean {
  switch (sealed.type) {
    case 'string':
    case 'bool':
      return stored === sealed.value;
    case 'int':
      return isInteger(sealed.value, stored);
    case 'double':
      return isDouble(sealed.value, stored);
    case 'bytes':
      return stored === Buffer.from(sealed.value).toString('hex');
    case 'array':
      return (
        Array.isArray(stored) &&
        stored.length === sealed.value.length &&
        sealed.value.every((item, index) => isStored(item, stored[index]))
      );
    case 'map':
      return isMap(sealed.value, stored);
  }
}

/** An object of JSON, which is neither a list nor a number in disguise. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber);
}

function isMap(sealed: ReadonlyMap<string, TypedValue>, stored: unknown): boolean {
  if (!isObject(stored)) return false;
  const keys = Object.keys(stored);
  return (
    keys.length === sealed.size &&
    keys.every((key) => {
      const value = sealed.get(key);
      return value !== undefined && isStored(value, stored[key]);
    })
  );
}

/** Beyond the safe range a JavaScript number has lost digits and says nothing: the reader of the document has a bigint. */
function isInteger(sealed: bigint, stored: unknown): boolean {
  if (typeof stored === 'number') return Number.isSafeInteger(stored) && Number(sealed) === stored && isSafe(sealed);
  return stored === sealed;
}

function isSafe(value: bigint): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
}

/** The exporter writes a point into every double; others may leave it out of a whole one. */
function isDouble(sealed: number, stored: unknown): boolean {
  if (typeof stored === 'number') return stored === sealed;
  if (typeof stored === 'bigint') return Number(stored) === sealed;
  return stored instanceof WrittenNumber && Number(stored.text) === sealed;
}
