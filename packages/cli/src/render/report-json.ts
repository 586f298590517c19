// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Report } from '@stepseal/verifier';
import { isoTime } from './time.ts';

/** The part of the records that was verified, ms; undefined where it has no bound. */
export interface Part {
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

/** The report as documented JSON (docs/commands/verify.md). `version` changes when a member changes its meaning or goes. */
export function reportJson(report: Report, trustFile: string | undefined, part?: Part, copies?: unknown): unknown {
  return {
    version: 1,
    grade: report.grade,
    exitCode: report.exitCode,
    sources: report.sources,
    part: part === undefined ? null : { since: isoTime(part.sinceMs), until: isoTime(part.untilMs) },
    firstTime: isoTime(report.firstTimeMs),
    lastTime: isoTime(report.lastTimeMs),
    records: report.records,
    uncoveredMs: report.uncoveredMs,
    declaredLosses: report.declaredLosses,
    streams: report.streams.map((stream) => ({
      stream: stream.streamId,
      deployment: stream.deployment ?? null,
      source: stream.source,
      state: stream.state,
      trusted: stream.trusted,
      records: stream.records,
      tailRecords: stream.tailRecords,
      uncoveredMs: stream.uncoveredMs,
      lastNote:
        stream.lastNote === undefined
          ? null
          : { size: stream.lastNote.size, root: stream.lastNote.root, time: isoTime(stream.lastNote.timeMs) },
      identityFingerprint: stream.identityFingerprint ?? null,
    })),
    ...(report.recordSignatures === undefined ? {} : { recordSignatures: report.recordSignatures }),
    findings: report.findings,
    ...(copies === undefined ? {} : { copies }),
    trust: report.trust === undefined ? null : { file: trustFile ?? null, deployments: report.trust },
    limits: report.limits,
  };
}
