// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// What the application registered with OpenTelemetry's API, whichever copy of the API it used. A copy answers only for
// registrations of its own minor version or a newer one: where the application has 1.9 and we got 1.10 beside it, ours
// would see nothing. And only 1.10 knows of logs; before, they were in a package of their own.

import { type Context, type ContextManager, type LoggerProvider, ROOT_CONTEXT } from '@opentelemetry/api';

/** Where every 1.x copy of the API registers what is global, since 1.0. */
const API_GLOBAL = Symbol.for('opentelemetry.js.api.1');
/** Where `@opentelemetry/api-logs` registers a function that returns the provider for this version. */
const API_LOGS_GLOBAL = Symbol.for('io.opentelemetry.js.api.logs');
const API_LOGS_VERSION = 1;

interface GlobalApi {
  readonly context?: ContextManager;
  readonly logs?: LoggerProvider;
}

export function activeContext(): Context {
  return globalApi()?.context?.active() ?? ROOT_CONTEXT;
}

/** The one registered through API 1.10, else the one through `@opentelemetry/api-logs`. */
export function globalLoggerProvider(): LoggerProvider | undefined {
  const get: ((version: number) => LoggerProvider) | undefined = Reflect.get(globalThis, API_LOGS_GLOBAL);
  return globalApi()?.logs ?? get?.(API_LOGS_VERSION);
}

function globalApi(): GlobalApi | undefined {
  return Reflect.get(globalThis, API_GLOBAL);
}
