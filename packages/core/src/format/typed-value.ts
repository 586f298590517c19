// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * A value inside `attributes` or `body`. Scalars are written with a wrapper that names their type, arrays and maps
 * bare (docs/spec/payload.md, "Values").
 */
export type TypedValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  | { readonly type: 'array'; readonly value: readonly TypedValue[] }
  | { readonly type: 'map'; readonly value: ReadonlyMap<string, TypedValue> };

/** The content of one record: what its canonical bytes, the payload P, say. */
export interface Payload {
  /** May be empty; an empty map is left out of P. */
  readonly attributes: ReadonlyMap<string, TypedValue>;
  /** Written whenever it is set, also when it is empty. */
  readonly body?: TypedValue;
  /** Not empty. */
  readonly eventName?: string;
  /** Nanoseconds since 1970-01-01T00:00:00Z, above 0 and within 64 bits unsigned. */
  readonly timestamp?: bigint;
  /** As `timestamp`. */
  readonly observedTimestamp?: bigint;
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId?: string;
  /** 16 lower-case hexadecimal digits, not all zero. */
  readonly spanId?: string;
}

export const INT64_MIN: bigint = -(2n ** 63n);
export const INT64_MAX: bigint = 2n ** 63n - 1n;
export const UINT64_MAX: bigint = 2n ** 64n - 1n;

/** Whether `text` is a trace id (`digits` 32) or a span id (`digits` 16) that is set. */
export function isId(text: string, digits: 16 | 32): boolean {
  return text.length === digits && /^[0-9a-f]*$/.test(text) && !/^0*$/.test(text);
}
