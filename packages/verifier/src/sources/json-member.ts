// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** A member of what somebody else's JSON holds; undefined where there is none. */
export function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** A member that is a list; empty where there is none. */
export function list(value: unknown, key: string): readonly unknown[] {
  const found = member(value, key);
  return Array.isArray(found) ? found : [];
}
