// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { OtlpSink, type ReceivedRecord, type SinkAnswer } from '@stepseal/testkit';
import { afterAll, expect, test } from 'vitest';
import { DeliverySite, type Emitter, tally } from './site.ts';

const ROUNDS = Number(process.env['STEPSEAL_CRASH_ROUNDS'] ?? 0);
const LONG = ROUNDS > 0;
const RECORDS = LONG ? 5_000 : 200;

interface Fault {
  readonly name: string;
  /** What requests get, counted from 1 anew after a restart, until {@link requests} of them were had. */
  readonly answer?: (at: number) => SinkAnswer;
  readonly requests?: number;
  /** Milliseconds that the sink is not there, at the start and after the restart. */
  readonly downMs?: number;
  /** The connection is closed before the request is read. */
  readonly cutRequests?: boolean;
  /** One record is not wanted: 400 for every request that holds it, or a partial rejection. */
  readonly poison?: 'bad-request' | 'partial';
}

const isPoison = ({ attributes }: ReceivedRecord): boolean => attributes['step_up.id'] === 'poison';
const answer = (status: number, headers: Record<string, string> = {}, body = ''): SinkAnswer => {
  return { kind: 'answer', status, headers, body };
};

const FAULTS: readonly Fault[] = [
  { name: 'down for a while', downMs: 600 },
  { name: 'slow', requests: 4, answer: () => ({ kind: 'accept', delayMs: 150 }) },
  { name: '503', requests: 5, answer: () => answer(503) },
  { name: '429, Retry-After in seconds', requests: 1, answer: () => answer(429, { 'retry-after': '1' }) },
  { name: '400 for one record', poison: 'bad-request' },
  { name: '200 with a partial rejection', poison: 'partial' },
  { name: 'closed half-way through the request', requests: 4, cutRequests: true },
  { name: 'closed half-way through the answer', requests: 4, answer: () => ({ kind: 'cut-answer' }) },
  {
    name: '429, Retry-After as a date',
    requests: 1,
    answer: () => answer(429, { 'retry-after': new Date(Date.now() + 1_000).toUTCString() }),
  },
  { name: '200 with a page', requests: 3, answer: () => answer(200, { 'content-type': 'text/html' }, '<p>Hello</p>') },
  { name: '401, then 500, then 302', requests: 6, answer: (at) => answer([401, 500, 302][at % 3] as number) },
  { name: '413 for more than 20 records' },
];

interface Row {
  readonly fault: string;
  readonly killed: boolean;
  readonly requests: number;
  readonly sent: number;
  readonly arrived: number;
  readonly setAside: number;
  readonly lost: number;
  readonly missing: number;
  readonly twice: number;
}

const rows: Row[] = [];
afterAll(() => {
  const cells = rows.map(({ fault, killed, ...counts }) => [fault, killed ? 'SIGKILL' : '', ...Object.values(counts)]);
  const head = ['sink', 'sender', 'requests', 'sent', 'arrived', 'set aside', 'lost', 'chain missing', 'twice'];
  for (const row of [head, ...cells]) {
    console.log(row.map((cell, at) => (at === 0 ? String(cell).padEnd(38) : String(cell).padStart(13))).join(''));
  }
});

/** Makes the sink do what the fault says, from now on. */
function provoke(sink: OtlpSink, fault: Fault): void {
  let at = 0;
  sink.early = () => (fault.cutRequests && ++at <= (fault.requests ?? 0) ? { kind: 'cut-request' } : undefined);
  sink.answer = ({ records }) => {
    if (fault.name.startsWith('413') && records.length > 20) return answer(413);
    if (fault.poison === 'bad-request' && records.some(isPoison)) return answer(400, {}, 'no such field');
    if (fault.poison === 'partial' && records.some(isPoison)) return { kind: 'reject', which: isPoison };
    if (fault.answer !== undefined && ++at <= (fault.requests ?? 0)) return fault.answer(at);
    return { kind: 'accept' };
  };
}

async function run(fault: Fault, killed: boolean): Promise<void> {
  const site = new DeliverySite();
  const sink = new OtlpSink();
  await sink.start();
  const emitters: Emitter[] = [];
  const start = async (tag: string): Promise<Emitter> => {
    provoke(sink, fault);
    if (fault.downMs !== undefined) {
      await sink.stop();
      setTimeout(() => void sink.start(), fault.downMs);
    }
    const job = { tag, records: RECORDS, ...(LONG ? { rollBytes: 200_000 } : {}) };
    const poisonAt = tag === 'first' && fault.poison !== undefined ? { poisonAt: RECORDS / 4 } : {};
    const emitter = site.start({ ...job, ...poisonAt }, { endpoint: sink.endpoint });
    emitters.push(emitter);
    return emitter;
  };
  try {
    let emitter = await start('first');
    if (killed) {
      await until(() => site.emitted().length >= RECORDS / 2 || emitter.child.exitCode !== null);
      await sleep(Math.random() * 200);
      await emitter.kill();
      emitter = await start('second');
    }
    const expected = killed ? RECORDS + RECORDS / 2 : RECORDS;
    await until(() => {
      if (emitter.child.exitCode !== null || site.emitted().length < expected) return emitter.child.exitCode !== null;
      const { lost } = tally(site, sink);
      return lost === 0;
    });
    const { code, status, errors } = await emitter.finish();
    const result = tally(site, sink);
    rows.push({ fault: fault.name, killed, requests: sink.requests.length, ...result });
    expect({ code, ...result }, errors).toMatchObject({ code: 0, lost: 0, missing: 0 });
    expect(result.sent).toBeGreaterThanOrEqual(expected);
    const aside = site.setAside();
    const poison = site.sealed().find(({ stepUpId }) => stepUpId === 'poison');
    expect(aside.map(({ hash }) => hash)).toEqual(fault.poison === undefined ? [] : [poison?.hash]);
    if (poison === undefined) return;
    expect(aside[0]).toMatchObject({ streamId: poison.streamId, number: poison.number, eventName: poison.eventName });
    if (!killed) expect(status?.setAside).toBe(1);
    const declared = site.sealed().filter(({ eventName }) => eventName === 'stepseal.undelivered');
    expect(declared.map(({ payload }) => payload.includes(poison.hash))).toEqual([true]);
  } finally {
    for (const { child } of emitters) child.kill('SIGKILL');
    await sink.stop().catch(() => {});
    site.remove();
  }
}

// The short form kills the sender under those faults that receivers are known for.
const KILLED = LONG ? FAULTS.length : 8;
const cases = [
  ...FAULTS.map((fault) => ({ fault, killed: false, title: fault.name })),
  ...FAULTS.slice(0, KILLED).map((fault) => ({ fault, killed: true, title: fault.name })),
];
for (let round = 0; round < Math.max(1, Math.floor(ROUNDS / 20)); round++) {
  test.concurrent.each(cases)(
    `round ${round}: $title, sender killed: $killed: every record arrives unchanged, and only the unwanted one is set aside`,
    ({ fault, killed }) => run(fault, killed),
  );
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 50_000;
  while (!condition() && Date.now() < end) await sleep(25);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
