// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlockList } from 'node:net';
import { BoundedMap } from '../ceremony/bounded-map.ts';
import type { CeremonyIds } from '../ceremony/ceremony-id.ts';
import { headerFields } from '../http/response-header.ts';
import { type ClientAddress, clientAddress } from './client-address.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { type Resolver, resolver } from './resolver.ts';
import { type TokenClaims, tokenClaims } from './token-claims.ts';

/** Who is behind a request, as far as it shows. Records and what is remembered between requests get the hashes. */
export interface Subject {
  readonly userId: string | undefined;
  readonly userHash: string | undefined;
  readonly sessionHash: string | undefined;
  /** The session's hash before its id was renewed, where this process saw that. */
  readonly formerSessionHash: string | undefined;
  /** What ties a request to the one before it, hashed: the session where it outlives a new token, else the user. */
  readonly joinId: string | undefined;
  readonly claims: TokenClaims | undefined;
  readonly client: ClientAddress | undefined;
  readonly clientHash: string | undefined;
}

/** The subject of a call that belongs to no request. */
export const NOBODY: Subject = {
  userId: undefined,
  userHash: undefined,
  sessionHash: undefined,
  formerSessionHash: undefined,
  joinId: undefined,
  claims: undefined,
  client: undefined,
  clientHash: undefined,
};

/** Most sessions end within a day, and a service renews few at a time. */
const RENEWAL_LIMITS = { maxEntries: 10_000, maxAgeMs: 24 * 3_600_000 };

export class SubjectReader {
  readonly #user: Resolver;
  readonly #session: Resolver;
  readonly #sessionCookies: readonly string[];
  readonly #proxies: BlockList;
  readonly #pseudonyms: Pseudonyms;
  readonly #ids: CeremonyIds;
  /** Hash of a session to that of the one it continues, for those that this process renewed. */
  readonly #formerSessions: BoundedMap<string>;

  /** @param parts `session` are paths, since the cookies among them are looked for in responses too. */
  constructor(parts: {
    user: Resolver;
    session: readonly string[];
    proxies: BlockList;
    pseudonyms: Pseudonyms;
    ids: CeremonyIds;
    /** Monotonic milliseconds. */
    nowMs: () => number;
  }) {
    this.#user = parts.user;
    this.#session = resolver(parts.session);
    this.#sessionCookies = parts.session
      .filter((path) => path.startsWith('cookie.'))
      .map((path) => path.slice('cookie.'.length));
    this.#proxies = parts.proxies;
    this.#pseudonyms = parts.pseudonyms;
    this.#ids = parts.ids;
    this.#formerSessions = new BoundedMap(RENEWAL_LIMITS, parts.nowMs);
  }

  /** @param peer address of the socket's other end. */
  read(request: IncomingMessage, peer: string | undefined): Subject {
    const claims = tokenClaims(request);
    const userId = this.#user(request, claims);
    const sessionId = this.#session(request, claims);
    const sessionHash = sessionId === undefined ? undefined : this.#pseudonyms.hash('session', sessionId);
    const client = clientAddress(peer, request.headers['x-forwarded-for'], this.#proxies);
    return {
      userId,
      userHash: userId === undefined ? undefined : this.#pseudonyms.hash('user', userId),
      sessionHash,
      formerSessionHash: sessionHash === undefined ? undefined : this.#formerSessions.get(sessionHash),
      joinId: this.#joinId(sessionId, userId, claims),
      claims,
      client,
      clientHash: client === undefined ? undefined : this.#pseudonyms.hash('client', client.address),
    };
  }

  /**
   * The `joinId` of the next request's session: of a cookie of the response, or of what the service set by now.
   *
   * @param former who gave the proof that the session got its new id for
   */
  nextJoinId(request: IncomingMessage, response: ServerResponse, former?: Subject): string | undefined {
    for (const name of this.#sessionCookies) {
      const value = cookieSet(response, name);
      if (value === undefined) continue;
      this.#rememberRenewal(value, former);
      return this.#joinId(value, undefined, undefined);
    }
    const claims = tokenClaims(request);
    const sessionId = this.#session(request, claims);
    if (sessionId !== claims?.jti) this.#rememberRenewal(sessionId, former);
    return this.#joinId(sessionId, undefined, claims);
  }

  #rememberRenewal(sessionId: string | undefined, former: Subject | undefined): void {
    if (sessionId === undefined || former?.sessionHash === undefined) return;
    const hash = this.#pseudonyms.hash('session', sessionId);
    if (hash !== former.sessionHash) this.#formerSessions.set(hash, former.sessionHash);
  }

  #joinId(
    sessionId: string | undefined,
    userId: string | undefined,
    claims: TokenClaims | undefined,
  ): string | undefined {
    // A token's own id changes with the token, and a step-up brings a new token.
    if (sessionId !== undefined && sessionId !== claims?.jti) return this.#ids.derive('join session', sessionId);
    return userId === undefined ? undefined : this.#ids.derive('join user', userId);
  }
}

function cookieSet(response: ServerResponse, name: string): string | undefined {
  for (const field of headerFields(response, 'set-cookie')) {
    const [pair = ''] = field.split(';', 1);
    const equals = pair.indexOf('=');
    const value = pair.slice(equals + 1).trim();
    if (equals > 0 && pair.slice(0, equals).trim() === name && value !== '') return value;
  }
  return undefined;
}
