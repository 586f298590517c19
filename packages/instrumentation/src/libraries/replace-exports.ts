// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { types } from 'node:util';

export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
export type Wrappers = Readonly<Record<string, (original: AnyFunction) => AnyFunction>>;

/**
 * The exports of a module with some functions in place of others. Exports of bundled builds and of ES modules are
 * getters that cannot be redefined: a CommonJS module gets a copy of its exports, an ES module is changed through the
 * proxy that import-in-the-middle hands out.
 */
export function replaceExports(moduleExports: object, wrappers: Wrappers): object {
  const source = moduleExports as Record<string, unknown>;
  const target: Record<string, unknown> = types.isProxy(moduleExports) ? source : copyOf(source);
  for (const [name, wrap] of Object.entries(wrappers)) {
    const original = source[name];
    if (typeof original === 'function') target[name] = wrap(original as AnyFunction);
  }
  return target;
}

/** Replaces methods of a class that the module exports. The class itself stays, so `instanceof` and `extends` hold. */
export function replaceMethods(moduleExports: object, className: string, wrappers: Wrappers): void {
  const exported = (moduleExports as Record<string, unknown>)[className];
  if (typeof exported !== 'function') return;
  const prototype = exported.prototype as Record<string, unknown>;
  for (const [name, wrap] of Object.entries(wrappers)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    if (typeof descriptor?.value !== 'function') continue;
    Object.defineProperty(prototype, name, { ...descriptor, value: wrap(descriptor.value as AnyFunction) });
  }
}

/** A member of what a library got or gave, whatever that is. */
export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** A copy with plain data properties, keeping what interop code looks for (`__esModule`, the namespace tag). */
function copyOf(source: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Reflect.ownKeys(source)) {
    const enumerable = Object.getOwnPropertyDescriptor(source, key)?.enumerable ?? false;
    Object.defineProperty(copy, key, {
      value: (source as Record<PropertyKey, unknown>)[key],
      enumerable,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}
