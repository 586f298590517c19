// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createKeys } from '@stepseal/processor/keys';
import { directorySource, parseTrustPolicy, type Report, readRecords, verify } from '@stepseal/verifier';
import { afterAll, expect, test } from 'vitest';
import { Software, temporaryDirectory } from './software.ts';

const DEPLOYMENT = 'upgrade.test';

/** One data directory through changes of software. */
class Site {
  readonly #root = temporaryDirectory();
  readonly dataDir = join(this.#root, 'data');
  readonly trust: string;
  readonly #promised: string[] = [];

  constructor() {
    const { vkey } = createKeys(join(this.#root, 'keys')).signer(DEPLOYMENT);
    this.trust = JSON.stringify({ version: 1, deployments: { [DEPLOYMENT]: { identities: [vkey] } } });
  }

  /** Starts a process and waits until it has promised its records. */
  async begin(
    software: Software,
    tag: string,
    end: 'order' | 'kill' | 'input',
    rollBytes?: number,
  ): Promise<ChildProcess> {
    const identityFile = join(this.#root, 'keys', 'identity.pem');
    const job = { deployment: DEPLOYMENT, dataDir: this.dataDir, identityFile, records: 12, tag, end, rollBytes };
    const child = software.start(job);
    let told = '';
    for await (const chunk of child.stdout ?? []) {
      told += String(chunk);
      if (told.includes(`${tag}-11\n`)) break;
    }
    this.#promised.push(...told.trim().split('\n'));
    return child;
  }

  async live(software: Software, tag: string, end: 'order' | 'kill', rollBytes?: number): Promise<void> {
    await ended(await this.begin(software, tag, end, rollBytes));
  }

  verify(): Promise<Report> {
    return verify({ sources: [directorySource(this.dataDir)], trust: parseTrustPolicy(this.trust) });
  }

  /** Of every stream, oldest first: software, format, why it begins, and which directory it lies in. */
  async streams(): Promise<readonly (readonly string[])[]> {
    const found: string[][] = [];
    for await (const { payload, source } of readRecords(directorySource(this.dataDir))) {
      if (payload.eventName !== 'stepseal.stream.open') continue;
      const text = (name: string): string => {
        const value = payload.attributes.get(name);
        return value?.type === 'string' ? value.value : '';
      };
      const id = text('audit.sequence.stream_id');
      const writer = source.split('/').at(-2) ?? '';
      found.push([
        id,
        text('stepseal.software.version'),
        text('stepseal.format.version'),
        text('stepseal.predecessor.cause'),
        writer,
      ]);
    }
    return found.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)).map(([, ...rest]) => rest);
  }

  async expectNothingLost(): Promise<void> {
    const recorded: string[] = [];
    for await (const { payload } of readRecords(directorySource(this.dataDir))) {
      const id = payload.attributes.get('step_up.id');
      if (id?.type === 'string') recorded.push(id.value);
    }
    expect(recorded.sort()).toEqual([...this.#promised].sort());
  }
}

async function ended(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

const before = new Software({ software: '0.1.0', format: '1' });
const newer = new Software({ software: '0.2.0', format: '1' });
const next = new Software({ software: '1.0.0', format: '2' });
afterAll(() => {
  for (const software of [before, newer, next]) software.remove();
});

test('old and new software of one format take over from each other, after an end and after a crash, both ways', async () => {
  const site = new Site();
  const after = newer;
  await site.live(before, 'a', 'order');
  await site.live(after, 'b', 'kill', 6_000);
  await site.live(before, 'c', 'kill');
  await site.live(after, 'd', 'order');
  await site.live(before, 'e', 'order');
  const { grade, findings } = await site.verify();
  expect([grade, [...new Set(findings.map(({ code }) => code))]]).toEqual(['SEALED', ['ADOPTED']]);
  const streams = await site.streams();
  expect(new Set(streams.map(([, , , writer]) => writer)).size).toBe(1);
  expect(streams.filter(([, , cause]) => cause !== 'roll').map(([software, , cause]) => [software, cause])).toEqual([
    ['0.1.0', 'first'],
    ['0.2.0', 'closed'],
    ['0.1.0', 'crash'],
    ['0.2.0', 'crash'],
    ['0.1.0', 'closed'],
  ]);
  for (const software of [before, after]) expect(software.verify(site.dataDir, site.trust).grade).toBe('SEALED');
  await site.expectNothingLost();
});

test('a rolling restart: old and new write side by side, and each takes over what the other one left', async () => {
  const site = new Site();
  const after = newer;
  const first = await site.begin(before, 'a', 'input');
  const second = await site.begin(after, 'b', 'input');
  await ended(first);
  const third = await site.begin(after, 'c', 'input');
  await ended(second);
  const fourth = await site.begin(before, 'd', 'input');
  await Promise.all([ended(third), ended(fourth)]);
  expect((await site.verify()).grade).toBe('SEALED');
  const streams = await site.streams();
  const [writerOfFirst, writerOfSecond] = streams.map(([, , , writer]) => writer);
  expect(writerOfFirst).not.toBe(writerOfSecond);
  expect(streams.slice(2).map(([software, , cause, writer]) => [software, cause, writer])).toEqual([
    ['0.2.0', 'closed', writerOfFirst],
    ['0.1.0', 'closed', writerOfSecond],
  ]);
  await site.expectNothingLost();
});

test('software of a newer format goes on from the old one; the old one leaves its directory alone and begins its own', async () => {
  const site = new Site();
  const after = next;
  await site.live(before, 'a', 'kill');
  await site.live(after, 'b', 'kill');
  // The new release is taken back.
  await site.live(before, 'c', 'order');
  await site.live(before, 'd', 'kill');
  const streams = await site.streams();
  const [first, , third] = streams.map(([, , , writer]) => writer);
  expect(streams.map(([software, format, cause, writer]) => [software, format, cause, writer])).toEqual([
    ['0.1.0', '1', 'first', first],
    ['1.0.0', '2', 'crash', first],
    ['0.1.0', '1', 'first', third],
    ['0.1.0', '1', 'closed', third],
  ]);
  expect(third).not.toBe(first);
  // Who knows format 1 alone is told that there is more, and of nothing that was tampered with.
  const old = await site.verify();
  expect([old.exitCode, old.findings.filter(({ severity }) => severity === 'tampered')]).toEqual([3, []]);
  expect(old.findings.find(({ code }) => code === 'FORMAT_NEWER')?.evidence).toContain('version 2');
  // The new release comes again, and goes on in both directories.
  const one = await site.begin(after, 'e', 'input');
  const two = await site.begin(after, 'f', 'input');
  await Promise.all([ended(one), ended(two)]);
  const now = after.verify(site.dataDir, site.trust);
  expect([now.grade, now.findings.filter(({ severity }) => severity !== 'info')]).toEqual(['SEALED', []]);
  expect(new Set((await site.streams()).slice(-2).map(([, , cause, writer]) => `${cause} ${writer}`))).toEqual(
    new Set([`crash ${first}`, `crash ${third}`]),
  );
  await site.expectNothingLost();
});

test('both formats at once over one data directory: neither alarms, neither takes what it cannot read', async () => {
  const site = new Site();
  const after = next;
  const old = await site.begin(before, 'a', 'input');
  const young = await site.begin(after, 'b', 'input');
  const late = await site.begin(before, 'c', 'input');
  await Promise.all([ended(old), ended(young), ended(late)]);
  expect(after.verify(site.dataDir, site.trust).grade).toBe('SEALED');
  expect(before.verify(site.dataDir, site.trust).findings.map(({ severity }) => severity)).not.toContain('tampered');
  await site.expectNothingLost();
});
