// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';
import { readId } from './read-value.ts';
import type { TokenClaims } from './token-claims.ts';

/** What a path is followed through. */
export interface Source {
  readonly request: IncomingMessage;
  readonly claims: TokenClaims | undefined;
  /** Whether the request came from a trusted proxy: only then are its headers anybody's but the client's. */
  readonly proxied: boolean;
}

/**
 * Finds one value: `req.user.id`, `token.sub`, `cookie.sid`, `header.x-user-id`. The first path that leads to one that
 * can be read wins.
 */
export type Resolver<T = string> = (source: Source) => T | undefined;

/** What the service itself set on the request comes before what the client sent. */
export const USER_PATHS: readonly string[] = [
  'req.user.id',
  'req.user.sub',
  'req.auth.payload.sub',
  'req.auth.sub',
  'req.session.userId',
  'req.session.user.id',
  'token.sub',
];

/** Ids that stay the same over a step-up come first: `jti` changes with every new token. */
export const SESSION_PATHS: readonly string[] = [
  'token.sid',
  'req.auth.payload.sid',
  'cookie.connect.sid',
  'cookie.sessionid',
  'cookie.session',
  'cookie.sid',
  'token.jti',
];

type SourceName = 'req' | 'token' | 'cookie' | 'header';

const ALL_SOURCES: readonly SourceName[] = ['req', 'token', 'cookie', 'header'];
/** Without what the client makes up: where he is, say, is told by the service or by its proxy. */
const SOURCES_OF_THE_SERVICE: readonly SourceName[] = ['req', 'header'];

/** @throws {TypeError} when a path cannot be read. */
export function resolver(paths: readonly string[]): Resolver {
  return firstOf(paths, ALL_SOURCES, readId);
}

/** As {@link resolver}, for a value that is no id. @param read makes something of what a path leads to, or nothing. */
export function resolverOf<T>(paths: readonly string[], read: (value: unknown) => T | undefined): Resolver<T> {
  return firstOf(paths, ALL_SOURCES, read);
}

/** As {@link resolverOf}, and paths through tokens and cookies are refused. */
export function serviceResolver<T>(paths: readonly string[], read: (value: unknown) => T | undefined): Resolver<T> {
  return firstOf(paths, SOURCES_OF_THE_SERVICE, read);
}

function firstOf<T>(
  paths: readonly string[],
  sources: readonly SourceName[],
  read: (value: unknown) => T | undefined,
): Resolver<T> {
  const steps = paths.map((path) => compile(path, sources));
  return (source) => {
    for (const step of steps) {
      const value = read(step(source));
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

type Step = (source: Source) => unknown;

function compile(path: string, sources: readonly SourceName[]): Step {
  const dot = path.indexOf('.');
  const source = sources.find((name) => name === path.slice(0, dot));
  const rest = path.slice(dot + 1);
  if (source === undefined || rest === '') {
    throw new TypeError(`not a resolver path such as req.user.id, token.sub, cookie.sid or header.x-user-id: ${path}`);
  }
  switch (source) {
    case 'token':
      return ({ claims }) => claims?.text(rest);
    case 'cookie':
      return ({ request }) => cookie(request, rest);
    case 'header': {
      const name = rest.toLowerCase();
      return ({ request, proxied }) => (proxied ? request.headers[name] : undefined);
    }
    case 'req': {
      const follow = propertyPath(rest.split('.'));
      return ({ request }) => follow(request);
    }
  }
}

function propertyPath(names: readonly string[]): (request: IncomingMessage) => unknown {
  return (request) => {
    let value: unknown = request;
    try {
      for (const name of names) {
        if (typeof value !== 'object' || value === null) return undefined;
        value = (value as Record<string, unknown>)[name];
      }
    } catch {
      // A getter of the framework, which may run on what the client sent: that must not cost the record.
      return undefined;
    }
    return value;
  };
}

function cookie(request: IncomingMessage, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
