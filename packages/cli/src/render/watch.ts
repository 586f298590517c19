// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Round } from '../watch/rounds.ts';
import type { ToldRound } from '../watch/watch.ts';
import { counted } from './counted.ts';
import { findingLines } from './finding.ts';
import { type Line, styled } from './line.ts';
import { dateTime, isoTime } from './time.ts';

/** One line a round; below it what was found, unless the line before said the same. */
export function roundLines(round: Round, told: ToldRound, before: string): Line[] {
  const style = round.exitCode === 0 ? 'good' : round.exitCode === 1 ? 'bad' : 'doubtful';
  const what = round.extent === 'full' ? 'everything' : 'what has grown';
  const facts = `${what}: ${counted(round.streams, 'stream')}, ${counted(round.records, 'record')}, ${Math.round(told.durationMs)} ms`;
  return [
    [`${dateTime(told.endedMs)}  `, styled(style, round.grade), `  ${facts}`],
    ...(alarmOf(round) === before ? [] : findingLines(round.findings.filter(({ severity }) => severity !== 'info'))),
  ];
}

/** What there is to be alarmed about, to be compared with what was said before. */
export function alarmOf({ findings }: Round): string {
  const alarms = findings.filter(({ severity }) => severity !== 'info');
  return JSON.stringify(alarms.map(({ code, stream, from, field }) => [code, stream, from, field]));
}

/** One value a round (docs/commands/verify.md). */
export function roundJson(round: Round, told: ToldRound): unknown {
  return {
    version: 1,
    time: isoTime(told.endedMs),
    grade: round.grade,
    exitCode: round.exitCode,
    extent: round.extent,
    streams: round.streams,
    records: round.records,
    knownStreams: told.knownStreams,
    durationMs: Math.round(told.durationMs),
    uncoveredMs: round.uncoveredMs,
    declaredLosses: round.declaredLosses,
    lastNote: isoTime(round.lastNoteMs),
    findings: round.findings,
  };
}

export function failureJson(code: string, message: string): unknown {
  return {
    version: 1,
    time: isoTime(Date.now()),
    grade: 'CANNOT_VERIFY',
    exitCode: 3,
    extent: 'full',
    error: { code, message },
  };
}
