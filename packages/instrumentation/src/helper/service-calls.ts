// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomBytes } from 'node:crypto';
import { toUSVString } from 'node:util';
import { ATTRIBUTES, type RegistryAttributes } from '@stepseal/core/semconv';
import { BoundedMap } from '../ceremony/bounded-map.ts';
import type { Ceremony, Requirement } from '../ceremony/ceremony.ts';
import { type CeremonyBook, newCeremony } from '../ceremony/ceremony-book.ts';
import { durationOf } from '../ceremony/duration.ts';
import type { Endings } from '../ceremony/endings.ts';
import type { RequestFrame } from '../ceremony/frame.ts';
import type { GuardedRoutes } from '../ceremony/guarded-routes.ts';
import type { CeremonyStore } from '../ceremony/store/ceremony-store.ts';
import type { Teller } from '../ceremony/teller.ts';
import type { DraftRecord, EventDetail } from '../events.ts';
import { activeContext } from '../global-api.ts';
import { httpFacts, requestKey } from '../http/http-facts.ts';
import type { Pseudonyms } from '../identity/pseudonyms.ts';
import { readId } from '../identity/read-value.ts';
import type { Subject } from '../identity/subject.ts';
import type { SubjectReader } from '../identity/subject-reader.ts';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.ts';
import { callDetails } from './call-details.ts';
import { checkTold } from './check-told.ts';
import type { HelperCall } from './inputs.ts';
import { type Given, toldAttributes } from './told-attributes.ts';
import { toldSentence } from './told-sentence.ts';

export interface ServiceCallsParts {
  readonly book: CeremonyBook;
  readonly store: CeremonyStore;
  readonly endings: Endings;
  readonly routes: GuardedRoutes;
  readonly subjects: SubjectReader;
  readonly pseudonyms: Pseudonyms;
  readonly teller: Teller;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Told what is wrong with a call, without its values. */
  readonly fault: (call: HelperCall, message: string) => void;
}

const SOURCE = { library: PACKAGE_NAME, libraryVersion: PACKAGE_VERSION };
const ID = /^[\w-]{1,64}$/;
/** A step-up that has ended still has its access told, by whoever tells it. */
const LAST_LIMITS = { maxEntries: 10_000, maxAgeMs: 15 * 60_000 };

/**
 * What the service tells by itself, in the same words as what is observed: same ids, same hashes, same gate. Where both
 * see a thing, whoever comes first tells it.
 */
export class ServiceCalls {
  readonly #parts: ServiceCallsParts;
  /** The step-up that was last told of a session. */
  readonly #last: BoundedMap<Ceremony>;

  constructor(parts: ServiceCallsParts) {
    this.#parts = parts;
    this.#last = new BoundedMap(LAST_LIMITS, parts.nowMs);
  }

  /** @returns the id of the step-up, or nothing where the call was not recorded. */
  tell(call: HelperCall, given: unknown, frame: RequestFrame | undefined): string | undefined {
    if (typeof given !== 'object' || given === null) {
      this.#parts.fault(call, 'it takes an object; nothing was recorded');
      return undefined;
    }
    return new ServiceCall(this.#parts, this.#last, call, given as Given, frame).tell();
  }
}

/** One call, with what is known of whom and what it is about. */
class ServiceCall {
  readonly #parts: ServiceCallsParts;
  readonly #last: BoundedMap<Ceremony>;
  readonly #call: HelperCall;
  readonly #given: Given;
  readonly #frame: RequestFrame | undefined;
  readonly #faults: string[] = [];
  readonly #subject: Subject;

  constructor(
    parts: ServiceCallsParts,
    last: BoundedMap<Ceremony>,
    call: HelperCall,
    given: Given,
    frame: RequestFrame | undefined,
  ) {
    this.#parts = parts;
    this.#last = last;
    this.#call = call;
    this.#given = given;
    this.#frame = frame;
    // Of a review the user is the one whose step-up it was; who reviews is whoever the request is from.
    const ids = call === 'review' ? {} : { user: this.#id('user'), session: this.#id('session') };
    this.#subject =
      frame === undefined ? parts.subjects.named(ids) : parts.subjects.read(frame.request, frame.peerAddress, ids);
  }

  tell(): string | undefined {
    const ceremony = this.#ceremony();
    const draft = this.#call === 'review' && ceremony === undefined ? undefined : this.#draft(ceremony);
    if (draft !== undefined) this.#record(draft, ceremony);
    if (this.#faults.length > 0) {
      const lost = draft === undefined ? 'it was not recorded' : 'the rest was recorded';
      this.#parts.fault(this.#call, `${this.#faults.join(', ')}; ${lost}`);
    }
    return draft === undefined ? undefined : ceremony?.id;
  }

  #record(draft: DraftRecord, ceremony: Ceremony | undefined): void {
    const { store, teller } = this.#parts;
    const call = this.#call;
    const frame = this.#frame;
    const aside = call === 'enrolled' || call === 'review' || this.#isUndemanded();
    if (frame !== undefined) {
      frame.context ??= activeContext();
      frame.told ??= { ceremony: undefined, calls: new Set() };
      frame.told.calls.add(call);
      if (!aside) frame.told.ceremony ??= ceremony;
    }
    if (ceremony === undefined || aside || call === 'evaluated') {
      teller.send(draft, frame);
      return;
    }
    this.#advance(ceremony, draft);
    // Before it is told: after a crash the next process must find what to end.
    if (call === 'required' || call === 'challenged' || call === 'attempted') store.opened(ceremony, draft.attributes);
    if (call === 'completed') this.#end(ceremony, draft);
    else teller.send(draft, frame);
    if (this.#subject.joinId !== undefined) this.#last.set(this.#subject.joinId, ceremony);
  }

  /** What this call changes about the step-up. */
  #advance(ceremony: Ceremony, draft: DraftRecord): void {
    const { nowMs, routes, store } = this.#parts;
    const call = this.#call;
    ceremony.method = draft.attributes['step_up.method'] ?? ceremony.method;
    if (call === 'challenged' || (call === 'required' && ceremony.startedAtMs === undefined)) {
      ceremony.startedAtMs = nowMs();
      ceremony.startedWallMs = store.parts.now();
    }
    if (call !== 'attempted' && call !== 'completed') return;
    if (this.#frame === undefined) return;
    routes.answered(this.#frame.request);
    this.#frame.answered = ceremony;
  }

  /** The number of the answer that this call tells of, over all processes, unless the service counts for itself. */
  #counted(ceremony: Ceremony | undefined, attributes: RegistryAttributes): RegistryAttributes {
    if (ceremony === undefined || (this.#call !== 'attempted' && this.#call !== 'completed')) return {};
    const { 'step_up.outcome': outcome = 'failed', 'step_up.attempt.number': stated } = attributes;
    const answered = outcome === 'passed' || outcome === 'failed' || outcome === 'error';
    // An end without an answer is none; nor does one count that comes after the end.
    if (answered && this.#parts.store.ended(ceremony) === undefined) this.#parts.store.countAnswer(ceremony);
    return { 'step_up.attempt.number': stated ?? (ceremony.answers === 0 ? undefined : ceremony.answers) };
  }

  /** An evaluation by which nothing is demanded stands for itself. */
  #isUndemanded(): boolean {
    return this.#call === 'evaluated' && this.#given['decision'] !== 'required';
  }

  #end(ceremony: Ceremony, draft: DraftRecord): void {
    const outcome = draft.attributes['step_up.outcome'];
    const frame = this.#frame;
    if (frame !== undefined && outcome === 'passed') frame.proved = this.#subject;
    if (outcome !== undefined) this.#parts.endings.end(ceremony, outcome, draft, frame);
  }

  #draft(ceremony: Ceremony | undefined): DraftRecord | undefined {
    const call = this.#call;
    const frame = this.#frame;
    const told = toldAttributes(this.#given, this.#parts.pseudonyms);
    const draft = this.#parts.teller.draft(`step_up.${call}`, {
      basis: {
        ceremony,
        subject: this.#subject,
        http: frame === undefined ? undefined : httpFacts(frame.request, undefined),
        ...SOURCE,
      },
      detail: { ...callDetails(call, this.#given), ...this.#measured(ceremony) },
      body: '',
      raw: { request: frame?.request, response: frame?.response, libraryArguments: [this.#given] },
    });
    const known = call === 'review' ? this.#reviewed(draft.attributes) : draft.attributes;
    const { attributes, faults } = checkTold(draft.eventName, known, told);
    this.#faults.push(...faults);
    if (attributes === undefined) return undefined;
    const counted = { ...attributes, ...this.#counted(ceremony, attributes) };
    return { ...draft, attributes: counted, body: toldSentence(call, counted) };
  }

  /** The one who reviews acts, and is not the one whose step-up it was. */
  #reviewed(attributes: DraftRecord['attributes']): DraftRecord['attributes'] {
    const user = this.#id('user');
    const { userHash, userId } = this.#parts.subjects.named({ user });
    const clear = attributes['user.id'] !== undefined;
    return { ...attributes, 'user.hash': userHash, 'user.id': clear ? userId : undefined };
  }

  #measured(ceremony: Ceremony | undefined): Partial<EventDetail> {
    if (ceremony === undefined || (this.#call !== 'attempted' && this.#call !== 'completed')) return {};
    const { nowMs, store } = this.#parts;
    if (this.#given['durationMs'] !== undefined) return { durationSource: 'derived' };
    return durationOf(ceremony, nowMs(), store.parts.now());
  }

  /** Which step-up it is about: the one that is named, the one this request is about, the one that the session has open. */
  #ceremony(): Ceremony | undefined {
    const call = this.#call;
    const named = this.#named();
    if (named !== undefined || call === 'enrolled' || call === 'review') return named;
    const { book } = this.#parts;
    const actionName = this.#action();
    const facts = { subject: this.#subject, requirement: this.#requirement(), actionName };
    if (this.#isUndemanded()) {
      return newCeremony(randomBytes(17).toString('base64url').slice(0, 22), 'inferred', facts);
    }
    const here = this.#frame?.told?.ceremony ?? this.#frame?.answered;
    if (here !== undefined) return here;
    const challenge = this.#frame?.challenges.at(-1)?.call.challenge;
    if (challenge !== undefined) return book.knownByChallenge(challenge) ?? book.ofChallenge(challenge, facts);
    if (call === 'access') return this.#accessed() ?? book.ofSession(facts);
    if (call === 'required' || call === 'evaluated') return book.ofSession(facts);
    return book.pending(this.#subject) ?? book.ofSession(facts);
  }

  /** The step-up that the same request was refused for, or the last one that the session had. */
  #accessed(): Ceremony | undefined {
    const { joinId } = this.#subject;
    if (joinId === undefined) return undefined;
    const { book } = this.#parts;
    const former = book.renewalOf(joinId)?.formerJoinId ?? joinId;
    const demand = this.#frame === undefined ? undefined : book.demand(former, requestKey(this.#frame.request));
    return demand?.ceremony ?? this.#last.get(joinId) ?? this.#last.get(former) ?? book.pending(this.#subject);
  }

  #named(): Ceremony | undefined {
    const id = this.#given['stepUpId'];
    if (id === undefined) {
      if (this.#call === 'review') this.#faults.push('stepUpId is required');
      return undefined;
    }
    if (typeof id !== 'string' || !ID.test(id)) {
      this.#faults.push('stepUpId must be at most 64 letters, digits, - and _');
      return undefined;
    }
    const facts = { subject: this.#subject, requirement: this.#requirement(), actionName: this.#action() };
    return this.#parts.store.find(id) ?? newCeremony(id, 'explicit', facts);
  }

  #action(): string | undefined {
    const action = this.#given['action'];
    if (fits(action, 'step_up.action.name')) return action;
    return this.#frame === undefined ? undefined : httpFacts(this.#frame.request, undefined).actionName;
  }

  #requirement(): Requirement | undefined {
    const { acrValues, maxAgeS } = this.#given;
    const { maxItems = 0 } = ATTRIBUTES['step_up.acr.requested'];
    const all: unknown[] = Array.isArray(acrValues) ? acrValues : [];
    const values = all.filter((value) => fits(value, 'step_up.acr.requested')).slice(0, maxItems);
    const seconds = typeof maxAgeS === 'number' && Number.isSafeInteger(maxAgeS) && maxAgeS >= 0 ? maxAgeS : undefined;
    return values.length === 0 && seconds === undefined ? undefined : { acrValues: values, maxAgeS: seconds };
  }

  #id(name: 'user' | 'session'): string | undefined {
    const value = this.#given[name];
    if (value === undefined) return undefined;
    const id = readId(value);
    if (id === undefined) this.#faults.push(`${name} must be a text or a number`);
    return id;
  }
}

/** Whether a text may be recorded: it is remembered for the records that follow, which the caller is not told of. */
function fits(value: unknown, name: 'step_up.action.name' | 'step_up.acr.requested'): value is string {
  if (typeof value !== 'string' || value === '' || toUSVString(value) !== value) return false;
  return Buffer.byteLength(value) <= (ATTRIBUTES[name].maxBytes ?? 0);
}
