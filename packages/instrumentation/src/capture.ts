// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { AsyncLocalStorage } from 'node:async_hooks';
import { resolve } from 'node:path';
import type { Context } from '@opentelemetry/api';
import { severityOf } from '@stepseal/core/semconv';
import type { Answers } from './ceremony/answers.ts';
import type { CaptureCounts, Ceremonies } from './ceremony/ceremonies.ts';
import { CeremonyIds } from './ceremony/ceremony-id.ts';
import type { Closings } from './ceremony/closings.ts';
import type { AnswerChecked, ChallengeIssued, FactorEnrolled } from './ceremony/observation.ts';
import { setUpCeremonies } from './ceremony/set-up.ts';
import { Enrolments } from './enrolments.ts';
import type { DraftRecord } from './events.ts';
import { activeContext } from './global-api.ts';
import { DOOR, type Door, findDoor } from './helper/door.ts';
import { ServiceCalls } from './helper/service-calls.ts';
import { ServerChannels } from './http/server-channels.ts';
import { trustedProxies } from './identity/client-address.ts';
import { Pseudonyms } from './identity/pseudonyms.ts';
import { SESSION_PATHS, USER_PATHS } from './identity/resolver.ts';
import { SubjectReader } from './identity/subject-reader.ts';
import type { LibraryObserver } from './libraries/library-observer.ts';
import type { Problems } from './problems.ts';
import type { Redaction, SafeRecord } from './redact.ts';
import { recordContext } from './trace-context.ts';
import type { StepUpInstrumentationConfig } from './types.ts';

/** A record on its way to the logger; times and severity are set. */
export interface OutgoingRecord extends SafeRecord {
  readonly timestamp: number;
  readonly observedTimestamp: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly context: Context;
}

const KEY_BYTES = 32;
const ABANDON_AFTER_MS = 15 * 60_000;

/** The way of one observation through the process: hook, ceremony, record, redaction, logger. */
export class Capture implements LibraryObserver {
  readonly #ceremonies: Ceremonies;
  readonly #answers: Answers;
  readonly #closings: Closings;
  readonly #enrolments: Enrolments;
  readonly #door: Door;
  readonly #channels: ServerChannels;
  readonly #redaction: Redaction;
  readonly #problems: Problems;
  readonly #send: (record: OutgoingRecord) => void;
  readonly #insideLibrary = new AsyncLocalStorage<true>();
  readonly #told = { signIns: 0, unknownUser: 0 };
  #open = false;

  /** @throws {TypeError} when a key is not 32 bytes, or a path or network cannot be read. */
  constructor(
    config: StepUpInstrumentationConfig,
    parts: { redaction: Redaction; problems: Problems; send: (record: OutgoingRecord) => void },
  ) {
    const pseudonyms = new Pseudonyms(checkedKey(config.pseudonymKey, 'pseudonymKey'));
    const ids = new CeremonyIds(checkedKey(config.correlationKey, 'correlationKey'));
    const nowMs = (): number => performance.now();
    this.#redaction = parts.redaction;
    this.#problems = parts.problems;
    this.#send = parts.send;
    const subjects = new SubjectReader({
      paths: {
        ...config.identity,
        ...config.client,
        user: pathsOr(config.identity?.user, USER_PATHS),
        session: pathsOr(config.identity?.session, SESSION_PATHS),
      },
      proxies: trustedProxies(config.client?.trustedProxies ?? []),
      pseudonyms,
      ids,
      formerSession: (joinId) => book.renewalOf(joinId)?.formerSessionHash,
    });
    const disclosure = {
      userIdInClear: config.identity?.userIdInClear ?? false,
      fullClientAddress: config.client?.fullAddress ?? false,
    };
    const emit = (draft: DraftRecord, earlier: Context | undefined): void => this.#emit(draft, earlier);
    const { ceremonies, answers, closings, book, store, endings, routes, teller } = setUpCeremonies({
      ids,
      correlationKey: config.correlationKey,
      subjects,
      disclosure,
      abandonAfterMs: config.ceremony?.abandonAfterMs ?? ABANDON_AFTER_MS,
      shared: config.ceremony?.shared,
      nowMs,
      emit,
      notShared: (error) => {
        const kind = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error';
        const message = `Step-ups are not shared with other processes because of ${kind}; each may tell its own end of one.`;
        this.#problems.tell('CEREMONIES_NOT_SHARED', message);
      },
    });
    this.#ceremonies = ceremonies;
    this.#answers = answers;
    this.#closings = closings;
    this.#enrolments = new Enrolments({ subjects, teller });
    this.#door = this.#doorTo(
      new ServiceCalls({
        book,
        store,
        endings,
        routes,
        subjects,
        pseudonyms,
        teller,
        nowMs,
        fault: (call, message) => this.#problems.tell('HELPER_INPUT_INVALID', `stepUp.${call}: ${message}.`, call),
      }),
      config,
    );
    this.#channels = new ServerChannels(
      (run) => this.guard(run),
      (frame, aborted) => {
        this.#ceremonies.responseEnded(frame, aborted);
        this.#reportCounts();
      },
    );
  }

  get counts(): Readonly<CaptureCounts> {
    return this.#ceremonies.counts;
  }

  open(): void {
    if (this.#open) return;
    if (this.#isSecond()) {
      const message =
        'Another capture of this data directory runs in this thread: this one stays closed while it does.';
      this.#problems.tell('CAPTURED_TWICE', message);
      return;
    }
    this.#open = true;
    this.#channels.open();
    this.#closings.start();
    Reflect.set(globalThis, DOOR, this.#door);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#channels.close();
    this.#closings.stop();
    if (findDoor() === this.#door) Reflect.deleteProperty(globalThis, DOOR);
  }

  /** What the timer does: ends the step-ups whose time is over, and learns what other processes know. */
  async closeOverdue(): Promise<void> {
    await this.#closings.round();
  }

  guard(run: () => void): void {
    this.#problems.guard(run);
  }

  challengeIssued(call: ChallengeIssued): void {
    const frame = this.#channels.current;
    if (!this.#open || frame === undefined) return;
    frame.challenges.push({ call, issuedAtMs: performance.now() });
    frame.context ??= activeContext();
  }

  answerChecked(call: AnswerChecked): void {
    if (!this.#open) return;
    const frame = this.#channels.current;
    if (frame !== undefined) frame.context ??= activeContext();
    this.#answers.checked(frame, call);
    this.#reportCounts();
  }

  factorEnrolled(call: FactorEnrolled): void {
    if (!this.#open) return;
    const frame = this.#channels.current;
    if (frame !== undefined) frame.context ??= activeContext();
    this.#enrolments.factorEnrolled(frame, call);
    this.#reportCounts();
  }

  outermost<T>(run: () => T, unobserved: () => T): T {
    return this.#insideLibrary.getStore() === true ? unobserved() : this.#insideLibrary.run(true, run);
  }

  /** Of two into one trail each would tell each demand, and the one that an answer had ended before. */
  #isSecond(): boolean {
    const { dataDir } = this.#door;
    return dataDir !== undefined && findDoor()?.dataDir === dataDir;
  }

  #doorTo(calls: ServiceCalls, { commit = () => Promise.resolve(false), ceremony }: StepUpInstrumentationConfig): Door {
    return {
      version: 1,
      dataDir: ceremony?.shared === undefined ? undefined : resolve(ceremony.shared.dataDir),
      tell: (call, given) => {
        let id: string | undefined;
        this.guard(() => {
          id = calls.tell(call, given, this.#channels.current);
          this.#reportCounts();
        });
        return id;
      },
      commit,
    };
  }

  #emit(draft: DraftRecord, earlier: Context | undefined): void {
    const now = Date.now();
    for (const record of this.#redaction.project(draft)) {
      const { attributes } = record;
      const severity = severityOf(
        record.eventName,
        attributes['step_up.outcome'],
        attributes['step_up.access.result'],
        attributes['step_up.requirement_met'],
      );
      this.#send({
        ...record,
        timestamp: draft.timeMs ?? now,
        observedTimestamp: now,
        severityNumber: severity.number,
        severityText: severity.text,
        context: recordContext(earlier, draft.raw.request),
      });
    }
  }

  /** Tells what could not be assigned, when there is more of it than was told before. */
  #reportCounts(): void {
    const { signIns, unknownUser, records } = this.counts;
    if (signIns > this.#told.signIns) {
      const message = `${signIns} challenges or answers came from nobody known; they were taken for sign-ins or sign-ups and not recorded.`;
      if (this.#problems.tell('SIGN_IN_NOT_RECORDED', message)) this.#told.signIns = signIns;
    }
    if (unknownUser > this.#told.unknownUser) {
      const message = `${unknownUser} of ${records} records have no user: set identity.user to where the service keeps its id.`;
      if (this.#problems.tell('USER_UNKNOWN', message)) this.#told.unknownUser = unknownUser;
    }
  }
}

function pathsOr(paths: readonly string[] | undefined, fallback: readonly string[]): readonly string[] {
  return paths === undefined || paths.length === 0 ? fallback : paths;
}

function checkedKey(key: unknown, name: string): Uint8Array {
  if (key instanceof Uint8Array && key.length === KEY_BYTES) return key;
  throw new TypeError(`${name} must be ${KEY_BYTES} bytes`);
}
