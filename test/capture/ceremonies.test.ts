// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordsOf, Service, type Told, until } from './ceremony-processes.ts';

const SHORT = { STEPSEAL_CEREMONY_ABANDON_AFTER_MS: '1000' };

let dataDir: string;
let running: Service[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'stepseal-ceremonies-'));
  running = [];
});

afterEach(async () => {
  for (const service of running) await service.kill();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}): Promise<Service> {
  const service = await Service.start(dataDir, env);
  running.push(service);
  return service;
}

/** Ends all processes, so that the segments hold all there is. */
async function end(): Promise<void> {
  for (const service of running.splice(0)) await service.end();
}

const weak = { sub: 'user-1', sid: 'session-1', acr: 'basic', auth_time: 1000 };
const of = (eventName: string): Told[] => recordsOf(dataDir).filter((record) => record.eventName === eventName);
const values = (records: readonly Told[], name: string): unknown[] => records.map(({ attributes }) => attributes[name]);
const open = (): string[] => readdirSync(join(dataDir, 'ceremonies/open'));

test('of two processes that answer one challenge at the same moment, one ends the step-up and the other attempts', async () => {
  const rounds = Number(process.env['STEPSEAL_CEREMONY_ROUNDS'] ?? 100);
  const [one, other] = [await start(), await start()];
  for (let round = 0; round < rounds; round += 1) {
    const claims = { ...weak, sid: `session-${round}` };
    const { challenge } = (await one.serve({ do: 'demand', claims })) ?? {};
    const answer = { do: 'answer', claims, challenge, path: '/verify', atMs: Date.now() + 10 };
    await Promise.all([one.serve(answer), other.serve({ ...answer, wrong: round % 2 === 0 })]);
  }
  await end();
  // One that came late may have opened it again: whoever starts next sees that it was told.
  await start(SHORT);
  await until(() => open().length === 0);
  await end();
  const [required, completed, attempted] = ['required', 'completed', 'attempted'].map((name) => of(`step_up.${name}`));
  const ids = new Set(values(required ?? [], 'step_up.id'));
  expect(ids.size).toBe(rounds);
  for (const ends of [completed, attempted]) {
    expect(ends).toHaveLength(rounds);
    expect(new Set(values(ends ?? [], 'step_up.id'))).toEqual(ids);
  }
  expect(new Set((completed ?? []).map(({ stream }) => stream)).size, 'each of them wins').toBe(2);
});

test('a process that is killed at any step of a step-up leaves exactly one end of it', async () => {
  const outcomes = {
    opened: 'abandoned',
    'before the claim': 'abandoned',
    'after the claim': 'passed',
    'after the record': 'passed',
    'after the end': 'passed',
  };
  const ids = new Map<string, unknown>();
  for (const step of Object.keys(outcomes)) {
    const killed = await Service.start(dataDir, { STEPSEAL_CEREMONY_ABANDON_AFTER_MS: '5000', KILL_AT: step });
    const claims = { ...weak, sub: step, sid: step };
    let last = await killed.serve({ do: 'demand', claims });
    if (step !== 'opened') {
      last = await killed.serve({ do: 'answer', challenge: last?.['challenge'], path: '/verify', claims });
      ids.set(step, values(of('step_up.required'), 'step_up.id').at(-1));
    } else ids.set(step, open()[0]);
    expect(last, `${step}: the process died`).toBeUndefined();
  }
  await start(SHORT);
  await start(SHORT);
  await until(() => open().length === 0);
  await end();
  const completed = of('step_up.completed');
  expect(completed, 'one end each').toHaveLength(ids.size);
  const told = new Map(completed.map(({ attributes }) => [attributes['step_up.id'], attributes['step_up.outcome']]));
  expect([...ids].map(([step, id]) => [step, told.get(id)])).toEqual(Object.entries(outcomes));
});

test('after a restart the next process closes what the one before left open', async () => {
  const first = await start(SHORT);
  await first.serve({ do: 'demand', claims: weak });
  await first.serve({ do: 'demand', claims: { ...weak, sid: 'session-2' }, timeout: 500 });
  await first.kill();
  running = [];
  await start(SHORT);
  await until(() => of('step_up.completed').length === 2);
  await end();
  const completed = of('step_up.completed');
  expect(values(completed, 'step_up.outcome').sort()).toEqual(['abandoned', 'expired']);
  for (const { attributes } of completed) {
    expect(attributes).toMatchObject({ 'step_up.duration_source': 'derived', 'step_up.method': 'webauthn' });
    expect(Number(attributes['step_up.duration_ms'])).toBeGreaterThan(0);
    expect(attributes['user.hash']).toBe(of('step_up.required')[0]?.attributes['user.hash']);
  }
});

test('one-time codes of one step-up, checked by two processes, are numbered through, and a lock-out is its end', async () => {
  const [one, other] = [await start(), await start()];
  const code = { do: 'code', path: '/code', claims: weak };
  await one.serve({ do: 'demand', bare: true, claims: weak });
  await other.serve({ ...code, wrong: true });
  await one.serve({ ...code, wrong: true });
  await other.serve(code);
  await one.serve({ do: 'demand', bare: true, claims: weak });
  await other.serve({ ...code, wrong: true });
  await other.serve({ ...code, do: 'status', code: 429 });
  await end();
  const told = recordsOf(dataDir).filter(({ eventName }) => /attempted|completed/.test(eventName));
  expect(told.map(({ attributes }) => [attributes['step_up.attempt.number'], attributes['step_up.outcome']])).toEqual([
    ['1', undefined],
    ['2', undefined],
    ['3', 'passed'],
    ['1', undefined],
    ['1', 'locked_out'],
  ]);
  const ids = values(told, 'step_up.id');
  expect(new Set(ids.slice(0, 3)).size).toBe(1);
  expect(new Set(ids).size).toBe(2);
  expect(new Set(ids)).toEqual(new Set(values(of('step_up.required'), 'step_up.id')));
});
