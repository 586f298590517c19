// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNoteLine, parsePayload, recordHash } from '@stepseal/core/format';
import type { DeliveryStatus, OtlpDeliveryOptions } from '@stepseal/processor';
import { listWriters, readSetAside, type SetAsideEntry } from '@stepseal/processor/data';
import { createKeys } from '@stepseal/processor/keys';
import type { OtlpSink } from '@stepseal/testkit';

const FIXTURE = fileURLToPath(new URL('fixtures/emitter.mjs', import.meta.url));
const DEPLOYMENT = 'delivery.test';

export interface Job {
  readonly tag: string;
  readonly records: number;
  /** Number of the record that the receiver will not want. */
  readonly poisonAt?: number;
  readonly rollBytes?: number;
}

/** An emitter under way. */
export interface Emitter {
  readonly child: ChildProcess;
  /** Lets it shut down. Resolves with its exit code and what it printed. */
  finish(): Promise<{ code: number | null; status: DeliveryStatus | undefined; errors: string }>;
  kill(): Promise<void>;
}

/** A record as its segment has it. */
export interface SealedLine {
  readonly id: string;
  readonly eventName: string;
  readonly stepUpId: string;
  readonly payload: string;
  readonly hash: string;
  readonly streamId: string;
  readonly number: number;
}

/** A data directory with its key, and what emitters say they have emitted. */
export class DeliverySite {
  readonly root: string = mkdtempSync(join(tmpdir(), 'stepseal-delivery-'));
  readonly dataDir: string = join(this.root, 'data');
  readonly #report = join(this.root, 'emitted');

  constructor() {
    createKeys(join(this.root, 'keys'));
  }

  start(job: Job, delivery: OtlpDeliveryOptions): Emitter {
    const whole = {
      rollBytes: 64 * 1024 * 1024,
      ...job,
      deployment: DEPLOYMENT,
      dataDir: this.dataDir,
      identityFile: join(this.root, 'keys', 'identity.pem'),
      report: this.#report,
      delivery: { ...delivery, backOff: { firstMs: 20, lastMs: 150, faultMs: 200 } },
    };
    const child = spawn(process.execPath, [FIXTURE, JSON.stringify(whole)], { stdio: ['pipe', 'pipe', 'pipe'] });
    const output = gather(child.stdout);
    const errors = gather(child.stderr);
    const gone = new Promise<number | null>((resolve) => child.once('close', resolve));
    return {
      child,
      finish: async () => {
        child.stdin.end();
        const code = await gone;
        const text = output();
        return { code, errors: errors(), status: text === '' ? undefined : (JSON.parse(text) as DeliveryStatus) };
      },
      kill: async () => {
        child.kill('SIGKILL');
        await gone;
      },
    };
  }

  /** Ids emitted so far, by the emitters' own account. */
  emitted(): string[] {
    try {
      return readFileSync(this.#report, 'utf8').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  }

  /** Every record in every segment. */
  sealed(): SealedLine[] {
    const segments = listWriters(this.dataDir).flatMap((writer) => writer.segments);
    return segments.flatMap(({ path }) => linesOf(readFileSync(path)).map(sealedLine));
  }

  setAside(): SetAsideEntry[] {
    return listWriters(this.dataDir).flatMap(({ directory }) => [...readSetAside(directory)]);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** How a run came out. */
export interface Tally {
  readonly sent: number;
  /** Of those, arrived at least once, each time with the payload that its segment has. */
  readonly arrived: number;
  readonly setAside: number;
  readonly lost: number;
  /** Records of the chain itself that did not arrive. */
  readonly missing: number;
  readonly twice: number;
}

export function tally(site: DeliverySite, sink: OtlpSink): Tally {
  const sealed = site.sealed();
  const byStepUp = new Map(sealed.filter(({ stepUpId }) => stepUpId !== '').map((line) => [line.stepUpId, line]));
  const arrived = (line: SealedLine | undefined): boolean => {
    const found = line === undefined ? undefined : sink.arrived.get(line.id);
    const attributes: Record<string, unknown> = found?.record.attributes ?? {};
    return (
      found?.unchanged === true &&
      attributes['audit.integrity.payload'] === line?.payload &&
      attributes['audit.integrity.hash'] === line?.hash
    );
  };
  const aside = new Set(site.setAside().map(({ hash }) => hash));
  const emitted = site.emitted();
  const there = emitted.filter((id) => arrived(byStepUp.get(id))).length;
  const setAside = emitted.filter((id) => aside.has(byStepUp.get(id)?.hash ?? '')).length;
  return {
    sent: emitted.length,
    arrived: there,
    setAside,
    lost: emitted.length - there - setAside,
    missing: sealed.filter((line) => line.stepUpId === '' && !arrived(line)).length,
    twice: [...sink.arrived.values()].filter(({ times }) => times > 1).length,
  };
}

function sealedLine(line: Buffer): SealedLine {
  const { attributes, eventName = '' } = parsePayload(line);
  const text = (key: string): string => {
    const value = attributes.get(key)?.value ?? '';
    return typeof value === 'string' || typeof value === 'bigint' ? String(value) : '';
  };
  return {
    id: text('audit.record.id'),
    eventName,
    stepUpId: text('step_up.id'),
    payload: line.toString('utf8'),
    hash: recordHash(line),
    streamId: text('audit.sequence.stream_id'),
    number: Number(text('audit.sequence.number')),
  };
}

/** Record lines; a torn last one is left out. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
    const line = bytes.subarray(start, end);
    if (!isNoteLine(line)) lines.push(line);
    start = end + 1;
  }
  return lines;
}

function gather(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
