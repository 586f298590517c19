// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FORMAT_VERSION, parseVkey, type VerifierKey } from '@stepseal/core/format';
import type { CheckSwitch } from './checks.ts';
import { coverage } from './covered.ts';
import { FindingLog } from './finding-log.ts';
import type { Finding } from './findings.ts';
import type { KnownHeads } from './known-heads.ts';
import { examine, type Outcome } from './outcome.ts';
import { type Peek, peek } from './peek.ts';
import type { RecordItem } from './region.ts';
import type { Segment, Source } from './sources/source.ts';
import type { TrustPolicy } from './trust.ts';

/** What every segment of the sources proves by itself. */
export interface Examined {
  /** Outcomes by stream; several where several files hold it. */
  readonly byStream: ReadonlyMap<string, readonly Outcome[]>;
  /** Segments of which not even the stream can be told. */
  readonly unnamed: readonly Outcome[];
  readonly findings: readonly Finding[];
}

/** How segments are examined. */
export interface ExaminationOptions {
  readonly sources: readonly Source[];
  readonly policy: TrustPolicy | undefined;
  readonly knownHeads: KnownHeads | undefined;
  readonly strict: boolean;
  readonly check: CheckSwitch;
}

interface Entry {
  readonly segment: Segment;
  readonly peek: Peek;
}

/** Examines every segment of the sources. */
export async function examineSources(options: ExaminationOptions): Promise<Examined> {
  const examination = new Examination(options);
  // A directory that is being written may roll while it is read: what a first pass found missing, a second may find.
  for (let pass = 0; pass < 2; pass++) await examination.pass();
  examination.noteUnreadable();
  return examination;
}

class Examination implements Examined {
  readonly byStream: Map<string, Outcome[]> = new Map();
  readonly unnamed: Outcome[] = [];
  readonly findings: Finding[] = [];
  private readonly options: ExaminationOptions;
  private readonly entries = new Map<string, Entry>();
  private readonly coveredElsewhere: (item: RecordItem) => boolean;

  constructor(options: ExaminationOptions) {
    this.options = options;
    this.coveredElsewhere = coverage((id) =>
      [...this.entries.values()].filter((entry) => entry.peek.streamId === id).map((entry) => entry.segment),
    );
  }

  async pass(): Promise<void> {
    const fresh: Entry[] = [];
    for (const [index, source] of this.options.sources.entries()) {
      for (const segment of await source.segments()) {
        // Two sources may hold files of one name: both are evidence.
        const key = `${index}:${segment.name}`;
        if (this.entries.has(key)) continue;
        const entry = { segment, peek: peek(segment) };
        this.entries.set(key, entry);
        if (!entry.peek.empty) fresh.push(entry);
      }
    }
    await this.examineInOrder(fresh);
  }

  noteUnreadable(): void {
    for (const source of this.options.sources)
      for (const name of source.unreadable ?? [])
        this.log(name, undefined, {
          code: 'UNREADABLE',
          severity: 'incomplete',
          evidence: `${name} could not be read.`,
        });
  }

  /** First streams before rolled ones: the key of a rolled stream is what a trusted close record says, not what it says itself. */
  private async examineInOrder(entries: readonly Entry[]): Promise<void> {
    const waiting = new Set(entries);
    for (const entry of entries) {
      if (entry.peek.open?.identityKey === undefined) continue;
      waiting.delete(entry);
      await this.examineOne(entry, undefined);
    }
    for (let progress = true; progress; ) {
      progress = false;
      for (const entry of waiting) {
        const named = this.namedKey(entry.peek.streamId);
        if (named === undefined) continue;
        waiting.delete(entry);
        await this.examineOne(entry, named);
        progress = true;
      }
    }
    for (const entry of waiting) await this.examineOne(entry, undefined);
  }

  private namedKey(streamId: string | undefined): VerifierKey | undefined {
    if (streamId === undefined || !this.options.check('authorisation')) return undefined;
    for (const outcome of [...this.byStream.values()].flat()) {
      const next = outcome.state.close?.next;
      if (next?.streamId !== streamId || !outcome.claimed) continue;
      try {
        return parseVkey(next.vkey);
      } catch {
        return undefined;
      }
    }
    return undefined;
  }

  private async examineOne({ segment, peek: seen }: Entry, named: VerifierKey | undefined): Promise<void> {
    const { policy, strict, knownHeads, check } = this.options;
    const rootSizes = (id: string): readonly number[] => {
      const head = knownHeads?.streams.get(id);
      return head === undefined ? [] : [head.size];
    };
    const { coveredElsewhere } = this;
    const outcome = await examine(segment, {
      policy,
      named,
      streamId: seen.streamId,
      strict,
      check,
      rootSizes,
      coveredElsewhere,
    });
    const { streamId } = outcome;
    const version = outcome.state.open?.formatVersion ?? FORMAT_VERSION;
    if (isNewer(version)) {
      // The open record and its note have this form in every version, so a proved one names its version truly.
      const evidence = `It is of format version ${version}; this verifier knows version ${FORMAT_VERSION}.`;
      this.log(segment.name, streamId, { code: 'FORMAT_NEWER', severity: 'cannot_verify', evidence });
    } else if (streamId === undefined) this.unnamed.push(outcome);
    else this.byStream.set(streamId, [...(this.byStream.get(streamId) ?? []), outcome]);
  }

  private log(source: string, stream: string | undefined, entry: Parameters<FindingLog['add']>[0]): void {
    const log = new FindingLog(source, stream);
    log.add(entry);
    this.findings.push(...log.findings);
  }
}

function isNewer(version: string): boolean {
  return !/^\d{1,6}$/.test(version) || Number(version) > Number(FORMAT_VERSION);
}
