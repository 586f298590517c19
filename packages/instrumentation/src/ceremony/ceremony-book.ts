// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomBytes } from 'node:crypto';
import type { RequestShape } from '../http/request-shape.ts';
import type { Subject } from '../identity/subject.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Ceremony, Requirement } from './ceremony.ts';
import type { CeremonyIds } from './ceremony-id.ts';
import type { CeremonyStore } from './store/ceremony-store.ts';
import { ceremonyOf, ceremonyValue, type RenewalValue } from './store/entry-values.ts';

/** A refused request that may be tried again. */
export interface Demand {
  readonly ceremony: Ceremony;
  /** Wall clock, seconds. */
  readonly demandedAtS: number;
  /** What the refused request carried. */
  readonly shape: RequestShape;
  /** A request like it went through without the proof, and that was told. */
  readonly unmetTold: boolean;
}

export interface CeremonyFacts {
  readonly subject: Subject;
  readonly requirement: Requirement | undefined;
  readonly actionName: string | undefined;
}

/** The step-up that a session had last, and how long its user had been proved then. */
interface SessionCeremony {
  readonly ceremony: Ceremony;
  readonly authTimeS: number | undefined;
}

/** More than a busy process has open at once. */
const MAX_ENTRIES = 10_000;
const MAX_AGE_MS = 15 * 60_000;
/** Less than ends are remembered, by the time that a step-up takes. */
const REMEMBERED_SHARE = 0.9;

/**
 * The step-ups there are, by what leads to them: those that this process saw in memory, those of the other processes in
 * the store. It holds ids and keyed hashes only, and is never needed to find the id that a challenge gives: another
 * machine, or this one after its disk was lost, derives the same.
 */
export class CeremonyBook {
  readonly #ids: CeremonyIds;
  readonly #store: CeremonyStore;
  /** By the id that the challenge alone gives, which may not be the ceremony's own. */
  readonly #byChallenge: BoundedMap<Ceremony>;
  readonly #bySession: BoundedMap<SessionCeremony>;
  readonly #demands: BoundedMap<Demand>;

  /** @param nowMs monotonic milliseconds */
  constructor(ids: CeremonyIds, store: CeremonyStore, nowMs: () => number) {
    this.#ids = ids;
    this.#store = store;
    const limits = { maxEntries: MAX_ENTRIES, maxAgeMs: Math.max(MAX_AGE_MS, store.parts.abandonAfterMs) };
    this.#byChallenge = new BoundedMap(limits, nowMs);
    this.#bySession = new BoundedMap(limits, nowMs);
    this.#demands = new BoundedMap(limits, nowMs);
  }

  /** The step-up whose challenge this is, as far as this process or the store knows it. */
  knownByChallenge(challenge: string): Ceremony | undefined {
    const id = this.#ids.derive('webauthn', challenge);
    return this.#byChallenge.get(id) ?? this.#store.byAlias(id);
  }

  /** Whether the step-up of this challenge, which an answer carries, has ended. */
  answeredBefore(challenge: string | undefined): boolean {
    const known = challenge === undefined ? undefined : this.knownByChallenge(challenge);
    return known !== undefined && this.#store.ended(known) !== undefined;
  }

  /** The step-up that a challenge alone identifies, in any process. */
  ofChallenge(challenge: string, facts: CeremonyFacts): Ceremony {
    const id = this.#ids.derive('webauthn', challenge);
    const ceremony = newCeremony(id, 'derived', facts);
    this.#byChallenge.set(id, ceremony);
    this.#setPending(facts.subject, ceremony);
    return ceremony;
  }

  rememberChallenge(challenge: string, ceremony: Ceremony): void {
    const id = this.#ids.derive('webauthn', challenge);
    this.#byChallenge.set(id, ceremony);
    if (id !== ceremony.id) this.#store.setAlias(id, ceremony.id);
  }

  /** The step-up that the session has open, in any process of the store, and since its last proof. */
  pending(subject: Subject): Ceremony | undefined {
    const last = this.#last(subject);
    if (last === undefined || last.authTimeS !== subject.claims?.authTimeS) return undefined;
    // A session that somebody else has signed in to.
    if (isForeign(last.ceremony, subject)) return undefined;
    return this.#store.ended(last.ceremony) === undefined ? last.ceremony : undefined;
  }

  /** The step-up that the session had last, ended or not. */
  lastOf(subject: Subject): Ceremony | undefined {
    return this.#last(subject)?.ceremony;
  }

  #last({ joinId }: Subject): SessionCeremony | undefined {
    if (joinId === undefined) return undefined;
    const key = this.#ids.derive('session', joinId);
    // The store first: another process may have opened a later one.
    const shared = this.#store.pending(key);
    const own = this.#bySession.get(key);
    if (shared === undefined || shared.ceremony.id === own?.ceremony.id) return own;
    this.#bySession.set(key, shared);
    return shared;
  }

  /**
   * The step-up of a session, for want of anything better: the one it has open, unless another action is demanded, else
   * a new one. Where the token states when its user last proved himself, machines that share nothing agree on the id of
   * the first step-up after that.
   */
  ofSession(facts: CeremonyFacts): Ceremony {
    const { subject, actionName } = facts;
    const pending = this.pending(subject);
    const same = actionName === undefined || (pending?.correlation === 'inferred' && pending.actionName === actionName);
    if (pending !== undefined && (same || pending.actionName === undefined)) {
      // What began with a challenge or an answer gets its demand.
      pending.actionName ??= actionName;
      pending.requirement ??= facts.requirement;
      return pending;
    }
    const ceremony = newCeremony(this.#freshId(subject), 'inferred', facts);
    this.#setPending(subject, ceremony);
    return ceremony;
  }

  /** An id that no step-up has had: of the session and its last proof while that is recent, else a random one. */
  #freshId({ joinId, claims }: Subject): string {
    const authTimeS = claims?.authTimeS;
    // As long as ends are remembered, an id that is no older cannot come a second time.
    const keptMs = this.#store.entries.keptMs('done') * REMEMBERED_SHARE;
    const recent = authTimeS !== undefined && this.#store.parts.now() - authTimeS * 1000 < keptMs;
    if (joinId !== undefined && recent) {
      const id = this.#ids.derive('session', `${joinId}\0${authTimeS}`);
      if (this.#store.find(id) === undefined) return id;
    }
    return randomBytes(17).toString('base64url').slice(0, 22);
  }

  demand(joinId: string, requestKey: string): Demand | undefined {
    const key = this.#demandKey(joinId, requestKey);
    const own = this.#demands.get(key);
    if (own !== undefined) return own;
    const shared = this.#store.demand(key);
    if (shared === undefined) return undefined;
    return {
      ceremony: ceremonyOf(shared.ceremony),
      demandedAtS: shared.demandedS,
      shape: shared.shape,
      unmetTold: shared.unmetTold,
    };
  }

  setDemand(joinId: string, requestKey: string, demand: Demand): void {
    const key = this.#demandKey(joinId, requestKey);
    this.#demands.set(key, demand);
    this.#store.setDemand(key, {
      ceremony: ceremonyValue(demand.ceremony),
      demandedS: demand.demandedAtS,
      shape: demand.shape,
      unmetTold: demand.unmetTold,
    });
  }

  dropDemand(joinId: string, requestKey: string): void {
    const key = this.#demandKey(joinId, requestKey);
    this.#demands.delete(key);
    this.#store.dropDemand(key);
  }

  /** Services give a session a new id when its user has proved himself, lest somebody planted the old one. */
  renewed(joinId: string, renewal: RenewalValue): void {
    this.#store.setRenewal(joinId, renewal);
  }

  renewalOf(joinId: string): RenewalValue | undefined {
    return this.#store.renewal(joinId);
  }

  #setPending({ joinId, claims }: Subject, ceremony: Ceremony): void {
    if (joinId === undefined) return;
    const key = this.#ids.derive('session', joinId);
    this.#bySession.set(key, { ceremony, authTimeS: claims?.authTimeS });
    this.#store.setPending(key, { id: ceremony.id, authTimeS: claims?.authTimeS });
  }

  /** Of fixed length, since a path is as long as its client likes. */
  #demandKey(joinId: string, requestKey: string): string {
    return this.#ids.derive('request', `${joinId}\0${requestKey}`);
  }
}

/** Whether it is known to be of another user. */
export function isForeign({ userHash }: Ceremony, subject: Subject): boolean {
  return userHash !== undefined && subject.userHash !== undefined && userHash !== subject.userHash;
}

export function newCeremony(id: string, correlation: Ceremony['correlation'], facts: CeremonyFacts): Ceremony {
  return {
    id,
    correlation,
    userHash: facts.subject.userHash,
    requirement: facts.requirement,
    actionName: facts.actionName,
    method: undefined,
    startedAtMs: undefined,
    startedWallMs: undefined,
    expiresWallMs: undefined,
    answers: 0,
    outcome: undefined,
  };
}
