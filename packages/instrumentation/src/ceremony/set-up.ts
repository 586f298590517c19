// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import type { Context } from '@opentelemetry/api';
import type { ProcessTable } from '@stepseal/processor';
import type { Disclosure, DraftRecord } from '../events.ts';
import type { SubjectReader } from '../identity/subject-reader.ts';
import { Accesses } from './accesses.ts';
import { Answers } from './answers.ts';
import { Ceremonies } from './ceremonies.ts';
import { CeremonyBook } from './ceremony-book.ts';
import type { CeremonyIds } from './ceremony-id.ts';
import { Closings } from './closings.ts';
import { Endings } from './endings.ts';
import { GuardedRoutes } from './guarded-routes.ts';
import { CeremonyStore } from './store/ceremony-store.ts';
import type { EntryFileSystem } from './store/drafts.ts';
import { type Entries, MemoryEntries } from './store/entries.ts';
import { FileEntries } from './store/file-entries.ts';
import { toldEnds } from './store/told-ends.ts';
import { Teller } from './teller.ts';

/** What the processes of one data directory know of each other's step-ups, and by what. */
export interface SharedCeremonies {
  /** The directory of the sealed segments; the entries lie in `ceremonies` there. */
  readonly dataDir: string;
  /** Who is alive: `systemProcessTable()` of @stepseal/processor. */
  readonly processes: ProcessTable;
  /** Whether all that was emitted has reached a segment; default always. */
  readonly settled?: () => boolean;
  /** Whether the group of the directory may read the entries, as the segments; default false. */
  readonly groupReadable?: boolean;
  /** Default `node:fs`. */
  readonly files?: EntryFileSystem;
}

export interface CeremoniesOptions {
  readonly ids: CeremonyIds;
  readonly correlationKey: Uint8Array;
  readonly subjects: SubjectReader;
  readonly disclosure: Disclosure;
  readonly abandonAfterMs: number;
  readonly shared: SharedCeremonies | undefined;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly emit: (draft: DraftRecord, context: Context | undefined) => void;
  /** Told when the entries cannot be shared. */
  readonly notShared: (error: unknown) => void;
}

/** The parts, for whoever else tells of step-ups. */
export interface CeremonyParts {
  readonly ceremonies: Ceremonies;
  readonly answers: Answers;
  readonly closings: Closings;
  readonly book: CeremonyBook;
  readonly store: CeremonyStore;
  readonly endings: Endings;
  readonly routes: GuardedRoutes;
  readonly teller: Teller;
}

const REMEMBERED_MS = 24 * 3_600_000;

/** Puts together what turns observations into records of step-ups, and what ends those that nobody ends. */
export function setUpCeremonies(options: CeremoniesOptions): CeremonyParts {
  const { ids, subjects, nowMs, shared } = options;
  const store = new CeremonyStore({
    entries: entriesOf(options),
    abandonAfterMs: options.abandonAfterMs,
    processes: shared?.processes,
    settled: shared?.settled ?? (() => true),
    now: Date.now,
  });
  const teller = new Teller(options.disclosure, options.emit);
  const book = new CeremonyBook(ids, store, nowMs);
  const routes = new GuardedRoutes(ids, store, nowMs);
  const endings = new Endings(store, teller);
  const accesses = new Accesses({ book, store, ids, routes, subjects, teller, nowMs });
  const ceremonies = new Ceremonies({ book, store, endings, accesses, routes, subjects, teller, nowMs });
  const answers = new Answers({ book, store, endings, routes, subjects, teller, nowMs });
  const closings = new Closings({
    store,
    routes,
    endings,
    toldOf: (ids, sinceMs) =>
      shared === undefined ? Promise.resolve(new Set<string>()) : toldEnds(shared.dataDir, ids, sinceMs),
    failed: options.notShared,
  });
  return { ceremonies, answers, closings, book, store, endings, routes, teller };
}

function entriesOf({ shared, correlationKey, nowMs, notShared }: CeremoniesOptions): Entries {
  const memory = new MemoryEntries(REMEMBERED_MS, nowMs);
  if (shared === undefined) return memory;
  return new FileEntries({
    directory: join(shared.dataDir, 'ceremonies'),
    key: correlationKey,
    fallback: memory,
    failed: notShared,
    groupReadable: shared.groupReadable ?? false,
    ...(shared.files === undefined ? {} : { files: shared.files }),
  });
}
