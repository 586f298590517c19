// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Grade, Report } from '@stepseal/verifier';
import { findingLines, place } from './finding.ts';
import { type Line, type Style, styled } from './line.ts';
import type { Part } from './report-json.ts';
import { columns } from './table.ts';
import { dateTime, duration, seconds } from './time.ts';

const STYLES: Readonly<Record<Grade, Style>> = {
  SEALED: 'good',
  INCOMPLETE: 'doubtful',
  CANNOT_VERIFY: 'doubtful',
  TAMPERED: 'bad',
};

export interface VerdictContext {
  /** Trust file as shown to people; undefined without one. */
  readonly trustFile: string | undefined;
  /** What became of the known-heads file, if one was given. */
  readonly knownHeads: string | undefined;
  /** What the caller said to be the part that is looked at; undefined for everything. */
  readonly part?: Part | undefined;
}

/** The whole report for people: verdict first, then what it rests on, what was found, and what it does not prove. */
export function verdictLines(report: Report, context: VerdictContext): Line[] {
  return [
    [styled(STYLES[report.grade], report.grade), `  ${headline(report)}`],
    '',
    ...columns(facts(report, context)),
    '',
    ...findingLines(report.findings),
    ...untrustedLines(report),
    'What this verdict does not prove:',
    ...report.limits.map((limit) => `  - ${limit}`),
  ];
}

function headline({ grade, findings }: Report): string {
  const worst = findings.find(({ severity }) => severity !== 'info');
  if (worst === undefined || grade === 'SEALED') return 'every record is sealed by a trusted key and unaltered since.';
  const where = place(worst);
  const what = `${worst.code}${where === '' ? '' : `, ${where}`}`;
  if (grade === 'TAMPERED') return `the records are not what was sealed: ${what}.`;
  if (grade === 'INCOMPLETE') return `what is there is unaltered, but not all of it is there or proved: ${what}.`;
  return `no verdict is possible. ${worst.evidence}`;
}

function facts(report: Report, { trustFile, knownHeads, part }: VerdictContext): string[][] {
  const { streams } = report;
  const note = streams
    .flatMap(({ streamId, lastNote }) => (lastNote === undefined ? [] : [{ streamId, ...lastNote }]))
    .reduce<{ streamId: string; size: number; timeMs: number | undefined } | undefined>(
      (latest, one) => ((one.timeMs ?? 0) >= (latest?.timeMs ?? 0) ? one : latest),
      undefined,
    );
  const adopted = streams.filter(({ state }) => state === 'adopted');
  const tails = adopted.reduce((sum, { tailRecords }) => sum + tailRecords, 0);
  const trusted = report.trust?.map(({ deployment, fingerprints }) => `${deployment} (${fingerprints.length})`) ?? [];
  return [
    ['sources', report.sources.join(', ')],
    ...(part === undefined ? [] : [['part', partText(part)]]),
    [
      'time',
      report.firstTimeMs === undefined ? 'none' : `${dateTime(report.firstTimeMs)} to ${dateTime(report.lastTimeMs)}`,
    ],
    ['streams', `${streams.length}${byState(report)}`],
    ['records', recordsText(report)],
    ['uncovered', `${seconds(report.uncoveredMs)} after a last note, at most${inWords(report.uncoveredMs)}`],
    [
      'adopted',
      adopted.length === 0
        ? 'none'
        : `${adopted.length} stream(s) that ended without a close, ${tails} record(s) behind their notes`,
    ],
    [
      'losses',
      report.declaredLosses === 0
        ? 'none declared'
        : `${report.declaredLosses} record(s) declared lost by their writers`,
    ],
    ...(report.recordSignatures === undefined ? [] : [['signatures', signaturesText(report.recordSignatures)]]),
    [
      'last note',
      note === undefined ? 'none' : `stream ${note.streamId}, record ${note.size}, ${dateTime(note.timeMs)}`,
    ],
    [
      'trust',
      trustFile === undefined ? 'no trust file' : `${trustFile}: identities of ${trusted.join(', ') || 'nobody'}`,
    ],
    ...(knownHeads === undefined ? [] : [['known heads', knownHeads]]),
  ];
}

function signaturesText({ valid, resigned, mismatched, unsigned }: NonNullable<Report['recordSignatures']>): string {
  return `${valid} of stream keys, ${resigned} of Collectors, ${mismatched} of nobody known; ${unsigned} record(s) without`;
}

function partText({ sinceMs, untilMs }: Part): string {
  const from = sinceMs === undefined ? 'the first record' : dateTime(sinceMs);
  return `from ${from} to ${untilMs === undefined ? 'now' : dateTime(untilMs)}; nothing is said of what lies outside`;
}

function recordsText({ records, streams }: Report): string {
  const others = streams.filter(({ trusted }) => !trusted).reduce((sum, stream) => sum + stream.records, 0);
  return `${records} under trusted notes${others === 0 ? '' : `, ${others} under notes whose key is not trusted`}`;
}

function inWords(milliseconds: number): string {
  return milliseconds < 120_000 ? '' : ` (${duration(milliseconds)})`;
}

function byState({ streams }: Report): string {
  const counts = new Map<string, number>();
  for (const { state } of streams) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts.size === 0 ? '' : ` (${[...counts].map(([state, count]) => `${count} ${state}`).join(', ')})`;
}

/**
 * Says whose keys were seen and not trusted. Fingerprints only: a key printed here would be copied into the trust file,
 * and the records would vouch for themselves.
 */
function untrustedLines({ streams, trust }: Report): Line[] {
  const known = new Set(trust?.flatMap(({ fingerprints }) => fingerprints));
  const seen = new Map<string, string>();
  for (const { identityFingerprint, deployment } of streams) {
    if (identityFingerprint !== undefined && !known.has(identityFingerprint))
      seen.set(identityFingerprint, deployment ?? '?');
  }
  if (seen.size === 0) return [];
  return [
    'The records name these identities, which are not trusted:',
    ...columns([...seen].map(([fingerprint, deployment]) => [`  ${deployment}`, fingerprint])),
    'Compare each with the fingerprint that the service printed at its start, then trust its key:',
    '  stepseal trust add --from DIR     from the keys directory of the service',
    '  stepseal trust add --vkey VKEY    from whoever runs the service',
    '',
  ];
}
