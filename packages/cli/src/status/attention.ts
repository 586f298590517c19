// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { HealthReport } from '@stepseal/processor/data';
import { duration } from '../render/time.ts';
import type { WriterStatus } from './writer-status.ts';

/** Something that somebody should look at. */
export interface Attention {
  /** Stable, for scripts. */
  readonly code:
    | 'BLOCKED'
    | 'SILENT'
    | 'SEALS_LATE'
    | 'OWNER_GONE'
    | 'SET_ASIDE'
    | 'DELIVERY_LATE'
    | 'DISK_LOW'
    | 'PROBLEM_REPORTED';
  /** What it is about: a writer's id, a process, a directory. */
  readonly about: string;
  readonly message: string;
  /** Whether a restart of the process could help, which is what a container's probe is asked. */
  readonly probe: boolean;
}

/** Health files are rewritten every 5 s; three missed are silence. */
const SILENT_MS = 15_000;
/** As the verifier: a seal is due a second after a record and every 60 s. */
const BUSY_LIMIT_MS = 5_000;
const IDLE_LIMIT_MS = 90_000;
/** As the verifier: what is not in the index by then counts as not delivered. */
const DELIVERY_GRACE_MS = 900_000;
const DISK_LOW_BYTES = 256 * 1024 * 1024;

export interface Observed {
  readonly now: number;
  readonly writers: readonly WriterStatus[];
  readonly health: readonly HealthReport[];
  /** Whether records are to be sent anywhere. */
  readonly delivering: boolean;
  readonly diskFreeBytes: number | undefined;
  readonly dataDir: string;
}

export function attentionsOf({ now, writers, health, delivering, diskFreeBytes, dataDir }: Observed): Attention[] {
  return [
    ...health.flatMap((one) => ofHealth(one, now)),
    ...writers.flatMap((one) => ofWriter(one, now, delivering)),
    ...(diskFreeBytes !== undefined && diskFreeBytes < DISK_LOW_BYTES
      ? [attention('DISK_LOW', dataDir, 'Less than 256 MiB are free where records are written.')]
      : []),
  ];
}

function attention(code: Attention['code'], about: string, message: string, probe = false): Attention {
  return { code, about, message, probe };
}

function ofHealth({ pid, threadId, state, updatedMs, problems }: HealthReport, now: number): Attention[] {
  const about = threadId === 0 ? `process ${pid}` : `process ${pid}, thread ${threadId}`;
  const age = now - updatedMs;
  const found: Attention[] = [];
  if (age > SILENT_MS)
    found.push(
      attention('SILENT', about, `It has not reported its health for ${duration(age)}: it hangs, or was killed.`, true),
    );
  else if (state === 'blocked')
    found.push(attention('BLOCKED', about, 'It cannot write records; they wait in its memory.', true));
  if (problems.length > 0) {
    const message = `It reports ${problems.join(', ')}: docs/errors.md says what to do.`;
    found.push(attention('PROBLEM_REPORTED', about, message));
  }
  return found;
}

function ofWriter(writer: WriterStatus, now: number, delivering: boolean): Attention[] {
  const about = `writer ${writer.writer}`;
  const found: Attention[] = [];
  if (writer.live && writer.owner === 'gone') {
    const message = 'Its process ended without closing its stream; the next start of the service continues it.';
    found.push(attention('OWNER_GONE', about, message));
  }
  if (writer.live && writer.owner === 'alive') {
    const busyMs = writer.recordsSince > 0 ? now - (writer.lastRecordMs ?? now) : 0;
    const idleMs = now - (writer.noteMs ?? now);
    if (busyMs > BUSY_LIMIT_MS || idleMs > IDLE_LIMIT_MS) {
      const message = `Nothing has been signed for ${duration(idleMs)}, with ${writer.recordsSince} record(s) waiting.`;
      found.push(attention('SEALS_LATE', about, message, true));
    }
  }
  if (writer.setAside.length > 0) {
    const message = `${writer.setAside.length} record(s) were refused by the receiver and set aside; they stay in their segments.`;
    found.push(attention('SET_ASIDE', about, message));
  }
  const lateMs = now - (writer.queue.oldestMs ?? now);
  if (delivering && lateMs > DELIVERY_GRACE_MS) {
    const message = `Its oldest undelivered record is ${duration(lateMs)} old: look at the receiver.`;
    found.push(attention('DELIVERY_LATE', about, message));
  }
  return found;
}
