// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';
import { type HttpFacts, requestKey, routeLabel } from '../http/http-facts.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Requirement } from './ceremony.ts';
import type { CeremonyIds } from './ceremony-id.ts';
import type { CeremonyStore } from './store/ceremony-store.ts';
import type { RouteValue } from './store/entry-values.ts';

/** A service has few guarded actions; those without a route template are told apart by path. */
const LIMITS = { maxEntries: 2_000, maxAgeMs: 24 * 3_600_000 };
/** A file that is used stays young. */
const WRITE_AGAIN_MS = 3_600_000;
/** Files looked at in one round. */
const PER_ROUND = 256;

type Role = 'demands' | 'answers';

/**
 * Which routes demand step-ups, and which check the answers: learned from what they did, in any process of the store.
 * Asked at the end of every response, so for all others it must cost next to nothing.
 */
export class GuardedRoutes {
  readonly #ids: CeremonyIds;
  readonly #store: CeremonyStore;
  readonly #nowMs: () => number;
  /** Labels this process saw in their role. */
  readonly #labels: BoundedMap<true>;
  /** Keyed hashes of the labels that other processes saw. */
  readonly #foreign = new Set<string>();
  readonly #hashes: BoundedMap<string>;
  readonly #requirements: BoundedMap<Requirement>;
  readonly #writtenMs: BoundedMap<{ readonly atMs: number; readonly content: string }>;

  constructor(ids: CeremonyIds, store: CeremonyStore, nowMs: () => number) {
    this.#ids = ids;
    this.#store = store;
    this.#nowMs = nowMs;
    this.#labels = new BoundedMap(LIMITS, nowMs);
    this.#hashes = new BoundedMap(LIMITS, nowMs);
    this.#requirements = new BoundedMap(LIMITS, nowMs);
    this.#writtenMs = new BoundedMap(LIMITS, nowMs);
  }

  demanded(request: IncomingMessage, http: HttpFacts, requirement: Requirement): void {
    const key = this.#key(request, http);
    this.#requirements.set(key, requirement);
    this.#learn('demands', request, http.route === undefined ? undefined : { key, requirement });
  }

  answered(request: IncomingMessage): void {
    this.#learn('answers', request, undefined);
  }

  /** Whether a request like this may have been refused before, or may be an answer. Errs towards yes. */
  is(role: Role, request: IncomingMessage): boolean {
    if (this.#labels.empty && this.#foreign.size === 0) return false;
    const label = `${role} ${routeLabel(request)}`;
    return this.#labels.has(label) || (this.#foreign.size > 0 && this.#foreign.has(this.#hash(label)));
  }

  /** What this action demanded last. */
  requirement(request: IncomingMessage, http: HttpFacts): Requirement | undefined {
    const key = this.#key(request, http);
    const own = this.#requirements.get(key);
    return own ?? (http.route === undefined ? undefined : this.#store.route(key)?.requirement);
  }

  /** Takes over what other processes have learned since. */
  async refresh(): Promise<void> {
    const { entries } = this.#store;
    if (this.#foreign.size > LIMITS.maxEntries) this.#foreign.clear();
    for (const name of await entries.some('route', PER_ROUND)) {
      const value = entries.get('route', name) as RouteValue | undefined;
      if (value !== undefined) this.#foreign.add(value.label);
    }
  }

  #learn(
    role: Role,
    request: IncomingMessage,
    action: { readonly key: string; readonly requirement: Requirement } | undefined,
  ): void {
    const text = `${role} ${routeLabel(request)}`;
    this.#labels.set(text, true);
    const label = this.#hash(text);
    const value: RouteValue = { label, requirement: action?.requirement };
    const key = action?.key ?? label;
    const content = JSON.stringify(value);
    const written = this.#writtenMs.get(key);
    const now = this.#nowMs();
    if (written?.content === content && now - written.atMs < WRITE_AGAIN_MS) return;
    this.#writtenMs.set(key, { atMs: now, content });
    this.#store.setRoute(key, value);
  }

  #hash(label: string): string {
    const known = this.#hashes.get(label);
    if (known !== undefined) return known;
    const hash = this.#ids.derive('route', label);
    this.#hashes.set(label, hash);
    return hash;
  }

  #key(request: IncomingMessage, http: HttpFacts): string {
    return this.#ids.derive('route', `action ${http.route === undefined ? requestKey(request) : http.actionName}`);
  }
}
