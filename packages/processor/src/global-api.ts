// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// What the application registered with OpenTelemetry's API, whichever copy of the API it used. A copy answers only for
// registrations of its own minor version or a newer one: where the application has 1.9 and we got 1.10 beside it, ours
// would see nothing. And only 1.10 knows of logs; before, they were in a package of their own.

import {
  type Context,
  type ContextManager,
  createContextKey,
  type MeterProvider,
  ROOT_CONTEXT,
} from '@opentelemetry/api';

/** Where every 1.x copy of the API registers what is global, since 1.0. */
const API_GLOBAL = Symbol.for('opentelemetry.js.api.1');
/** Where `@opentelemetry/api-logs` registers a function that returns the provider for this version. */
const API_LOGS_GLOBAL = Symbol.for('io.opentelemetry.js.api.logs');
const API_LOGS_VERSION = 1;

// Keys of equal name are equal across copies of the API.
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

export function activeContext(): Context {
  return contextManager()?.active() ?? ROOT_CONTEXT;
}

/** Runs what talks to our own endpoint: the application's instrumentations make no spans of it. */
export function withoutTracing<T>(run: () => T): T {
  const manager = contextManager();
  return manager === undefined ? run() : manager.with(manager.active().setValue(SUPPRESS_TRACING, true), run);
}

/** Those registered through API 1.10 and through `@opentelemetry/api-logs`: neither sees the other's. */
export function globalLoggerProviders(): readonly unknown[] {
  const get: unknown = Reflect.get(globalThis, API_LOGS_GLOBAL);
  return [registered('logs'), typeof get === 'function' ? get(API_LOGS_VERSION) : undefined];
}

/** The provider of meters that is registered, if there is one by now. */
export function globalMeterProvider(): MeterProvider | undefined {
  return registered('metrics') as MeterProvider | undefined;
}

function contextManager(): ContextManager | undefined {
  return registered('context') as ContextManager | undefined;
}

function registered(name: 'context' | 'logs' | 'metrics'): unknown {
  const api: unknown = Reflect.get(globalThis, API_GLOBAL);
  return typeof api === 'object' && api !== null ? Reflect.get(api, name) : undefined;
}
