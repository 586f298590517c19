// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { OtlpSink, type ReceivedRecord, type SinkAnswer } from '@stepseal/testkit';
import { expect } from 'vitest';
import { DeliverySite, type Emitter, tally } from './site.ts';

/** What a receiver does, for a time. */
export interface Fault {
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

/** The first eight are those that receivers are known for. */
export const FAULTS: readonly Fault[] = [
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

/** One line a run, to be printed when all are done. */
export class FaultTable {
  readonly #rows: Row[] = [];

  add(row: Row): void {
    this.#rows.push(row);
  }

  print(): void {
    const cells = this.#rows.map(({ fault, killed, ...counts }) => [
      fault,
      killed ? 'SIGKILL' : '',
      ...Object.values(counts),
    ]);
    const head = ['sink', 'sender', 'requests', 'sent', 'arrived', 'set aside', 'lost', 'chain missing', 'twice'];
    for (const row of [head, ...cells]) {
      console.log(row.map((cell, at) => String(cell)[at === 0 ? 'padEnd' : 'padStart'](at === 0 ? 38 : 14)).join(''));
    }
  }
}

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

export interface RunOptions {
  /** Records that each sender emits. */
  readonly records: number;
  readonly rollBytes?: number;
  readonly table: FaultTable;
}

/**
 * One sender, or one that is killed and one that comes after it, to a receiver with this fault. Expects that every record
 * that a sender says it emitted arrived unchanged or is the one that the receiver does not want.
 */
export async function checkFault(fault: Fault, killed: boolean, options: RunOptions): Promise<void> {
  const { records, table, ...sizes } = options;
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
    const job = { tag, records, ...sizes };
    const poisonAt = tag === 'first' && fault.poison !== undefined ? { poisonAt: records / 4 } : {};
    const emitter = site.start({ ...job, ...poisonAt }, { endpoint: sink.endpoint });
    emitters.push(emitter);
    return emitter;
  };
  try {
    let emitter = await start('first');
    if (killed) {
      await until(() => site.emitted().length >= records / 2 || emitter.child.exitCode !== null);
      await sleep(Math.random() * 200);
      await emitter.kill();
      emitter = await start('second');
    }
    const expected = killed ? records + records / 2 : records;
    // Only counted here: comparing payloads all the time would keep the sink, which lives in this process, from its work.
    const unwanted = fault.poison === undefined ? 0 : 1;
    await until(() => {
      const emitted = site.emitted().length;
      return emitter.child.exitCode !== null || (emitted >= expected && stepUps(sink) >= emitted - unwanted);
    });
    const { code, status, errors } = await emitter.finish();
    const result = tally(site, sink);
    table.add({ fault: fault.name, killed, requests: sink.requests.length, ...result });
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

function stepUps(sink: OtlpSink): number {
  return [...sink.arrived.values()].filter(({ record }) => record.attributes['step_up.id'] !== undefined).length;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(50);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
