// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomBytes } from 'node:crypto';
import type { Subject } from '../identity/subject.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Ceremony, Requirement } from './ceremony.ts';
import type { CeremonyIds } from './ceremony-id.ts';

/** A refused request that may be tried again. */
export interface Demand {
  readonly ceremony: Ceremony;
  /** Wall clock, seconds. */
  readonly demandedAtS: number;
  /** `content-length` of the refused request. */
  readonly length: string | undefined;
  /** A request like it went through without the proof, and that was told. */
  unmetTold: boolean;
}

/** A session whose id was changed when its step-up passed. */
interface Renewal {
  readonly formerJoinId: string;
  readonly formerSessionHash: string | undefined;
}

export interface CeremonyFacts {
  readonly subject: Subject;
  readonly requirement: Requirement | undefined;
  readonly actionName: string | undefined;
}

/** More than a busy process has open at once; a step-up takes a person minutes at most. */
const LIMITS = { maxEntries: 10_000, maxAgeMs: 15 * 60_000 };

/**
 * The step-ups this process knows of, by what leads to them. It holds ids and keyed hashes only, forgets after 15
 * minutes, and is never needed to find an id: another process, or this one after a restart, derives the same.
 */
export class CeremonyBook {
  readonly #ids: CeremonyIds;
  /** By the id that the challenge alone gives, which may not be the ceremony's own. */
  readonly #byChallenge: BoundedMap<Ceremony>;
  readonly #bySession: BoundedMap<Ceremony>;
  readonly #demands: BoundedMap<Demand>;
  readonly #renewals: BoundedMap<Renewal>;

  constructor(ids: CeremonyIds, nowMs: () => number) {
    this.#ids = ids;
    this.#byChallenge = new BoundedMap(LIMITS, nowMs);
    this.#bySession = new BoundedMap(LIMITS, nowMs);
    this.#demands = new BoundedMap(LIMITS, nowMs);
    this.#renewals = new BoundedMap(LIMITS, nowMs);
  }

  get awaitsRetries(): boolean {
    return this.#demands.size > 0;
  }

  /** The step-up whose challenge this is, as far as this process knows it. */
  knownByChallenge(challenge: string): Ceremony | undefined {
    return this.#byChallenge.get(this.#ids.derive('webauthn', challenge));
  }

  /** The step-up that a challenge alone identifies, in any process. */
  ofChallenge(challenge: string, facts: CeremonyFacts): Ceremony {
    const id = this.#ids.derive('webauthn', challenge);
    const ceremony = newCeremony(id, 'derived', facts);
    this.#byChallenge.set(id, ceremony);
    return ceremony;
  }

  rememberChallenge(challenge: string, ceremony: Ceremony): void {
    this.#byChallenge.set(this.#ids.derive('webauthn', challenge), ceremony);
  }

  /**
   * The step-up of a session, for want of anything better. A new token brings a new `auth_time` and with it a new id;
   * where there is none, what this process saw end is counted instead, which other processes do not know.
   */
  ofSession(facts: CeremonyFacts): Ceremony {
    const { joinId, claims } = facts.subject;
    // Nobody can answer for a request that nothing ties to another: it stands alone.
    if (joinId === undefined) return newCeremony(randomBytes(17).toString('base64url').slice(0, 22), 'inferred', facts);
    const material = `${joinId}\0${claims?.authTimeS ?? ''}`;
    for (let round = 0; ; round += 1) {
      const id = this.#ids.derive('session', round === 0 ? material : `${material}\0${round}`);
      const known = this.#bySession.get(id);
      if (known === undefined) {
        const ceremony = newCeremony(id, 'inferred', facts);
        this.#bySession.set(id, ceremony);
        return ceremony;
      }
      if (known.outcome === undefined) return known;
    }
  }

  demand(joinId: string, requestKey: string): Demand | undefined {
    return this.#demands.get(this.#demandKey(joinId, requestKey));
  }

  setDemand(joinId: string, requestKey: string, demand: Demand): void {
    this.#demands.set(this.#demandKey(joinId, requestKey), demand);
  }

  dropDemand(joinId: string, requestKey: string): void {
    this.#demands.delete(this.#demandKey(joinId, requestKey));
  }

  /** Services give a session a new id when its user has proved himself, lest somebody planted the old one. */
  renewed(joinId: string, renewal: Renewal): void {
    this.#renewals.set(joinId, renewal);
  }

  renewalOf(joinId: string): Renewal | undefined {
    return this.#renewals.get(joinId);
  }

  /** Of fixed length, since a path is as long as its client likes. */
  #demandKey(joinId: string, requestKey: string): string {
    return this.#ids.derive('request', `${joinId}\0${requestKey}`);
  }
}

function newCeremony(id: string, correlation: Ceremony['correlation'], facts: CeremonyFacts): Ceremony {
  return {
    id,
    correlation,
    userHash: facts.subject.userHash,
    requirement: facts.requirement,
    actionName: facts.actionName,
    method: undefined,
    challengedAtMs: undefined,
    answers: 0,
    outcome: undefined,
  };
}
