// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';

/** What a test may write for an attribute: plain values as the SDK takes them, or a value that names its type. */
export type TestValue = string | number | bigint | boolean | readonly string[] | Uint8Array | TypedValue;

export type TestAttributes = Readonly<Record<string, TestValue | undefined>>;

export function typedValue(value: TestValue): TypedValue {
  switch (typeof value) {
    case 'string':
      return { type: 'string', value };
    case 'boolean':
      return { type: 'bool', value };
    case 'bigint':
      return { type: 'int', value };
    case 'number':
      return Number.isSafeInteger(value) ? { type: 'int', value: BigInt(value) } : { type: 'double', value };
    default:
      break;
  }
  if (value instanceof Uint8Array) {
    return { type: 'bytes', value };
  }
  if (Array.isArray(value)) {
    return { type: 'array', value: value.map((item: string) => typedValue(item)) };
  }
  return value as TypedValue;
}

/** Attributes left `undefined` are left out. */
export function typedAttributes(attributes: TestAttributes): Map<string, TypedValue> {
  const typed = new Map<string, TypedValue>();
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) {
      typed.set(name, typedValue(value));
    }
  }
  return typed;
}
