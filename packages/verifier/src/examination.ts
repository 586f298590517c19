// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FORMAT_VERSION, parseVkey, type VerifierKey } from '@stepseal/core/format';
import type { CheckSwitch } from './checks.ts';
import { coverage } from './covered.ts';
import { VerifierError } from './errors.ts';
import { FindingLog } from './finding-log.ts';
import type { Finding } from './findings.ts';
import type { KnownHeads } from './known-heads.ts';
import { examine, type Outcome } from './outcome.ts';
import { type Peek, peek } from './peek.ts';
import type { RecordItem } from './region.ts';
import type { Segment, Source } from './sources/source.ts';
import type { TrustPolicy } from './trust.ts';

/** Passes over a directory that rolls while it is read; the last finds at worst a stream that has just been closed. */
const MAX_PASSES = 4;

/** What every segment of the sources proves by itself. */
export interface Examined {
  /** Outcomes by stream; several where several files hold it. */
  readonly byStream: ReadonlyMap<string, readonly Outcome[]>;
  /** Segments of which not even the stream can be told. */
  readonly unnamed: readonly Outcome[];
  /** Streams of a format that this verifier does not know, under keys that the policy vouches for. */
  readonly newer: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/** How segments are examined. */
export interface ExaminationOptions {
  readonly sources: readonly Source[];
  readonly policy: TrustPolicy | undefined;
  readonly knownHeads: KnownHeads | undefined;
  readonly strict: boolean;
  /** Look closely at whole segments too; default false. */
  readonly closely: boolean;
  readonly check: CheckSwitch;
  /** Time of verification, ms since 1970, or when what is verified was read, where that was before. */
  readonly clock: (readAtMs: number | undefined) => number;
}

interface Entry {
  readonly key: string;
  readonly segment: Segment;
  readonly source: Source;
  peek: Peek;
  outcome: Outcome | undefined;
}

/**
 * Examines every segment of the sources. A directory may be written, rolled and pruned while it is read. Whatever a
 * listing holds is read after it, so that a stream is never older than what its successor says of it; streams that the
 * listing does not yet hold come with the next pass.
 */
export async function examineSources(options: ExaminationOptions): Promise<Examined> {
  const examination = new Examination(options);
  for (let pass = 0; pass < MAX_PASSES; pass++) if (!(await examination.pass())) break;
  return examination.result();
}

class Examination {
  private readonly options: ExaminationOptions;
  private readonly entries = new Map<string, Entry>();
  /** Files that could not be read in the newest pass. */
  private readonly failed = new Set<string>();
  /** The keys that authorised close records name, by the stream that they name. */
  private readonly namedKeys = new Map<string, string>();
  private readonly coveredElsewhere: (item: RecordItem) => boolean;

  constructor(options: ExaminationOptions) {
    this.options = options;
    this.coveredElsewhere = coverage((id) =>
      [...this.entries.values()].filter((entry) => entry.peek.streamId === id).map((entry) => entry.segment),
    );
  }

  /** Reads what is new. @returns whether another pass may find more */
  async pass(): Promise<boolean> {
    const known = [...this.entries.values()];
    const fresh: Entry[] = [];
    this.failed.clear();
    for (const [index, source] of this.options.sources.entries())
      for (const segment of await source.segments()) {
        // Two sources may hold files of one name: both are evidence.
        const key = `${index}:${segment.name}`;
        if (this.entries.has(key)) continue;
        const entry = this.attempt(segment, source, () => enter(key, segment, source));
        if (entry === undefined || entry.peek.empty) continue;
        this.entries.set(key, entry);
        fresh.push(entry);
      }
    const moved = fresh.length > 0 || this.failed.size > 0;
    const grown = moved ? known.filter((entry) => this.hasGrown(entry)) : [];
    for (const entry of grown)
      entry.peek = this.attempt(entry.segment, entry.source, () => peek(entry.segment)) ?? entry.peek;
    await this.examineInOrder([...grown, ...fresh]);
    return moved;
  }

  result(): Examined {
    const byStream = new Map<string, Outcome[]>();
    const unnamed: Outcome[] = [];
    const newer = new Set<string>();
    const findings: Finding[] = [];
    const say = (source: string, stream: string | undefined, entry: Parameters<FindingLog['add']>[0]): void => {
      const log = new FindingLog(source, stream);
      log.add(entry);
      findings.push(...log.findings);
    };
    for (const { segment, outcome } of this.entries.values()) {
      if (outcome === undefined) continue;
      const { streamId, state, authorised } = outcome;
      const version = state.open?.formatVersion ?? FORMAT_VERSION;
      if (streamId === undefined) unnamed.push(outcome);
      else if (isNewer(version) && (authorised || this.options.policy === undefined)) {
        // The open record and its note have this form in every version, so a proved one names its version truly.
        const evidence = `It is of format version ${version}; this verifier knows version ${FORMAT_VERSION}.`;
        newer.add(streamId);
        say(segment.name, streamId, { code: 'FORMAT_NEWER', severity: 'cannot_verify', evidence });
      } else {
        const copies = byStream.get(streamId);
        if (copies === undefined) byStream.set(streamId, [outcome]);
        else copies.push(outcome);
      }
    }
    const unreadable = this.options.sources.flatMap((source) => source.unreadable ?? []);
    for (const name of new Set([...unreadable, ...this.failed]))
      say(name, undefined, { code: 'UNREADABLE', severity: 'incomplete', evidence: 'It could not be read.' });
    return { byStream, unnamed, newer, findings };
  }

  /** A file of a directory may be gone again, or denied: that is a finding. A file named by the caller has to be there. */
  private attempt<T>(segment: Segment, source: Source, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.fail(segment, source, error);
      return undefined;
    }
  }

  private fail(segment: Segment, source: Source, error: unknown): void {
    const denied = error instanceof VerifierError && error.code === 'SOURCE_UNREADABLE';
    if (!denied || source.unreadable === undefined) throw error;
    this.failed.add(segment.name);
  }

  private hasGrown({ segment, source, outcome }: Entry): boolean {
    if (outcome === undefined || outcome.closed) return false;
    const more = this.attempt(segment, source, () => {
      const reader = segment.open();
      try {
        return reader.read(Buffer.allocUnsafe(1), 0, outcome.end) > 0;
      } finally {
        reader.close();
      }
    });
    return more === true;
  }

  /** First streams before rolled ones: the key of a rolled stream is what a trusted close record says, not what it says itself. */
  private async examineInOrder(entries: readonly Entry[]): Promise<void> {
    const queue: Entry[] = [];
    const waiting = new Map<string, Entry[]>();
    const unnamed: Entry[] = [];
    for (const entry of entries) {
      const { streamId, open } = entry.peek;
      if (open?.identityKey !== undefined || (streamId !== undefined && this.namedKeys.has(streamId)))
        queue.push(entry);
      else if (streamId === undefined) unnamed.push(entry);
      else {
        const list = waiting.get(streamId);
        if (list === undefined) waiting.set(streamId, [entry]);
        else list.push(entry);
      }
    }
    // The queue grows while it is walked: each closed stream calls for the one that it names.
    for (const entry of queue) {
      await this.examineOne(entry, this.namedKey(entry));
      const state = entry.outcome?.authorised === true ? entry.outcome.state : undefined;
      // Where every stream carries the identity, a close record names a key and vouches for none.
      const next = state?.open?.identityAlways === true ? undefined : state?.close?.next;
      if (next === undefined) continue;
      if (!this.namedKeys.has(next.streamId)) this.namedKeys.set(next.streamId, next.vkey);
      for (const rolled of waiting.get(next.streamId) ?? []) queue.push(rolled);
      waiting.delete(next.streamId);
    }
    for (const entry of [...[...waiting.values()].flat(), ...unnamed]) await this.examineOne(entry, undefined);
  }

  private namedKey({ peek: { streamId, open } }: Entry): VerifierKey | undefined {
    if (open?.identityKey !== undefined || !this.options.check('authorisation')) return undefined;
    const vkey = this.namedKeys.get(streamId ?? '');
    try {
      return vkey === undefined ? undefined : parseVkey(vkey);
    } catch {
      return undefined;
    }
  }

  private async examineOne(entry: Entry, named: VerifierKey | undefined): Promise<void> {
    const { policy, strict, closely, knownHeads, check, clock } = this.options;
    const { segment, source } = entry;
    const rootSizes = (id: string): readonly number[] => {
      const head = knownHeads?.streams.get(id);
      return head === undefined ? [] : [head.size];
    };
    const { streamId } = entry.peek;
    const { complete } = source;
    const { coveredElsewhere } = this;
    const options = { policy, named, streamId, strict, closely, check, rootSizes, coveredElsewhere, complete, clock };
    try {
      entry.outcome = await examine(segment, options);
    } catch (error) {
      this.fail(segment, source, error);
      // The next pass tries again, or finds it gone.
      if (entry.outcome === undefined) this.entries.delete(entry.key);
    }
  }
}

function enter(key: string, segment: Segment, source: Source): Entry {
  return { key, segment, source, peek: peek(segment), outcome: undefined };
}

function isNewer(version: string): boolean {
  return !/^\d{1,6}$/.test(version) || Number(version) > Number(FORMAT_VERSION);
}
