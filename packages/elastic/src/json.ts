// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** The object at a path, or undefined where there is none. What a server answers may have any form. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject | undefined {
  let at: unknown = value;
  for (const name of path) {
    if (!isObject(at)) return undefined;
    at = Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return isObject(at) ? at : undefined;
}

/** The objects of the list at a path; an empty list where there is none. */
export function objectsAt(value: unknown, name: string): readonly JsonObject[] {
  const list: unknown = objectAt(value)?.[name];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text at a path; empty where there is none. */
export function textAt(value: unknown, ...path: readonly [...string[], string]): string {
  const found: unknown = objectAt(value, ...path.slice(0, -1))?.[path.at(-1) ?? ''];
  return typeof found === 'string' ? found : '';
}
