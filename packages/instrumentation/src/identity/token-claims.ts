// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';

/** The claims of an access token that say who proved what, and when. RFC 9470 section 5, OpenID Connect Core section 2. */
export interface TokenClaims {
  readonly sub?: string;
  readonly sid?: string;
  readonly jti?: string;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** Seconds since 1970. */
  readonly authTimeS?: number;
  /** Any other claim that is text, for resolvers by path. */
  text(name: string): string | undefined;
}

const MAX_TOKEN_LENGTH = 16_384;

/**
 * The claims of the JWT that a request carries in `Authorization`, or nothing.
 *
 * The signature is not checked: whoever sends the request controls every claim until the service has accepted the
 * token. Ids among them are recorded as keyed hashes; level, methods and time only where the service granted access.
 */
export function tokenClaims(request: IncomingMessage): TokenClaims | undefined {
  const authorization = request.headers.authorization;
  if (authorization === undefined || authorization.length > MAX_TOKEN_LENGTH) return undefined;
  const payload = /^(?:Bearer|DPoP) +[\w-]+\.([\w-]+)\.[\w-]*$/i.exec(authorization)?.[1];
  return payload === undefined ? undefined : claimsOf(payload);
}

function claimsOf(payload: string): TokenClaims | undefined {
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined;
  const own = claims as Record<string, unknown>;
  const text = (name: string): string | undefined => {
    const value = Object.hasOwn(own, name) ? own[name] : undefined;
    if (typeof value === 'string' && value !== '') return value;
    return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
  };
  const authTime = Object.hasOwn(own, 'auth_time') ? own['auth_time'] : undefined;
  const amr = Object.hasOwn(own, 'amr') ? own['amr'] : undefined;
  return {
    ...present('sub', text('sub')),
    ...present('sid', text('sid')),
    ...present('jti', text('jti')),
    ...present('acr', text('acr')),
    ...(Array.isArray(amr) && amr.every((method) => typeof method === 'string') ? { amr } : {}),
    ...(typeof authTime === 'number' && Number.isSafeInteger(authTime) && authTime >= 0 ? { authTimeS: authTime } : {}),
    text,
  };
}

function present<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: string });
}
