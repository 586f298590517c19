// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';
import type { TokenClaims } from './token-claims.ts';

/** Finds one id in a request: `req.user.id`, `token.sub`, `cookie.sid`. The first path that leads to a value wins. */
export type Resolver = (request: IncomingMessage, claims: TokenClaims | undefined) => string | undefined;

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

const MAX_ID_LENGTH = 4096;

export function resolver(paths: readonly string[]): Resolver {
  const steps = paths.map(compile);
  return (request, claims) => {
    for (const step of steps) {
      const id = idText(step(request, claims));
      if (id !== undefined) return id;
    }
    return undefined;
  };
}

type Step = (request: IncomingMessage, claims: TokenClaims | undefined) => unknown;

function compile(path: string): Step {
  const dot = path.indexOf('.');
  const source = path.slice(0, dot);
  const rest = path.slice(dot + 1);
  if (dot > 0 && rest !== '') {
    if (source === 'token') return (_request, claims) => claims?.text(rest);
    if (source === 'cookie') return (request) => cookie(request, rest);
    if (source === 'req') return propertyPath(rest.split('.'));
  }
  throw new TypeError(`not a resolver path such as req.user.id, token.sub or cookie.sid: ${path}`);
}

function propertyPath(names: readonly string[]): Step {
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

function idText(value: unknown): string | undefined {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH ? value : undefined;
}
