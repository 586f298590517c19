// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fs, { globSync, mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVENT_STEP_UP_COMPLETED, validateEvent } from '@stepseal/core/semconv';
import type { Liveness, ProcessTable, ThreadIdentity } from '@stepseal/processor';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ceremony } from '../src/ceremony/ceremony.ts';
import { newCeremony } from '../src/ceremony/ceremony-book.ts';
import { CeremonyIds } from '../src/ceremony/ceremony-id.ts';
import { Closings } from '../src/ceremony/closings.ts';
import { Endings } from '../src/ceremony/endings.ts';
import { GuardedRoutes } from '../src/ceremony/guarded-routes.ts';
import { CeremonyStore } from '../src/ceremony/store/ceremony-store.ts';
import type { EntryFileSystem } from '../src/ceremony/store/drafts.ts';
import { type Entries, MemoryEntries } from '../src/ceremony/store/entries.ts';
import { FileEntries } from '../src/ceremony/store/file-entries.ts';
import { Teller } from '../src/ceremony/teller.ts';
import type { DraftRecord } from '../src/events.ts';
import { NOBODY } from '../src/identity/subject.ts';

const KEY = Buffer.alloc(32, 2);
const ABANDON_AFTER_MS = 900_000;
const MINUTE_MS = 60_000;
const ID = 'Zk3q0sXvT9m4Lw8aRb1cYQ';

let base: string;
let directory: string;
let nowMs: number;
let lives: Record<string, Liveness>;
let bootId: string;
/** Ids whose end stands in a segment. */
let sealed: Set<string>;
let unreadable: boolean;
let failures: unknown[];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'stepseal-closings-'));
  directory = join(base, 'ceremonies');
  nowMs = Date.now();
  lives = {};
  bootId = 'boot-1';
  sealed = new Set();
  unreadable = false;
  failures = [];
});

afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

function table(nonce: string): ProcessTable {
  const self = {
    bootId,
    pidNamespace: '',
    pid: 1,
    processStart: '',
    threadId: 0,
    osThreadId: 0,
    threadStart: '',
    nonce,
  };
  return { self: () => self, liveness: (thread: ThreadIdentity) => lives[thread.nonce] ?? 'alive' };
}

interface Thread {
  readonly store: CeremonyStore;
  readonly endings: Endings;
  readonly closings: Closings;
  readonly told: DraftRecord[];
}

/** One thread of the data directory, with the clock and the fate of the others in our hands. */
function thread(
  nonce: string,
  how: { settled?: () => boolean; files?: EntryFileSystem; memory?: boolean } = {},
): Thread {
  const told: DraftRecord[] = [];
  const memory = new MemoryEntries(24 * 60 * MINUTE_MS, () => nowMs);
  const files: Entries = new FileEntries({
    directory,
    key: KEY,
    fallback: memory,
    failed: (error) => failures.push(error),
    ...(how.files === undefined ? {} : { files: how.files }),
  });
  const store = new CeremonyStore({
    entries: how.memory === true ? memory : files,
    abandonAfterMs: ABANDON_AFTER_MS,
    processes: table(nonce),
    settled: how.settled ?? (() => true),
    now: () => nowMs,
  });
  const teller = new Teller({ userIdInClear: false, fullClientAddress: false }, (draft) => {
    told.push(draft);
    sealed.add(String(draft.attributes['step_up.id']));
  });
  const endings = new Endings(store, teller);
  const closings = new Closings({
    store,
    endings,
    routes: new GuardedRoutes(new CeremonyIds(KEY), store, () => nowMs),
    async toldOf(ids) {
      if (unreadable) throw new Error('the segments cannot be read');
      return new Set([...ids].filter((id) => sealed.has(id)));
    },
    failed: (error) => failures.push(error),
  });
  return { store, endings, closings, told };
}

const ATTRIBUTES = {
  'audit.actor.id': 'alice',
  'audit.actor.type': 'user',
  'session.id': 'session-hash',
  'step_up.source.layer': 'app',
  'user.hash': 'user-hash',
  'user.id': 'alice',
} as const;

function opened({ store }: Thread, id = ID): Ceremony {
  const facts = { subject: NOBODY, requirement: undefined, actionName: 'POST /transfers' };
  const ceremony = newCeremony(id, 'derived', facts);
  ceremony.startedWallMs = nowMs;
  store.opened(ceremony, ATTRIBUTES);
  return ceremony;
}

/** What the record of a good answer would be. */
const PASSED: DraftRecord = {
  eventName: EVENT_STEP_UP_COMPLETED,
  body: 'The WebAuthn answer was accepted.',
  attributes: { ...ATTRIBUTES, 'step_up.id': ID, 'step_up.outcome': 'passed' },
  raw: {},
};

/** An end was claimed, and the thread died before it could tell. */
function claimed(of: Thread, ceremony: Ceremony): void {
  expect(of.store.end(ceremony, 'passed', PASSED)).toBe(true);
}

const outcomes = (...threads: Thread[]): unknown[] =>
  threads.flatMap(({ told }) => told.map(({ attributes }) => attributes['step_up.outcome']));

describe.each([
  ['in memory', true],
  ['in files', false],
])('a step-up that nobody answers, %s,', (_title, memory) => {
  test('stays open until its time is over, and is then told as abandoned once', async () => {
    const one = thread('one', { memory });
    opened(one);
    nowMs += ABANDON_AFTER_MS - 1;
    await one.closings.round();
    expect(one.told).toEqual([]);
    nowMs += 60_000;
    await one.closings.round();
    await one.closings.round();
    expect(outcomes(one)).toEqual(['abandoned']);
    const [{ attributes } = PASSED] = one.told;
    expect(attributes).toMatchObject({
      'audit.actor.id': 'user-hash',
      'session.id': 'session-hash',
      'step_up.action.name': 'POST /transfers',
      'step_up.duration_ms': ABANDON_AFTER_MS,
      'step_up.duration_source': 'derived',
      'step_up.id': ID,
    });
    expect(attributes['user.id'], 'no id in clear is kept').toBeUndefined();
  });

  test('is told as expired where its challenge was to live for a time that is over', async () => {
    const one = thread('one', { memory });
    const ceremony = opened(one);
    ceremony.expiresWallMs = nowMs + 2 * ABANDON_AFTER_MS;
    one.store.opened(ceremony, ATTRIBUTES);
    nowMs += ABANDON_AFTER_MS + 1;
    await one.closings.round();
    expect(one.told, 'it may still be answered').toEqual([]);
    nowMs += ABANDON_AFTER_MS;
    await one.closings.round();
    expect(outcomes(one)).toEqual(['expired']);
  });

  test('and was answered meanwhile is not told again', async () => {
    const one = thread('one', { memory });
    expect(one.endings.end(opened(one), 'passed', PASSED, undefined)).toBe(true);
    nowMs += 2 * ABANDON_AFTER_MS;
    await one.closings.round();
    expect(outcomes(one)).toEqual(['passed']);
  });
});

describe('over several threads', () => {
  test('one of them closes what ran out, and an answer that comes later is no end', async () => {
    const [one, two] = [thread('one'), thread('two')];
    const ceremony = opened(one);
    nowMs += ABANDON_AFTER_MS;
    await Promise.all([one.closings.round(), two.closings.round()]);
    expect(outcomes(one, two)).toEqual(['abandoned']);
    expect(two.endings.end(ceremony, 'passed', PASSED, undefined)).toBe(false);
    expect(ceremony.outcome).toBe('abandoned');
  });

  test('an end whose winner died is told as he would have told it, once', async () => {
    const [one, two, three] = [thread('one'), thread('two'), thread('three')];
    claimed(one, opened(one));
    lives['one'] = 'dead';
    nowMs += 5 * MINUTE_MS;
    await Promise.all([two.closings.round(), three.closings.round()]);
    expect(outcomes(one, two, three)).toEqual(['passed']);
    const [draft] = [...two.told, ...three.told];
    expect(draft?.body).toBe(PASSED.body);
    expect(draft?.timeMs).toBe(nowMs - 5 * MINUTE_MS);
  });

  test('an end whose winner died after he told it is not told again', async () => {
    const [one, two] = [thread('one'), thread('two')];
    claimed(one, opened(one));
    sealed.add(ID);
    lives['one'] = 'dead';
    await two.closings.round();
    expect(outcomes(two)).toEqual([]);
    expect(two.store.entries.has('open', ID)).toBe(false);
  });

  test('an end that was taken over while the segments could not be read is told as soon as they can', async () => {
    const [one, two] = [thread('one'), thread('two')];
    claimed(one, opened(one));
    lives['one'] = 'dead';
    unreadable = true;
    await two.closings.round();
    expect([outcomes(two), failures.splice(0)]).toEqual([[], [new Error('the segments cannot be read')]]);
    unreadable = false;
    await two.closings.round();
    await two.closings.round();
    expect(outcomes(two)).toEqual(['passed']);
  });

  test('those who take over an end and die over it are followed by the next', async () => {
    const [one, two, three] = [thread('one'), thread('two'), thread('three')];
    claimed(one, opened(one));
    const done = one.store.doneValue(
      newCeremony(ID, 'derived', { subject: NOBODY, requirement: undefined, actionName: undefined }),
      'passed',
      PASSED,
    );
    expect(two.store.takeOver(ID, 2, done)).toBe(true);
    Object.assign(lives, { one: 'dead', two: 'dead' });
    await three.closings.round();
    expect(outcomes(three)).toEqual(['passed']);
  });

  test.each([
    ['lives', 'alive', 2 * ABANDON_AFTER_MS, []],
    ['cannot be asked, until he has been silent for long', 'unknown', 2 * MINUTE_MS, []],
    ['cannot be asked, and has been silent for long', 'unknown', 3 * MINUTE_MS, ['passed']],
  ] as const)('an end is left to a winner who %s', async (_title, liveness, laterMs, expected) => {
    const [one, two] = [thread('one'), thread('two')];
    claimed(one, opened(one));
    lives['one'] = liveness;
    nowMs += laterMs;
    await two.closings.round();
    expect(outcomes(two)).toEqual(expected);
  });

  test('an end stays open while its record may be lost with the process, and no longer', async () => {
    let settled = false;
    const one = thread('one', { settled: () => settled });
    one.endings.end(opened(one), 'passed', PASSED, undefined);
    await one.closings.round();
    expect(one.store.entries.has('open', ID)).toBe(true);
    settled = true;
    await one.closings.round();
    expect(one.store.entries.has('open', ID)).toBe(false);
    expect(outcomes(one)).toEqual(['passed']);
  });
});

describe('after a power cut', () => {
  test('that took the claim but not its record, nothing is told a second time', async () => {
    const one = thread('one');
    opened(one);
    sealed.add(ID);
    bootId = 'boot-2';
    const two = thread('two');
    nowMs += ABANDON_AFTER_MS;
    await two.closings.round();
    expect(outcomes(two)).toEqual([]);
    expect(two.store.entries.has('open', ID)).toBe(false);
  });

  test('that took the content of the claim and the record, the end is told as an error', async () => {
    const one = thread('one');
    claimed(one, opened(one));
    truncateSync(join(directory, 'done', ID), 0);
    const two = thread('two');
    nowMs += 2 * ABANDON_AFTER_MS;
    await two.closings.round();
    await two.closings.round();
    expect(outcomes(two)).toEqual(['error']);
  });
});

describe('whoever can write the directory', () => {
  test.each([
    ['changes what was written', (text: string) => text.replace('user-hash', 'other-hash')],
    ['cuts it off', (text: string) => text.slice(0, 100)],
    ['writes something else', () => '{}'],
    ['writes nothing', () => ''],
  ])('gets no record told by an entry in which he %s', async (_title, change) => {
    const one = thread('one');
    opened(one);
    const path = join(directory, 'open', ID);
    writeFileSync(path, change(readFileSync(path, 'latin1')), 'latin1');
    nowMs += 2 * ABANDON_AFTER_MS;
    await one.closings.round();
    expect(one.told).toEqual([]);
    expect(failures).toEqual([]);
  });

  test('gets none told by an entry under another name', async () => {
    const one = thread('one');
    opened(one);
    fs.copyFileSync(join(directory, 'open', ID), join(directory, 'open', 'another'));
    fs.copyFileSync(join(directory, 'open', ID), join(directory, 'done', 'third'));
    nowMs += 2 * ABANDON_AFTER_MS;
    await one.closings.round();
    expect(outcomes(one)).toEqual(['abandoned']);
    expect(one.store.find('third')).toBeUndefined();
  });

  test('gets none told twice by an entry that he brings back when its marker is gone', async () => {
    const one = thread('one');
    opened(one);
    const copy = readFileSync(join(directory, 'open', ID));
    nowMs += ABANDON_AFTER_MS;
    await one.closings.round();
    rmSync(join(directory, 'done', ID));
    writeFileSync(join(directory, 'open', ID), copy);
    nowMs += 24 * 60 * MINUTE_MS;
    await one.closings.round();
    expect(outcomes(one)).toEqual(['abandoned']);
  });

  test.each(['../outside', 'a/b', '', '.', 'x'.repeat(65), 'a\0b'])('and an id like %j leads to no file', (name) => {
    const one = thread('one');
    opened(one, name);
    one.store.end(opened(one, name), 'passed', PASSED);
    expect(globSync('*', { cwd: base }).filter((entry) => entry !== 'ceremonies')).toEqual([]);
    expect(globSync('{open,done}/*', { cwd: directory })).toEqual([]);
  });
});

describe('files that cannot be used', () => {
  const refusing = (code: string): EntryFileSystem => {
    const refuse = (): never => {
      throw Object.assign(new Error(code), { code });
    };
    return { ...fs, linkSync: refuse, mkdirSync: refuse, renameSync: refuse, writeFileSync: refuse } as EntryFileSystem;
  };

  test.each(['ENOSPC', 'EROFS', 'EACCES', 'EIO'])('because of %s leave the rule of one process', async (code) => {
    const one = thread('one', { files: refusing(code) });
    const ceremony = opened(one);
    expect(one.endings.end(ceremony, 'passed', PASSED, undefined)).toBe(true);
    expect(one.endings.end({ ...ceremony, outcome: undefined }, 'failed', PASSED, undefined)).toBe(false);
    opened(one, 'another');
    nowMs += ABANDON_AFTER_MS;
    await one.closings.round();
    expect(outcomes(one)).toEqual(['passed', 'abandoned']);
    expect(failures.length).toBeGreaterThan(0);
  });

  test('for writing may still say that an end was told by another process', () => {
    const one = thread('one');
    one.endings.end(opened(one), 'passed', PASSED, undefined);
    const two = thread('two', { files: refusing('EROFS') });
    const ceremony = newCeremony(ID, 'derived', { subject: NOBODY, requirement: undefined, actionName: undefined });
    expect(two.endings.end(ceremony, 'failed', PASSED, undefined)).toBe(false);
  });

  test('because the directory was deleted come back with it', () => {
    const one = thread('one');
    opened(one);
    rmSync(directory, { recursive: true });
    opened(one);
    expect(globSync('open/*', { cwd: directory })).toEqual([`open/${ID}`]);
    expect(failures).toEqual([]);
  });

  test('because the file system has no hard links have one winner all the same', () => {
    const files = {
      ...fs,
      linkSync: () => {
        throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
      },
    } as EntryFileSystem;
    const [one, two] = [thread('one', { files }), thread('two', { files })];
    const ceremony = opened(one);
    expect(one.store.end({ ...ceremony }, 'passed', PASSED)).toBe(true);
    expect(two.store.end({ ...ceremony }, 'passed', PASSED)).toBe(false);
    expect(failures).toEqual([]);
  });
});

test('what is older than a day goes, drafts of the dead after an hour, and an open step-up only with its end', async () => {
  const one = thread('one');
  one.endings.end(opened(one), 'passed', PASSED, undefined);
  opened(one, 'open-still');
  writeFileSync(join(directory, 'draft/left-behind'), 'x');
  const old = new Date(Date.now() - 25 * 60 * MINUTE_MS);
  for (const path of globSync('*/*', { cwd: directory })) utimesSync(join(directory, path), old, old);
  await one.closings.round();
  const ownDraft = /^draft\/[0-9a-f]{16}-\d+$/;
  const left = globSync('*/*', { cwd: directory }).filter((path) => !ownDraft.test(path));
  expect(left).toEqual(['open/open-still']);
});

test('the record of a closing follows the registry', async () => {
  const one = thread('one');
  opened(one);
  nowMs += ABANDON_AFTER_MS;
  await one.closings.round();
  const [{ eventName, attributes } = PASSED] = one.told;
  const set = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
  expect(validateEvent(eventName, set)).toEqual([]);
});
