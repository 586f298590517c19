// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlockList } from 'node:net';
import type { CeremonyIds } from '../ceremony/ceremony-id.ts';
import { headerFields } from '../http/response-header.ts';
import { type ClientAddress, clientAddress, isTrustedProxy } from './client-address.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { readBoolean, readCountry, readLocality, readTime } from './read-value.ts';
import { type Resolver, resolver, resolverOf, type Source, serviceResolver } from './resolver.ts';
import { NOBODY, type Subject } from './subject.ts';
import { tokenClaims } from './token-claims.ts';
import { userAgentName } from './user-agent.ts';

/** Where each thing is found; what is left out is not looked for. */
export interface SubjectPaths {
  readonly user: readonly string[];
  readonly session: readonly string[];
  readonly sessionStartedAt?: readonly string[] | undefined;
  readonly device?: readonly string[] | undefined;
  readonly deviceKnown?: readonly string[] | undefined;
  readonly country?: readonly string[] | undefined;
  readonly locality?: readonly string[] | undefined;
}

export interface SubjectReaderParts {
  readonly paths: SubjectPaths;
  readonly proxies: BlockList;
  readonly pseudonyms: Pseudonyms;
  readonly ids: CeremonyIds;
  /** The hash of the session that the one with this `joinId` continues, if it was renewed. */
  readonly formerSession?: (joinId: string) => string | undefined;
}

export class SubjectReader {
  readonly #parts: SubjectReaderParts;
  readonly #resolvers: Resolvers;
  readonly #sessionCookies: readonly string[];

  /** @throws {TypeError} when a path cannot be read. */
  constructor(parts: SubjectReaderParts) {
    const { paths } = parts;
    this.#parts = parts;
    this.#resolvers = {
      user: resolver(paths.user),
      userOfService: resolver(paths.user.filter((path) => /^(?:req|header)\./.test(path))),
      session: resolver(paths.session),
      sessionStartedAt: resolverOf(paths.sessionStartedAt ?? [], readTime),
      device: resolver(paths.device ?? []),
      deviceKnown: serviceResolver(paths.deviceKnown ?? [], readBoolean),
      country: serviceResolver(paths.country ?? [], readCountry),
      locality: serviceResolver(paths.locality ?? [], readLocality),
    };
    this.#sessionCookies = paths.session
      .filter((path) => path.startsWith('cookie.'))
      .map((path) => path.slice('cookie.'.length));
  }

  /**
   * @param peer address of the socket's other end.
   * @param ids what the service says itself, which goes first.
   */
  read(request: IncomingMessage, peer: string | undefined, ids: NamedIds = {}): Subject {
    const proxied = isTrustedProxy(peer, this.#parts.proxies);
    const source = { request, claims: tokenClaims(request), proxied };
    return new RequestSubject(this.#parts, this.#resolvers, source, peer, ids);
  }

  /** Somebody whom the service itself names, outside any request. */
  named(ids: NamedIds): Subject {
    const { pseudonyms } = this.#parts;
    const joinId = joinIdOf(this.#parts.ids, ids.session, ids.user);
    return {
      ...NOBODY,
      userId: ids.user,
      userHash: ids.user === undefined ? undefined : pseudonyms.hash('user', ids.user),
      sessionHash: ids.session === undefined ? undefined : pseudonyms.hash('session', ids.session),
      formerSessionHash: joinId === undefined ? undefined : this.#parts.formerSession?.(joinId),
      joinId,
      isVouchedFor: true,
    };
  }

  /** The `joinId` of the next request's session: of a cookie of the response, or of what the service set by now. */
  nextJoinId(request: IncomingMessage, response: ServerResponse): string | undefined {
    const { ids } = this.#parts;
    for (const name of this.#sessionCookies) {
      const value = cookieSet(response, name);
      if (value !== undefined) return joinIdOf(ids, value, undefined);
    }
    const claims = tokenClaims(request);
    // What a proxy's header says of a session does not change within a request.
    const sessionId = this.#resolvers.session({ request, claims, proxied: false });
    return sessionId === undefined || sessionId === claims?.jti ? undefined : joinIdOf(ids, sessionId, undefined);
  }
}

/** Ids of whom a call of the service itself is about. */
export interface NamedIds {
  readonly user?: string | undefined;
  readonly session?: string | undefined;
}

interface Resolvers {
  readonly user: Resolver;
  /** The same where the service or its proxy says it. */
  readonly userOfService: Resolver;
  readonly session: Resolver;
  readonly sessionStartedAt: Resolver;
  readonly device: Resolver;
  readonly deviceKnown: Resolver<boolean>;
  readonly country: Resolver;
  readonly locality: Resolver;
}

/**
 * The ids are read at once, since a service may renew the session while the request is served. Hashes and whatever else
 * costs something are worked out when a record asks for them: most requests that are looked at make none.
 */
class RequestSubject implements Subject {
  readonly userId: string | undefined;
  readonly claims: Subject['claims'];
  readonly #parts: SubjectReaderParts;
  readonly #resolvers: Resolvers;
  readonly #source: Source;
  readonly #peer: string | undefined;
  readonly #sessionId: string | undefined;
  readonly #named: NamedIds;
  #userHash: string | undefined;
  #sessionHash: string | undefined;
  #joinId: string | undefined;
  #client: ClientAddress | undefined;
  #clientHash: string | undefined;

  constructor(
    parts: SubjectReaderParts,
    resolvers: Resolvers,
    source: Source,
    peer: string | undefined,
    ids: NamedIds,
  ) {
    this.#parts = parts;
    this.#resolvers = resolvers;
    this.#source = source;
    this.#peer = peer;
    this.#named = ids;
    this.claims = source.claims;
    this.userId = ids.user ?? resolvers.user(source);
    this.#sessionId = ids.session ?? resolvers.session(source);
  }

  get userHash(): string | undefined {
    if (this.userId === undefined) return undefined;
    this.#userHash ??= this.#parts.pseudonyms.hash('user', this.userId);
    return this.#userHash;
  }

  get sessionHash(): string | undefined {
    if (this.#sessionId === undefined) return undefined;
    this.#sessionHash ??= this.#parts.pseudonyms.hash('session', this.#sessionId);
    return this.#sessionHash;
  }

  get formerSessionHash(): string | undefined {
    const { joinId } = this;
    return joinId === undefined ? undefined : this.#parts.formerSession?.(joinId);
  }

  get sessionStartedAt(): string | undefined {
    return this.#resolvers.sessionStartedAt(this.#source);
  }

  get joinId(): string | undefined {
    this.#joinId ??= joinIdOf(this.#parts.ids, this.#lastingSession, this.userId);
    return this.#joinId;
  }

  get isVouchedFor(): boolean {
    if (this.#lastingSession !== undefined || this.#named.user !== undefined) return true;
    return this.#resolvers.userOfService(this.#source) !== undefined;
  }

  /** A token's own id changes with the token, and a step-up brings a new token. */
  get #lastingSession(): string | undefined {
    return this.#sessionId === this.claims?.jti ? undefined : this.#sessionId;
  }

  get client(): ClientAddress | undefined {
    const forwarded = this.#source.request.headers['x-forwarded-for'];
    this.#client ??= clientAddress(this.#peer, forwarded, this.#parts.proxies);
    return this.#client;
  }

  get clientHash(): string | undefined {
    if (this.client === undefined) return undefined;
    this.#clientHash ??= this.#parts.pseudonyms.hash('client', this.client.address);
    return this.#clientHash;
  }

  get country(): string | undefined {
    return this.#resolvers.country(this.#source);
  }

  get locality(): string | undefined {
    return this.#resolvers.locality(this.#source);
  }

  get userAgentName(): string | undefined {
    return userAgentName(this.#source.request.headers['user-agent']);
  }

  get deviceHash(): string | undefined {
    const id = this.#resolvers.device(this.#source);
    return id === undefined ? undefined : this.#parts.pseudonyms.hash('device', id);
  }

  get deviceKnown(): boolean | undefined {
    return this.#resolvers.deviceKnown(this.#source);
  }
}

function joinIdOf(ids: CeremonyIds, sessionId: string | undefined, userId: string | undefined): string | undefined {
  if (sessionId !== undefined) return ids.derive('join session', sessionId);
  return userId === undefined ? undefined : ids.derive('join user', userId);
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
