// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { join } from 'node:path';
import { Hook as ImportHook } from 'import-in-the-middle';
import { Hook as RequireHook } from 'require-in-the-middle';

/** import-in-the-middle, as far as its types leave it out. */
interface SyncHooks {
  supportsSyncHooks(): boolean;
  register(options: { include: readonly string[] }): void;
}

/** Told of a module when it is loaded, before the application gets it; returns what the application gets. */
export type OnLoad = (moduleExports: object, name: string, version: string) => object;

/**
 * Looks at the named modules as they are loaded from now on, required ones and, after {@link hookEsModules}, imported
 * ones.
 *
 * Not through the base class of OpenTelemetry's instrumentations: all of them share one hook, which patches no module
 * that was required before its instrumentation was made. If we brought that hook into being, `node:http`, which
 * OpenTelemetry's SDK itself requires, would be lost to an HTTP instrumentation that is set up after us.
 */
export function hookModules(names: readonly string[], onLoad: OnLoad): void {
  const loaded = <T>(moduleExports: T, name: string, directory: string | undefined): T =>
    directory === undefined || !names.includes(name)
      ? moduleExports
      : (onLoad(moduleExports as object, name, versionIn(directory)) as T);
  new RequireHook([...names], { internals: false }, loaded);
  new ImportHook([...names], { internals: false }, (moduleExports, name, directory) =>
    loaded(moduleExports, name, directory ?? undefined),
  );
}

/**
 * Makes imported modules visible to {@link hookModules}. Node runs the hook in the application's own thread where it can;
 * elsewhere it starts a loader thread. Either way only the named modules are touched. CommonJS needs none of this.
 *
 * @param options `thread`: take the loader thread in any case.
 */
export function hookEsModules(modules: readonly string[], options: { readonly thread?: boolean } = {}): void {
  const require = createRequire(import.meta.url);
  const { supportsSyncHooks } = require('import-in-the-middle/supports-sync-hooks.mjs') as SyncHooks;
  if (options.thread !== true && supportsSyncHooks()) {
    const hooks = require('import-in-the-middle/register-hooks.mjs') as SyncHooks;
    hooks.register({ include: modules });
  } else {
    register('import-in-the-middle/hook.mjs', import.meta.url, { data: { include: modules } });
  }
}

/** What is thrown here would come out of the application's own import. */
function versionIn(directory: string): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const version: unknown = Reflect.get(Object(manifest), 'version');
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}
