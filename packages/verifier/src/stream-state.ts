// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { MerkleTree, type Payload } from '@stepseal/core/format';
import type { CheckSwitch } from './checks.ts';
import type { Finding } from './findings.ts';
import { showRecord } from './reproduce.ts';
import { integerOf, type OpenFacts, openFacts, stringOf, timeMsOf } from './stream-facts.ts';

/** Sealing records further apart than this on the monotonic clock leave a hole; the heartbeat is 60 s. */
const HEARTBEAT_LIMIT_MS = 90_000;

const SEALING_EVENTS: ReadonlySet<string> = new Set(['stepseal.stream.open', 'stepseal.seal', 'stepseal.stream.close']);

/** What the close record of a stream states. */
export interface CloseFacts {
  readonly number: number;
  readonly hash: string;
  readonly next: { readonly streamId: string; readonly vkey: string } | undefined;
}

/** What a prune record states of the stream that it declares deleted. */
export interface PruneClaim {
  readonly streamId: string;
  /** Records in it. */
  readonly size: number | undefined;
  /** Root of its last note, base64. */
  readonly root: string | undefined;
}

/** What an undelivered record states of the record that a receiver refused for good. */
export interface UndeliveredClaim {
  readonly streamId: string;
  readonly number: number;
  /** Its record hash, hex. */
  readonly hash: string;
}

/** A list that states share: whoever writes a file may put a million gap records into it. */
interface Shared<T> {
  readonly value: T;
  readonly before: Shared<T> | undefined;
}

/** Tells whether records of this event carry a note. */
export function isSealingEvent(eventName: string | undefined): boolean {
  return eventName !== undefined && SEALING_EVENTS.has(eventName);
}

/** The state of one stream up to one of its records. Pure: it is advanced record by record and can be cloned. */
export class StreamState {
  number = 0;
  hash: string | undefined;
  tree: MerkleTree = new MerkleTree();
  open: OpenFacts | undefined;
  close: CloseFacts | undefined;
  refused = 0;
  /** Wall time of the newest sealing record, ms. */
  sealedAtMs: number | undefined;
  firstTimeMs: number | undefined;
  lastTimeMs: number | undefined;
  private lastPruned: Shared<PruneClaim> | undefined;
  private lastUndelivered: Shared<UndeliveredClaim> | undefined;
  /** True where a record was passed over since the last sealing record: counts and times can start again with the next. */
  private passedOver = false;
  private lastFinding: Shared<Finding> | undefined;
  private wallMs: number | undefined;
  private monotonicMs: number | undefined;

  clone(): StreamState {
    const copy = Object.assign(Object.create(StreamState.prototype) as StreamState, this);
    copy.tree = this.tree.clone();
    return copy;
  }

  /** What prune records declare deleted. */
  get pruned(): readonly PruneClaim[] {
    return valuesOf(this.lastPruned);
  }

  /** What undelivered records declare refused. */
  get undelivered(): readonly UndeliveredClaim[] {
    return valuesOf(this.lastUndelivered);
  }

  get findings(): readonly Finding[] {
    return valuesOf(this.lastFinding);
  }

  /** Takes the next record of the branch. The hot path of a verification. */
  append(hash: string): void {
    this.number += 1;
    this.hash = hash;
    this.tree.append(hash);
  }

  /** Takes the next record of the branch where only its hash is known. */
  passOver(hash: string): void {
    this.append(hash);
    this.passedOver = true;
  }

  /** Reads what the record just appended says of the trail itself. Call it for every `stepseal.*` event. */
  control(payload: Payload, source: string, check: CheckSwitch): void {
    const timeMs = timeMsOf(payload);
    if (timeMs !== undefined) {
      this.firstTimeMs ??= timeMs;
      this.lastTimeMs = timeMs;
    }
    switch (payload.eventName) {
      case 'stepseal.stream.open':
        if (this.number === 1) this.open = openFacts(payload);
        this.sealedAtMs = timeMs;
        break;
      case 'stepseal.seal':
        this.sealing(payload, source, check);
        break;
      case 'stepseal.stream.close': {
        this.sealing(payload, source, check);
        const streamId = stringOf(payload, 'stepseal.next.stream_id');
        const vkey = stringOf(payload, 'stepseal.next.vkey');
        const next = streamId !== undefined && vkey !== undefined ? { streamId, vkey } : undefined;
        this.close = { number: this.number, hash: this.hash ?? '', next };
        break;
      }
      case 'stepseal.gap': {
        const count = integerOf(payload, 'stepseal.gap.count') ?? 0;
        this.refused += count;
        const cause = stringOf(payload, 'stepseal.gap.cause') ?? 'unknown';
        this.add('DECLARED_LOSS', 'info', source, `The writer declares ${count} record(s) lost, cause ${cause}.`);
        break;
      }
      case 'stepseal.prune': {
        const streamId = stringOf(payload, 'stepseal.prune.stream_id');
        const size = integerOf(payload, 'stepseal.prune.size');
        const root = stringOf(payload, 'stepseal.prune.root');
        if (streamId !== undefined) this.lastPruned = { value: { streamId, size, root }, before: this.lastPruned };
        break;
      }
      case 'stepseal.undelivered': {
        const streamId = stringOf(payload, 'stepseal.undelivered.stream_id');
        const number = integerOf(payload, 'stepseal.undelivered.number');
        const hash = stringOf(payload, 'stepseal.undelivered.hash');
        if (streamId !== undefined && number !== undefined && hash !== undefined)
          this.lastUndelivered = { value: { streamId, number, hash }, before: this.lastUndelivered };
        break;
      }
      default:
    }
  }

  private sealing(payload: Payload, source: string, check: CheckSwitch): void {
    const refused = integerOf(payload, 'stepseal.refused_total');
    if (this.passedOver) {
      // What was passed over may have been a gap or a seal.
      this.refused = refused ?? this.refused;
      this.monotonicMs = undefined;
      this.passedOver = false;
    }
    if (refused !== this.refused && check('counts')) {
      const evidence = `stepseal.refused_total is ${refused ?? 'absent'}, the gap records before it add up to ${this.refused}.`;
      this.add('COUNT_MISMATCH', 'tampered', source, evidence, 'stepseal.refused_total');
    }
    const wallMs = integerOf(payload, 'stepseal.clock.wall_ms');
    const monotonicMs = integerOf(payload, 'stepseal.clock.monotonic_ms');
    if (
      this.monotonicMs !== undefined &&
      monotonicMs !== undefined &&
      monotonicMs - this.monotonicMs > HEARTBEAT_LIMIT_MS
    ) {
      const evidence = `No sealing record for ${Math.round((monotonicMs - this.monotonicMs) / 1000)} s of running time; one is due every 60 s.`;
      if (check('heartbeat')) this.add('HEARTBEAT_GAP', 'incomplete', source, evidence, 'stepseal.clock.monotonic_ms');
    }
    if (this.wallMs !== undefined && wallMs !== undefined && wallMs < this.wallMs && check('clock')) {
      const evidence = `The wall clock was set back by ${this.wallMs - wallMs} ms.`;
      this.add('CLOCK_ROLLBACK', 'info', source, evidence, 'stepseal.clock.wall_ms');
    }
    this.wallMs = wallMs;
    this.monotonicMs = monotonicMs;
    this.sealedAtMs = wallMs ?? timeMsOf(payload);
  }

  private add(
    code: Finding['code'],
    severity: Finding['severity'],
    source: string,
    evidence: string,
    field?: string,
  ): void {
    const at = { from: this.number, to: this.number, source, reproduce: showRecord(source, this.number) };
    const stream = this.open === undefined ? {} : { stream: this.open.streamId };
    const value = { code, severity, evidence, ...stream, ...at, ...(field === undefined ? {} : { field }) };
    this.lastFinding = { value, before: this.lastFinding };
  }
}

/** The values of a shared list in the order in which they were added. */
function valuesOf<T>(last: Shared<T> | undefined): readonly T[] {
  const values: T[] = [];
  for (let entry = last; entry !== undefined; entry = entry.before) values.push(entry.value);
  return values.reverse();
}
