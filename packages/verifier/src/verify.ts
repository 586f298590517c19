// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import { judgeCopyEnds } from './across/copy-ends.ts';
import { resolve } from './across/resolve.ts';
import type { Streams } from './across/streams.ts';
import { declaredUndelivered } from './across/undelivered.ts';
import type { CheckName, CheckSwitch } from './checks.ts';
import { reconcileCopies } from './copies.ts';
import { asDelivered } from './delivery.ts';
import { checkedDocuments, checkedStore } from './document-checks.ts';
import { type Examined, examineSources } from './examination.ts';
import { FindingLog } from './finding-log.ts';
import { compareFindings, type Finding } from './findings.ts';
import type { KnownHeads } from './known-heads.ts';
import { nextHeads } from './next-heads.ts';
import type { Outcome } from './outcome.ts';
import { checkRecordSignatures } from './record-signatures.ts';
import { readRegion } from './region.ts';
import { LIMITS_OF_PROOF, type Report, type StreamReport, streamReport } from './report.ts';
import { showStream } from './reproduce.ts';
import type { Segment, Source } from './sources/source.ts';
import type { UndeliveredClaim } from './stream-state.ts';
import type { TrustPolicy } from './trust.ts';
import { verdictOf } from './verdict.ts';

/** What to verify and how. */
export interface VerifyOptions {
  readonly sources: readonly Source[];
  /** Without one the verdict is `CANNOT_VERIFY`, with the consistency found. */
  readonly trust?: TrustPolicy | undefined;
  /** What earlier runs have seen. */
  readonly knownHeads?: KnownHeads | undefined;
  /**
   * Where the part that is verified begins, ms since 1970; default everything. What came before a stream that was opened
   * by then is outside of the part and not missed. Whoever verifies says so; nothing in the data can.
   */
  readonly since?: number | undefined;
  /** Where the part ends, ms: what follows a stream that was closed or last signed then or later is not missed. */
  readonly until?: number | undefined;
  /** Where the data itself says that it begins, ms: then what came before is not missed, and the verdict is incomplete. */
  readonly claimedSince?: number | undefined;
  /** Time of verification, ms since 1970; default the clock when each file was read. */
  readonly now?: number | undefined;
  /** Parse and re-encode every payload, also where a trusted root vouches for its bytes; default false. */
  readonly strict?: boolean | undefined;
  /** Check the signatures of single records too, which no stream's verdict needs; default false. */
  readonly recordSignatures?: boolean | undefined;
  /** Checks to leave out. For the conformance suite, which shows with it that each check is needed. */
  readonly disable?: ReadonlySet<CheckName> | undefined;
}

/**
 * Verifies every stream of the sources and what they say about each other (evidence format, sections 5 and 6).
 * Tampering is reported, never thrown.
 *
 * @throws VerifierError `SOURCE_UNREADABLE` where a named file does not exist.
 */
export function verify(options: VerifyOptions): Promise<Report> {
  return run(options, false);
}

/** As {@link verify}, without the quick reading: every segment is looked at closely from its first byte. For tests. */
export function verifyClosely(options: VerifyOptions): Promise<Report> {
  return run(options, true);
}

async function run(options: VerifyOptions, closely: boolean): Promise<Report> {
  const { sources, trust, knownHeads, strict = false, disable } = options;
  const check: CheckSwitch = (name) => disable?.has(name) !== true;
  const examined = await examineSources({
    sources,
    policy: trust,
    knownHeads,
    strict,
    check,
    closely,
    clock: (readAtMs) => options.now ?? readAtMs ?? Date.now(),
  });
  // Never spread as arguments: how many there are is the writer's choice.
  const told: (readonly Finding[])[] = [examined.findings];
  const outcomes = new Map<string, Outcome>();
  for (const [id, copies] of examined.byStream) {
    const reconciled = await reconcileCopies(id, copies, check);
    outcomes.set(id, reconciled.best);
    told.push(reconciled.findings);
  }
  const complete = sources.some((source) => source.complete);
  const streams = resolve({
    outcomes,
    newer: examined.newer,
    policy: trust,
    knownHeads,
    part: options,
    complete,
    only: onlyOf(sources),
    outlivesSegments: sources.some((source) => source.outlivesSegments === true),
    check,
  });
  told.push(streams.findings, judgeCopyEnds(examined.byStream, streams), segmentFindings(examined, streams));
  const reports = [...outcomes].map(([id, outcome]) => streamReport(id, outcome, streams));
  const records = reports.filter((stream) => stream.trusted).reduce((sum, stream) => sum + stream.records, 0);
  told.push(emptiness(outcomes, records, told.flat(), trust, check));
  told.push(checkedDocuments(alteredFields(examined, reports, streams), check));
  for (const source of sources) told.push(checkedStore((await source.findings?.()) ?? [], check));
  const signatures =
    options.recordSignatures === true && trust !== undefined
      ? await checkRecordSignatures(trustedOutcomes(outcomes, reports), trust)
      : undefined;
  if (signatures !== undefined) told.push(signatures.findings);
  const segments = [...examined.byStream.values(), examined.unnamed].flat().map(({ segment }) => segment);
  const exports = new Map(
    segments.flatMap((segment) => (segment.exportOf === undefined ? [] : [[segment.name, segment]])),
  );
  const findings = told
    .flat()
    .map((finding) => asExported(finding, exports))
    .sort(compareFindings);
  const states = reports
    .filter((stream) => stream.trusted)
    .flatMap((stream) => outcomes.get(stream.streamId)?.state ?? []);
  return {
    ...verdictOf(findings),
    findings,
    streams: reports,
    records,
    sources: sources.map((source) => source.description),
    firstTimeMs: extreme(
      states.map((state) => state.firstTimeMs),
      Math.min,
    ),
    lastTimeMs: extreme(
      states.map((state) => state.lastTimeMs),
      Math.max,
    ),
    uncoveredMs: extreme([...streams.uncoveredMs.values()], Math.max) ?? 0,
    declaredLosses: states.reduce((sum, state) => sum + state.refused, 0),
    knownHeads: nextHeads(streams, findings),
    trust: trust === undefined ? undefined : fingerprintsOf(trust),
    ...(signatures === undefined ? {} : { recordSignatures: signatures.counts }),
    limits: LIMITS_OF_PROOF,
  };
}

/** The streams that were asked for; undefined where a source was asked for all that it holds. */
function onlyOf(sources: readonly Source[]): ReadonlySet<string> | undefined {
  if (sources.some(({ only }) => only === undefined)) return undefined;
  return new Set(sources.flatMap(({ only }) => only ?? []));
}

/** Fields of an exported record are what is searched and shown; what is sealed is the payload. */
function alteredFields(
  examined: Examined,
  reports: readonly StreamReport[],
  { adopted, input: { outcomes } }: Streams,
): readonly Finding[] {
  const trusted = reports.filter((stream) => stream.trusted);
  return trusted.flatMap(({ streamId }) => {
    const noted = adopted.has(streamId) ? outcomes.get(streamId)?.state.number : undefined;
    const isAdopted = (number: number): boolean => noted !== undefined && number > noted;
    return (examined.byStream.get(streamId) ?? []).flatMap(({ segment }) => {
      const log = new FindingLog(segment.name, streamId);
      for (const { number, to = number, code = 'PROJECTION_MISMATCH', ifAdopted, ...record } of segment.altered?.() ??
        []) {
        if (ifAdopted === true && !isAdopted(number)) continue;
        const evidence = 'A field of the exported record does not say what its sealed payload says.';
        log.add({ code, from: number, to, evidence, ...record });
      }
      return log.findings;
    });
  });
}

function trustedOutcomes(outcomes: ReadonlyMap<string, Outcome>, reports: readonly StreamReport[]): Outcome[] {
  return reports.filter(({ trusted }) => trusted).flatMap(({ streamId }) => outcomes.get(streamId) ?? []);
}

/** A stream that nothing vouches for proves nothing, so neither does its damage. */
function segmentFindings(examined: Examined, streams: Streams): readonly Finding[] {
  const { policy, knownHeads, check } = streams.input;
  const accountable = (outcome: Outcome): boolean => {
    const id = outcome.streamId ?? '';
    return (
      policy !== undefined &&
      (outcome.claimed ||
        streams.namedBy.has(id) ||
        streams.trusted.has(id) ||
        streams.vouched.has(id) ||
        knownHeads?.streams.has(id) === true)
    );
  };
  const declared = declaredUndelivered(streams);
  const own = [...examined.byStream.values()].flat().flatMap((outcome) => {
    const claims = declared.get(outcome.streamId ?? '') ?? new Map<number, UndeliveredClaim>();
    const told = check('delivery')
      ? outcome.findings.flatMap((finding) => asDelivered(outcome, finding, claims))
      : outcome.findings;
    // What is not here proves nothing against a stream, whoever vouches for it, while it may still come.
    const late = ({ severity }: Finding): boolean => severity === 'incomplete';
    const answers = accountable(outcome);
    return told.map(
      (finding): Finding =>
        answers || finding.severity === 'info' || late(finding) ? finding : { ...finding, severity: 'cannot_verify' },
    );
  });
  const unnamed = examined.unnamed.flatMap((outcome) => {
    if (outcome.segment.exportOf !== undefined && isTorn(outcome.segment, streams.torn)) return [];
    const log = new FindingLog(outcome.segment.name, undefined);
    log.add({
      code: 'MALFORMED',
      severity: accountable(outcome) ? 'tampered' : 'cannot_verify',
      evidence: 'Nothing in it is a record of a stream.',
    });
    return log.findings;
  });
  return [...own, ...unnamed];
}

/** Whether all that an export holds beside its streams are torn ends that successors found. */
function isTorn(segment: Segment, torn: ReadonlySet<string>): boolean {
  const { items, tooLarge } = readRegion(segment, 0);
  return !tooLarge && items.every((item) => item.kind === 'bad' && torn.has(sha256(item.bytes)));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Lines of an export stand where they stood before they were put in order: another place, another way to see them. */
function asExported(finding: Finding, exports: ReadonlyMap<string, Segment>): Finding {
  const segment = exports.get(finding.source ?? '');
  if (segment?.exportOf === undefined) return finding;
  const { offset: _, ...rest } = finding;
  const { exportOf, reproduce = showStream(exportOf, finding.stream) } = segment;
  return { ...rest, source: exportOf, reproduce };
}

/** Zero records, or records without trust, are never a pass. */
function emptiness(
  outcomes: ReadonlyMap<string, Outcome>,
  records: number,
  findings: readonly Finding[],
  trust: TrustPolicy | undefined,
  check: CheckSwitch,
): readonly Finding[] {
  const log = new FindingLog(undefined, undefined);
  if (trust === undefined)
    log.add({
      code: 'NO_TRUST_POLICY',
      severity: 'cannot_verify',
      evidence: 'No trust policy was given; keys are never learned from the data.',
    });
  // A stream of a newer format is there, and counted by nobody.
  const newer = findings.some((finding) => finding.code === 'FORMAT_NEWER');
  const seen = newer || [...outcomes.values()].some((outcome) => outcome.wellFormed > 0);
  const explained = findings.some((finding) => finding.severity === 'tampered' || finding.severity === 'cannot_verify');
  if (check('zero-records')) {
    if (!seen)
      log.add({
        code: 'ZERO_RECORDS',
        severity: 'cannot_verify',
        evidence: 'There are no records: that proves nothing.',
      });
    else if (trust !== undefined && records === 0 && !explained)
      log.add({ code: 'ZERO_RECORDS', severity: 'cannot_verify', evidence: 'No record is under a trusted note.' });
  }
  return log.findings;
}

function fingerprintsOf(trust: TrustPolicy): NonNullable<Report['trust']> {
  return [...trust.deployments].map(([deployment, entry]) => ({
    deployment,
    fingerprints: entry.identities.map((key) => key.fingerprint),
  }));
}

function extreme(values: readonly (number | undefined)[], pick: (...values: number[]) => number): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => pick(a, b));
}
