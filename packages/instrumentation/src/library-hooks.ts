// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createRequire, register } from 'node:module';

/** import-in-the-middle, as far as it is used here. */
interface SyncHooks {
  supportsSyncHooks(): boolean;
  register(options: { include: readonly string[] }): void;
}

/**
 * Lets instrumentations see ES modules. Node runs the hook in the application's own thread where it can; elsewhere it
 * starts a loader thread, and so does an import-in-the-middle before 3.6, which knows no other way. Either way only the
 * named modules are touched. CommonJS needs none of this.
 *
 * The hook must be the copy of import-in-the-middle that `@opentelemetry/instrumentation` itself uses: two copies do
 * not see each other's modules.
 *
 * @param options `thread`: take the loader thread in any case.
 */
export function hookEsModules(modules: readonly string[], options: { readonly thread?: boolean } = {}): void {
  const hooks = options.thread === true ? undefined : syncHooks();
  if (hooks === undefined) {
    register('@opentelemetry/instrumentation/hook.mjs', import.meta.url, { data: { include: modules } });
  } else {
    hooks.register({ include: modules });
  }
}

function syncHooks(): SyncHooks | undefined {
  const require = createRequire(import.meta.resolve('@opentelemetry/instrumentation'));
  try {
    const { supportsSyncHooks } = require('import-in-the-middle/supports-sync-hooks.mjs') as SyncHooks;
    return supportsSyncHooks() ? (require('import-in-the-middle/register-hooks.mjs') as SyncHooks) : undefined;
  } catch {
    return undefined;
  }
}
