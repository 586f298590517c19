// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';
import type { HttpRequestMethod } from '@stepseal/core/semconv';
import { routeOf } from './route.ts';

/** What of an HTTP exchange may be recorded. */
export interface HttpFacts {
  readonly method: HttpRequestMethod;
  readonly route: string | undefined;
  readonly statusCode: number | undefined;
  /** `POST /transfers`; the method alone where the route is not known. */
  readonly actionName: string;
}

const METHODS: ReadonlySet<string> = new Set<HttpRequestMethod>([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

/** @param statusCode left out while the response is not decided. */
export function httpFacts(request: IncomingMessage, statusCode: number | undefined): HttpFacts {
  const given = request.method ?? '';
  const method = METHODS.has(given) ? (given as HttpRequestMethod) : '_OTHER';
  const route = routeOf(request);
  return { method, route, statusCode, actionName: route === undefined ? method : `${method} ${route}` };
}

/**
 * Tells requests apart, to recognise one that is tried again. It holds the path as the client wrote it, and is neither
 * recorded nor remembered but as a keyed hash.
 */
export function requestKey(request: IncomingMessage): string {
  const url = (request as { originalUrl?: unknown }).originalUrl ?? request.url;
  const path = typeof url === 'string' ? url : '';
  const query = path.indexOf('?');
  return `${request.method} ${query === -1 ? path : path.slice(0, query)}`;
}

/**
 * Method and route as its own router has it: cheap, and not always all of the route. Where no framework left one, all
 * requests of a method have the same label.
 */
export function routeLabel(request: IncomingMessage): string {
  try {
    const path = (request as { route?: { path?: unknown } }).route?.path;
    return typeof path === 'string' ? `${request.method} ${path}` : `${request.method}`;
  } catch {
    return `${request.method}`;
  }
}
