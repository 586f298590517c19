// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';
import { type HttpFacts, httpFacts, requestKey, routeLabel } from '../http/http-facts.ts';
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

/**
 * Which routes demand step-ups, and which check the answers: learned from what they did, in any process of the store.
 * Asked at the end of every response, so for all others it must cost next to nothing.
 */
export class GuardedRoutes {
  readonly #ids: CeremonyIds;
  readonly #store: CeremonyStore;
  readonly #nowMs: () => number;
  /** Labels of the routes that this process saw demand. */
  readonly #labels: BoundedMap<true>;
  /** Keyed hashes of the labels that other processes saw. */
  readonly #foreign = new Set<string>();
  /** Entries that were read. */
  readonly #looked = new Set<string>();
  readonly #hashes: BoundedMap<string>;
  readonly #requirements: BoundedMap<Requirement>;
  /** Keys of the routes and paths where this process saw answers checked. */
  readonly #answering: BoundedMap<true>;
  readonly #written: BoundedMap<{ readonly atMs: number; readonly content: string }>;

  constructor(ids: CeremonyIds, store: CeremonyStore, nowMs: () => number) {
    this.#ids = ids;
    this.#store = store;
    this.#nowMs = nowMs;
    this.#labels = new BoundedMap(LIMITS, nowMs);
    this.#hashes = new BoundedMap(LIMITS, nowMs);
    this.#requirements = new BoundedMap(LIMITS, nowMs);
    this.#answering = new BoundedMap(LIMITS, nowMs);
    this.#written = new BoundedMap(LIMITS, nowMs);
  }

  demanded(request: IncomingMessage, http: HttpFacts, requirement: Requirement): void {
    const text = routeLabel(request);
    this.#labels.set(text, true);
    const key = this.#key(request, http);
    this.#requirements.set(key, requirement);
    const label = this.#hash(text);
    if (http.route === undefined) this.#write(label, { label });
    else this.#write(key, { label, requirement });
  }

  /** An answer was checked in this request. */
  answered(request: IncomingMessage): void {
    const known = httpFacts(request, undefined);
    // By its path too: what turns a client away later may do so before the route is found.
    this.#answering.set(this.#answerKey(requestKey(request)), true);
    const key = this.#answerKey(known.route === undefined ? requestKey(request) : known.actionName);
    this.#answering.set(key, true);
    this.#write(key, { label: '' });
  }

  /** Whether answers are checked where this request goes, as far as this process or the store knows. */
  checksAnswers(request: IncomingMessage, http: HttpFacts): boolean {
    const keys = [requestKey(request), http.actionName].map((text) => this.#answerKey(text));
    return keys.some((key) => this.#answering.has(key) || this.#store.route(key) !== undefined);
  }

  /** Whether a request like this may have been refused before. Errs towards yes. */
  mayDemand(request: IncomingMessage): boolean {
    if (this.#labels.empty && this.#foreign.size === 0) return false;
    // A demand may have been made before the route was found.
    return this.#knows(routeLabel(request)) || this.#knows(`${request.method}`);
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
    if (this.#looked.size > LIMITS.maxEntries) {
      this.#looked.clear();
      this.#foreign.clear();
    }
    for (const name of await entries.some('route', PER_ROUND)) {
      // Of an action only its requirement changes, which is read when it is needed.
      if (this.#looked.has(name)) continue;
      const value = entries.get('route', name) as RouteValue | undefined;
      if (value === undefined) continue;
      this.#looked.add(name);
      if (value.label !== '') this.#foreign.add(value.label);
    }
  }

  #knows(label: string): boolean {
    return this.#labels.has(label) || (this.#foreign.size > 0 && this.#foreign.has(this.#hash(label)));
  }

  #write(key: string, value: RouteValue): void {
    const content = JSON.stringify(value);
    const written = this.#written.get(key);
    const now = this.#nowMs();
    if (written?.content === content && now - written.atMs < WRITE_AGAIN_MS) return;
    this.#written.set(key, { atMs: now, content });
    this.#store.setRoute(key, value);
  }

  #hash(label: string): string {
    const known = this.#hashes.get(label);
    if (known !== undefined) return known;
    const hash = this.#ids.derive('route', `demands ${label}`);
    this.#hashes.set(label, hash);
    return hash;
  }

  #key(request: IncomingMessage, http: HttpFacts): string {
    return this.#ids.derive('route', `action ${http.route === undefined ? requestKey(request) : http.actionName}`);
  }

  #answerKey(text: string): string {
    return this.#ids.derive('route', `answers ${text}`);
  }
}
