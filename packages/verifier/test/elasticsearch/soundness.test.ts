// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { recordHash } from '@stepseal/core/format';
import { SeededRandom, TestWriter, writeOne, writeStepUp } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { BACKING_INDEX, documentsOf, type MemoryDocument } from './memory-index.ts';
import { verifyIndex } from './verify-index.ts';

const RUNS = 20;
const GRACE_MS = 60_000;

interface Life {
  readonly writer: TestWriter;
  /** When each record could leave, ms: sealed, or adopted; by id. */
  readonly leftMs: ReadonlyMap<string, number>;
}

/** A random honest life of one writer. */
function live(random: SeededRandom, label: string): Life {
  const writer = new TestWriter({ label });
  const leftMs = new Map<string, number>();
  let stream = writer.start();
  const mark = (): void => {
    const running = writer.streams.at(-1)?.stream.streamId;
    for (const { id, source } of documentsOf(writer)) {
      const { 'audit.integrity.seal': seal, 'audit.sequence.stream_id': of } = source.attributes;
      // Without a seal it is of a crash, and leaves when its successor has adopted it.
      if (!leftMs.has(id) && (seal !== undefined || of !== running)) leftMs.set(id, writer.clock.wallMs);
    }
  };
  const restart = (): void => {
    mark();
    writer.clock.advance(random.below(5_000));
    stream = writer.start();
  };
  const steps: readonly (() => void)[] = [
    () => writeStepUp(stream, 'four').seal(),
    () => writeOne(stream, 'one').seal(),
    () => stream.heartbeat(),
    () => {
      stream = writer.roll();
    },
    () => {
      writer.close();
      restart();
    },
    () => {
      writeOne(stream, 'late');
      writer.crash();
      restart();
    },
  ];
  for (let step = 3 + random.below(9); step > 0; step--) {
    writer.clock.advance(random.below(5_000));
    steps[random.below(steps.length)]?.();
    mark();
  }
  return { writer, leftMs };
}

test('whatever comes late, twice and in any order within the grace is never taken for tampering', async () => {
  for (let run = 0; run < RUNS; run++) {
    const random = new SeededRandom(`index/honest/${run}`);
    const { writer, leftMs } = live(random, `index/honest/${run}`);
    const now = writer.clock.wallMs - random.below(10_000);
    const here = documentsOf(writer).filter(({ id }) => {
      const delay = random.below(2) === 0 ? 0 : random.below(GRACE_MS - 5_000);
      return (leftMs.get(id) ?? Number.POSITIVE_INFINITY) + delay <= now;
    });
    const again = here.filter(() => random.below(10) === 0);
    const copies = again.map((document) => ({ ...document, index: BACKING_INDEX.replace('01', '02') }));
    const part = [{}, { since: now - random.below(20_000) }, { until: now - random.below(20_000) }][run % 3];
    const report = await verifyIndex([...copies, ...here], writer, {
      now,
      deliveryGraceMs: GRACE_MS,
      pageSize: 7,
      ...part,
    });
    const alarms = report.findings.filter(({ severity }) => severity === 'tampered');
    expect([run, alarms]).toEqual([run, []]);
  }
});

/** A record under the place, the links and the fields of any others, with no key. */
function forge(random: SeededRandom, all: readonly MemoryDocument[]): MemoryDocument {
  const any = (): MemoryDocument => all[random.below(all.length)] as MemoryDocument;
  const made = structuredClone(any());
  const { attributes: theirs } = any().source;
  const payload = JSON.parse(String(made.source.attributes['audit.integrity.payload']));
  const state = (name: string, type: string, value: string | number): void => {
    if (payload.attributes[name] === undefined) return;
    payload.attributes[name] = { [type]: String(value) };
    made.source.attributes[name] = value;
  };
  state('audit.sequence.stream_id', 'stringValue', String(theirs['audit.sequence.stream_id']));
  state('audit.sequence.number', 'intValue', Number(theirs['audit.sequence.number']) + random.below(3));
  state('audit.sequence.previous_hash', 'stringValue', random.below(3) === 0 ? 'a'.repeat(64) : any().id);
  state('audit.record.id', 'stringValue', `forged ${random.below(1_000)}`);
  const text = JSON.stringify(payload).slice(0, random.below(5) === 0 ? -3 : undefined);
  made.id = recordHash(text);
  const { attributes } = made.source;
  Object.assign(attributes, { 'audit.integrity.payload': text, 'audit.integrity.hash': made.id });
  if (random.below(2) === 0) delete attributes['audit.integrity.note'];
  if (random.below(2) === 0) delete attributes['audit.integrity.seal'];
  return made;
}

test('a record made without a key is an alarm wherever it is put', async () => {
  for (let run = 0; run < RUNS; run++) {
    const random = new SeededRandom(`index/forged/${run}`);
    const { writer } = live(random, `index/forged/${run}`);
    const all = documentsOf(writer.close());
    const report = await verifyIndex([...all, forge(random, all)], writer, { pageSize: 9 });
    expect([run, report.grade]).toEqual([run, 'TAMPERED']);
  }
});

test('a field that anybody changes or takes out is an alarm', async () => {
  for (let run = 0; run < RUNS; run++) {
    const random = new SeededRandom(`index/changed/${run}`);
    const { writer } = live(random, `index/changed/${run}`);
    const all = documentsOf(writer.close());
    const { attributes } = (all[random.below(all.length)] as MemoryDocument).source;
    const names = Object.keys(attributes);
    const name = names[random.below(names.length)] ?? '';
    if (random.below(2) === 0) delete attributes[name];
    else attributes[name] = ['changed', 77_777, [attributes[name]], null][random.below(4)];
    const report = await verifyIndex(all, writer);
    expect([run, name, report.grade]).toEqual([run, name, 'TAMPERED']);
  }
});
