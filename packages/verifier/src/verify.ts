// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FORMAT_VERSION, formatVkey, parseVkey, type VerifierKey } from '@stepseal/core/format';
import type { CheckName, CheckSwitch } from './checks.ts';
import { reconcileCopies } from './copies.ts';
import { coverage } from './covered.ts';
import { compareFindings, type Finding } from './findings.ts';
import type { KnownHead, KnownHeads } from './known-heads.ts';
import { examine, type Outcome } from './outcome.ts';
import { type Peek, peek } from './peek.ts';
import { LIMITS_OF_PROOF, type Report, type StreamReport } from './report.ts';
import { type Resolution, resolve } from './resolve.ts';
import type { Segment, Source } from './sources/source.ts';
import type { TrustPolicy } from './trust.ts';
import { verdictOf } from './verdict.ts';

/** What to verify and how. */
export interface VerifyOptions {
  readonly sources: readonly Source[];
  /** Without one the verdict is `CANNOT_VERIFY`, with the consistency found. */
  readonly trust?: TrustPolicy | undefined;
  /** What earlier runs have seen. */
  readonly knownHeads?: KnownHeads | undefined;
  /** Time of verification, ms since 1970; default the clock. */
  readonly now?: number | undefined;
  /** Parse and re-encode every payload, also where a trusted root vouches for its bytes; default false. */
  readonly strict?: boolean | undefined;
  /** Checks to leave out. For the conformance suite, which shows with it that each check is needed. */
  readonly disable?: ReadonlySet<CheckName> | undefined;
}

/**
 * Verifies every stream of the sources and what they say about each other (evidence format, sections 5 and 6).
 * Tampering is reported, never thrown.
 *
 * @throws VerifierError `SOURCE_UNREADABLE` where a named file does not exist.
 */
export async function verify(options: VerifyOptions): Promise<Report> {
  const run = new Verification(options);
  await run.examineAll();
  return run.report();
}

class Verification {
  private readonly options: VerifyOptions;
  private readonly check: CheckSwitch;
  private readonly findings: Finding[] = [];
  private readonly peeks = new Map<string, { segment: Segment; peek: Peek }>();
  private readonly byStream = new Map<string, Outcome[]>();
  private readonly unnamed: Outcome[] = [];
  private readonly coveredElsewhere: ReturnType<typeof coverage>;

  constructor(options: VerifyOptions) {
    this.options = options;
    this.check = (check) => options.disable?.has(check) !== true;
    this.coveredElsewhere = coverage((id) =>
      [...this.peeks.values()].filter((entry) => entry.peek.streamId === id).map((entry) => entry.segment),
    );
  }

  async examineAll(): Promise<void> {
    // A directory that is being written may roll while it is read: what a first pass found missing, a second may find.
    for (let pass = 0; pass < 2; pass++) {
      const fresh: { segment: Segment; peek: Peek }[] = [];
      for (const [index, source] of this.options.sources.entries()) {
        for (const segment of await source.segments()) {
          // Two sources may hold files of one name: both are evidence.
          const key = `${index}:${segment.name}`;
          if (this.peeks.has(key)) continue;
          const entry = { segment, peek: peek(segment) };
          this.peeks.set(key, entry);
          if (!entry.peek.empty) fresh.push(entry);
        }
      }
      if (fresh.length === 0) break;
      await this.examineInOrder(fresh);
    }
    for (const source of this.options.sources)
      for (const name of source.unreadable ?? [])
        this.add('UNREADABLE', 'incomplete', `${name} could not be read.`, name);
  }

  /** First streams before rolled ones: the key of a rolled stream is what a trusted close record says, not what it says itself. */
  private async examineInOrder(entries: readonly { segment: Segment; peek: Peek }[]): Promise<void> {
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
    if (streamId === undefined || !this.check('authorisation')) return undefined;
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

  private async examineOne(
    { segment, peek: seen }: { segment: Segment; peek: Peek },
    named: VerifierKey | undefined,
  ): Promise<void> {
    const { trust, strict, knownHeads } = this.options;
    const outcome = await examine(segment, {
      policy: trust,
      named,
      streamId: seen.streamId,
      strict: strict === true,
      check: this.check,
      rootSizes: (id) => {
        const head = knownHeads?.streams.get(id);
        return head === undefined ? [] : [head.size];
      },
      coveredElsewhere: this.coveredElsewhere,
    });
    const version = outcome.state.open?.formatVersion ?? FORMAT_VERSION;
    if (isNewer(version)) {
      // The open record and its note have this form in every version, so a proved one names its version truly.
      const evidence = `It is of format version ${version}; this verifier knows version ${FORMAT_VERSION}.`;
      this.add('FORMAT_NEWER', 'cannot_verify', evidence, segment.name, outcome.streamId);
      return;
    }
    if (outcome.streamId === undefined) this.unnamed.push(outcome);
    else this.byStream.set(outcome.streamId, [...(this.byStream.get(outcome.streamId) ?? []), outcome]);
  }

  async report(): Promise<Report> {
    const { trust, knownHeads, sources } = this.options;
    const now = this.options.now ?? Date.now();
    const outcomes = new Map<string, Outcome>();
    for (const [id, copies] of this.byStream) {
      const { best, findings } = await reconcileCopies(id, copies, this.check);
      outcomes.set(id, best);
      this.findings.push(...findings);
    }
    const complete = sources.some((source) => source.complete);
    const resolution = resolve({ outcomes, policy: trust, knownHeads, now, complete, check: this.check });
    this.findings.push(...resolution.findings);
    for (const outcome of this.byStream.values()) for (const copy of outcome) this.takeFindings(copy, resolution);
    for (const outcome of this.unnamed) {
      const severity = outcome.claimed ? 'tampered' : 'cannot_verify';
      this.add('MALFORMED', severity, 'Nothing in it is a record of a stream.', outcome.segment.name);
    }
    const streams = [...outcomes].map(([id, outcome]) => streamReport(id, outcome, resolution));
    const records = streams.filter((stream) => stream.trusted).reduce((sum, stream) => sum + stream.records, 0);
    if (trust === undefined)
      this.add('NO_TRUST_POLICY', 'cannot_verify', 'No trust policy was given; keys are never learned from the data.');
    const total = [...outcomes.values()].reduce((sum, outcome) => sum + outcome.wellFormed, 0);
    if ((total === 0 || (trust !== undefined && records === 0 && !this.alarmed())) && this.check('zero-records'))
      this.add(
        'ZERO_RECORDS',
        'cannot_verify',
        total === 0 ? 'There are no records: that proves nothing.' : 'No record is under a trusted note.',
      );
    const trusted = [...outcomes].filter(([id]) => resolution.trusted.has(id)).map(([, outcome]) => outcome.state);
    const findings = [...this.findings].sort(compareFindings);
    return {
      ...verdictOf(findings),
      findings,
      streams,
      records,
      sources: sources.map((source) => source.description),
      firstTimeMs: least(trusted.map((state) => state.firstTimeMs)),
      lastTimeMs: negate(least(trusted.map((state) => negate(state.lastTimeMs)))),
      uncoveredMs: Math.max(0, ...resolution.uncoveredMs.values()),
      declaredLosses: trusted.reduce((sum, state) => sum + state.refused, 0),
      knownHeads: this.newHeads(outcomes, resolution),
      trust:
        trust === undefined
          ? undefined
          : [...trust.deployments].map(([deployment, entry]) => ({
              deployment,
              fingerprints: entry.identities.map((key) => key.fingerprint),
            })),
      limits: LIMITS_OF_PROOF,
    };
  }

  private alarmed(): boolean {
    return this.findings.some((finding) => finding.severity === 'tampered' || finding.severity === 'cannot_verify');
  }

  /** A stream that nothing vouches for proves nothing, so neither does its damage. */
  private takeFindings(outcome: Outcome, resolution: Resolution): void {
    const id = outcome.streamId as string;
    const accountable =
      outcome.claimed ||
      resolution.trusted.has(id) ||
      this.options.trust === undefined ||
      this.options.knownHeads?.streams.has(id) === true;
    for (const finding of outcome.findings)
      this.findings.push(
        accountable || finding.severity === 'info' ? finding : { ...finding, severity: 'cannot_verify' },
      );
  }

  private newHeads(outcomes: ReadonlyMap<string, Outcome>, resolution: Resolution): KnownHeads {
    const streams = new Map<string, KnownHead>(this.options.knownHeads?.streams);
    const writers = new Map<string, string>(this.options.knownHeads?.writers);
    const followed = new Set(resolution.predecessors.values());
    for (const [id, outcome] of outcomes) {
      const { state } = outcome;
      if (!resolution.trusted.has(id) || state.number === 0 || state.open === undefined) continue;
      const before = streams.get(id);
      if (before === undefined || before.size <= state.number)
        streams.set(id, {
          deployment: state.open.deployment,
          size: state.number,
          root: state.tree.root(),
          closed: outcome.closed,
        });
      if (followed.has(id)) continue;
      const lineage = lineageOf(id, resolution.predecessors);
      const key =
        [...writers].find(([first, newest]) => lineage.includes(first) || lineage.includes(newest))?.[0] ??
        (lineage.at(-1) as string);
      writers.set(key, id);
    }
    return { streams, writers };
  }

  private add(
    code: Finding['code'],
    severity: Finding['severity'],
    evidence: string,
    source?: string,
    stream?: string,
    from?: number,
    to?: number,
  ): void {
    this.findings.push({
      code,
      severity,
      evidence,
      reproduce: source === undefined ? 'stepseal verify over the same sources' : `stepseal verify ${source}`,
      ...(source === undefined ? {} : { source }),
      ...(stream === undefined ? {} : { stream }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
  }
}

/** A stream and all before it in its writer, newest first. */
function lineageOf(id: string, predecessors: ReadonlyMap<string, string>): readonly string[] {
  const lineage = [id];
  for (
    let before = predecessors.get(id);
    before !== undefined && !lineage.includes(before);
    before = predecessors.get(before)
  )
    lineage.push(before);
  return lineage;
}

function isNewer(version: string): boolean {
  return !/^\d{1,6}$/.test(version) || Number(version) > Number(FORMAT_VERSION);
}

function negate(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => Math.min(a, b));
}

function streamReport(streamId: string, outcome: Outcome, resolution: Resolution): StreamReport {
  const { state, tail } = outcome;
  const open = state.open ?? tail?.state.open;
  const trusted = resolution.trusted.has(streamId);
  const adopted = resolution.adopted.get(streamId) ?? 0;
  const kind = !trusted
    ? 'unproved'
    : outcome.closed
      ? 'closed'
      : resolution.adopted.has(streamId)
        ? 'adopted'
        : 'open';
  return {
    streamId,
    deployment: open?.deployment,
    source: outcome.segment.name,
    state: kind,
    records: state.number + adopted,
    tailRecords: tail?.records ?? 0,
    uncoveredMs: resolution.uncoveredMs.get(streamId) ?? 0,
    lastNote:
      state.number === 0 ? undefined : { size: state.number, root: state.tree.root(), timeMs: state.sealedAtMs },
    identityFingerprint: open?.identityKey?.fingerprint,
    identityVkey:
      open?.identityKey === undefined ? undefined : formatVkey(open.identityKey.name, open.identityKey.publicKey),
    trusted,
  };
}
