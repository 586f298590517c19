// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { recordHash } from '@stepseal/core/format';
import type { Base } from './bases.ts';
import { type Deliverable, deliverables } from './deliverable.ts';
import { type Document, documentOf, openFacts } from './exported.ts';
import type { RowStream, Stored } from './row-stream.ts';

/** The documents of a base in a data stream of their own, and what an attacker with all rights does to them. */
export class Target {
  readonly base: Base;
  readonly stream: RowStream;

  constructor(base: Base, stream: RowStream) {
    this.base = base;
    this.stream = stream;
  }

  /** Makes the documents of the base the only ones there are. */
  async fill(): Promise<void> {
    await this.stream.hold(new Map(Object.keys(this.base.lines).flatMap((name) => this.documents(name))));
  }

  /** The genuine documents of a stream, by id. */
  documents(name: string, namespace: string = this.stream.namespace): (readonly [id: string, source: Document])[] {
    const facts = openFacts(this.base.lines[name] ?? []);
    return this.records(name).map((record) => [record.hash, documentOf(record, facts, namespace)] as const);
  }

  records(name = 'target'): readonly Deliverable[] {
    return deliverables(this.base.lines[name] ?? [], this.base.adopted.includes(name));
  }

  record(number: number, name = 'target'): Deliverable {
    const record = this.records(name).find((candidate) => candidate.number === number);
    if (record === undefined) throw new RangeError(`${name} delivers no record ${number}`);
    return record;
  }

  /** The document of a record, genuine or made up. */
  document(record: Deliverable, name = 'target'): Document {
    return documentOf(record, openFacts(this.base.lines[name] ?? []), this.stream.namespace);
  }

  async stored(number: number, name = 'target'): Promise<Stored> {
    const { hash } = this.record(number, name);
    const found = (await this.stream.all()).find(({ id }) => id === hash);
    if (found === undefined) throw new RangeError(`the document of record ${number} is not there`);
    return found;
  }

  /** Overwrites the document of a record where it lies. */
  async edit(number: number, change: (source: Document) => unknown, name = 'target'): Promise<void> {
    const stored = await this.stored(number, name);
    const before = JSON.stringify(stored.source);
    const made = change(stored.source);
    const source = typeof made === 'object' && made !== null ? made : stored.source;
    if (JSON.stringify(source) === before) throw new Error(`the edit of record ${number} changed nothing`);
    await this.stream.overwrite(stored, source);
  }

  async remove(...numbers: readonly number[]): Promise<void> {
    const ids = new Set(numbers.map((number) => this.record(number).hash));
    await this.stream.remove((await this.stream.all()).filter(({ id }) => ids.has(id)));
  }

  /** The document of a payload that somebody made up, in the place of a record of the target. */
  forged(payload: string, like: Deliverable): Deliverable {
    return { ...like, payload, hash: recordHash(payload) };
  }
}
