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
  /** Mounted at the root: matches everything and consumes nothing. */
  slash?: unknown;
  matchers?: unknown;
  rawPath?: unknown;
  regexp?: unknown;
}

interface Mount {
  /** The part of the address that the layer matched. */
  readonly consumed: string;
  readonly template: string;
}

const MAX_DEPTH = 8;

/**
 * The route template of a request (`/accounts/:id/transfers`), or nothing where no framework left one.
 * Never the address itself: a path may hold an account number.
 */
export function routeOf(request: IncomingMessage): string | undefined {
  try {
    return templateOf(request);
  } catch {
    // The walk runs getters and matchers of the framework. A record without its route is worth more than none.
    return undefined;
  }
}

function templateOf(request: IncomingMessage): string | undefined {
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
    if (match === undefined || !remaining.startsWith(match.consumed)) continue;
    const rest = mountTemplate(layer.handle, remaining.slice(match.consumed.length), depth + 1);
    if (rest !== undefined) return match.template + rest;
  }
  return undefined;
}

function stackOf(router: unknown): readonly Layer[] {
  const stack = (router as { stack?: unknown } | undefined)?.stack;
  return Array.isArray(stack) ? stack : [];
}

/**
 * Only a pattern that was written as text is its own template. What a regular expression matched is part of the
 * address, and running one that belongs to the service could move its `lastIndex`.
 */
function matchPrefix(layer: Layer, path: string): Mount | undefined {
  if (layer.slash === true) return ROOT;
  if (Array.isArray(layer.matchers)) {
    const patterns: readonly unknown[] = Array.isArray(layer.rawPath) ? layer.rawPath : [layer.rawPath];
    for (const [index, matcher] of layer.matchers.entries()) {
      const pattern = patterns[index];
      const match = typeof pattern === 'string' && typeof matcher === 'function' ? matcher(path) : false;
      if (!match || typeof match.path !== 'string') continue;
      return { consumed: match.path, template: String(pattern).replace(/\/$/, '') };
    }
    return undefined;
  }
  return layer.regexp instanceof RegExp ? matchLiteral(layer.regexp, path) : undefined;
}

const ROOT: Mount = { consumed: '', template: '' };

/** What Express 4 makes of a mount path without parameters or wildcards; only then does the pattern give the path back. */
const LITERAL_MOUNT = /^\^((?:\\[/.]|[\w~%-])*)\\\/\?\(\?=\\\/\|\$\)$/;

function matchLiteral(regexp: RegExp, path: string): Mount | undefined {
  const template = LITERAL_MOUNT.exec(regexp.source)?.[1]?.replaceAll('\\', '');
  if (template === undefined) return undefined;
  const consumed = path.slice(0, template.length);
  const same = regexp.ignoreCase ? consumed.toLowerCase() === template.toLowerCase() : consumed === template;
  return same && ['', '/'].includes(path.charAt(template.length)) ? { consumed, template } : undefined;
}
