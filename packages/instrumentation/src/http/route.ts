// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';

/** What Express leaves on a request. Nothing here is promised to us: each part is checked before it is used. */
interface RoutedRequest {
  route?: { path?: unknown };
  baseUrl?: unknown;
  app?: { router?: unknown; _router?: unknown };
}

/** A layer of Express's router: 5.x matches with `matchers` and keeps its pattern, 4.x has a regular expression. */
interface Layer {
  handle?: { stack?: unknown };
  matchers?: unknown;
  rawPath?: unknown;
  regexp?: unknown;
  keys?: unknown;
}

const MAX_DEPTH = 8;

/**
 * The route template of a request (`/accounts/:id/transfers`), or nothing where no framework left one.
 * Never the address itself: a path may hold an account number.
 */
export function routeOf(request: IncomingMessage): string | undefined {
  const { route, baseUrl, app } = request as IncomingMessage & RoutedRequest;
  const path = templateText(route?.path);
  if (path === undefined) return undefined;
  if (typeof baseUrl !== 'string' || baseUrl === '') return path;
  // Express 4 keeps its router in `_router` and throws at whoever asks for `router`.
  const mount = mountTemplate(app?._router ?? app?.router, baseUrl, 0);
  if (mount === undefined) return path;
  return path === '/' ? mount : mount + path;
}

function templateText(path: unknown): string | undefined {
  if (typeof path === 'string') return path;
  if (Array.isArray(path) && path.every((part) => typeof part === 'string')) return path.join('|');
  return undefined;
}

/**
 * `baseUrl` holds the mounted part as the client wrote it, parameters filled in. Walking the router's layers gives
 * the templates back; where that fails the mounted part is left out rather than recorded.
 */
function mountTemplate(router: unknown, remaining: string, depth: number): string | undefined {
  if (remaining === '') return '';
  if (depth === MAX_DEPTH) return undefined;
  for (const layer of stackOf(router)) {
    if (stackOf(layer.handle).length === 0) continue;
    const match = matchPrefix(layer, remaining);
    if (match === undefined || match.consumed === '' || !remaining.startsWith(match.consumed)) continue;
    const rest = mountTemplate(layer.handle, remaining.slice(match.consumed.length), depth + 1);
    if (rest !== undefined) return match.template + rest;
  }
  return undefined;
}

function stackOf(router: unknown): readonly Layer[] {
  const stack = (router as { stack?: unknown } | undefined)?.stack;
  return Array.isArray(stack) ? stack : [];
}

function matchPrefix(layer: Layer, path: string): { consumed: string; template: string } | undefined {
  if (Array.isArray(layer.matchers)) {
    for (const [index, matcher] of layer.matchers.entries()) {
      const match = typeof matcher === 'function' ? matcher(path) : false;
      if (!match || typeof match.path !== 'string') continue;
      if (Object.keys(match.params ?? {}).length === 0) return { consumed: match.path, template: match.path };
      const pattern: unknown = Array.isArray(layer.rawPath) ? layer.rawPath[index] : layer.rawPath;
      return typeof pattern === 'string' ? { consumed: match.path, template: pattern } : undefined;
    }
    return undefined;
  }
  if (!(layer.regexp instanceof RegExp) || !Array.isArray(layer.keys) || layer.keys.length > 0) return undefined;
  const consumed = layer.regexp.exec(path)?.[0]?.replace(/\/$/, '');
  return consumed === undefined ? undefined : { consumed, template: consumed };
}
