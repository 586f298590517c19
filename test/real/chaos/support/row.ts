// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { type Fault, type Outage, QUIET_MS } from '../faults.ts';
import { documents } from './documents.ts';
import { Line } from './line.ts';
import { type Ran, reconcile, verifyIndex } from './stepseal.ts';
import type { Store } from './store.ts';
import { declaredLost, type Standing, standing } from './tally.ts';

/** How one fault came out. Counts are of records that the application emitted, by its own account. */
export interface Row {
  readonly fault: string;
  readonly emitted: number;
  /** In Elasticsearch before the reconcile run. */
  readonly delivered: number;
  /** In Elasticsearch after it, and not before. */
  readonly reconciled: number;
  /** Not there, and a signed record says why. */
  readonly declared: number;
  readonly lost: number;
  /** Events a second. */
  readonly rate: number;
  /** After the reconcile run. */
  readonly standing: Standing;
  /** What the reconcile run came to; absent where nothing was missing. */
  readonly reconcile?: Ran;
  /** What the live index is verified as, at the end. */
  readonly verify: Ran;
}

/** A line under load that meets a fault in the middle of it. */
export class Trial {
  readonly fault: Fault;
  readonly #store: Store;
  readonly #directory: string;
  #line: Line | undefined;

  constructor(fault: Fault, store: Store, directory: string) {
    this.fault = fault;
    this.#store = store;
    this.#directory = join(directory, fault.name);
  }

  get line(): Line {
    if (this.#line === undefined) throw new Error('the line was not started');
    return this.#line;
  }

  /** @returns with the line under load */
  async start(): Promise<void> {
    const { name, prepare, line } = this.fault;
    await prepare?.(this.#store);
    this.#line = await Line.start({ name, directory: this.#directory, store: this.#store, ...line });
    await this.line.load(600);
  }

  /** The fault, and the end of it; then the load ends, and what still comes is waited for. */
  async suffer(outage: Outage): Promise<void> {
    await this.fault.act(this.line, outage);
    await this.line.load(600);
    await this.line.settle(QUIET_MS);
  }

  /** Counts, sends again what is missing, and counts again. */
  async account(): Promise<Row> {
    const emitted = this.line.application.emitted();
    const sealed = this.line.application.sealed();
    const look = async (): Promise<Standing> =>
      standing(emitted, sealed, await documents(this.#store.call, this.line.dataStream));
    const before = await look();
    let after = before;
    let run: Ran | undefined;
    if (before.missing.length > 0) {
      await this.fault.mend?.(this.#store, this.line);
      run = await reconcile(this.line, this.#store);
      after = await look();
    }
    const missing = emitted.length - after.there.size;
    const declared = Math.min(missing, declaredLost(sealed));
    return {
      fault: this.fault.loses ? `${this.fault.title} *` : this.fault.title,
      emitted: emitted.length,
      delivered: before.there.size,
      reconciled: after.there.size - before.there.size,
      declared,
      lost: missing - declared,
      rate: this.line.application.rate(),
      standing: after,
      ...(run === undefined ? {} : { reconcile: run }),
      verify: await verifyIndex(this.line, this.#store),
    };
  }

  async end(): Promise<void> {
    await this.#line?.end();
  }
}

/** The table of all faults, one line each. */
export function table(rows: readonly Row[]): string {
  const head = ['fault', 'emitted', 'delivered', 'reconciled', 'declared lost', 'lost'];
  const cells = rows.map((row) => [row.fault, row.emitted, row.delivered, row.reconciled, row.declared, row.lost]);
  const width = Math.max(...[head, ...cells].map(([fault]) => String(fault).length)) + 2;
  return [head, ...cells]
    .map((row) => row.map((cell, at) => (at === 0 ? String(cell).padEnd(width) : String(cell).padStart(15))).join(''))
    .join('\n');
}
