// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ExitCode, Finding, Grade, Report } from '@stepseal/verifier';
import { type Growth, growth, type Look, type Outline } from './growth.ts';

/** One verification of a watch. */
export interface Round {
  readonly extent: 'full' | 'grown';
  readonly grade: Grade;
  readonly exitCode: ExitCode;
  /** What was found now, and what was found before in streams that were not read again. */
  readonly findings: readonly Finding[];
  /** Streams read, and records under trusted notes in them. */
  readonly streams: number;
  readonly records: number;
  readonly uncoveredMs: number;
  readonly declaredLosses: number;
  /** Wall milliseconds of the newest trusted note that any round has seen. */
  readonly lastNoteMs: number | undefined;
  /** Of the streams read; undefined where nothing had to be read. */
  readonly report: Report | undefined;
}

export interface RoundsOptions {
  readonly look: Look;
  /** Verifies these streams, or everything. */
  readonly verify: (streams: readonly string[] | undefined) => Promise<Report>;
  /** Every so many rounds everything is read. */
  readonly fullEvery: number;
}

/** More streams than this are not picked out of an index. */
const MOST_PICKED = 10_000;

/**
 * Verifies again and again, from where the round before stopped: streams that are new, have changed, are open still, or
 * have a finding. Everything is read in the first round, at every `fullEvery`th, when a stream is gone, and when a part
 * shows something new: out of its surroundings a stream may look worse than it is.
 */
export class Rounds {
  readonly #options: RoundsOptions;
  #before: Outline | undefined;
  #sinceFull = 0;
  #standing: readonly Finding[] = [];
  #open = new Set<string>();
  #lastNoteMs: number | undefined;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** Has the next round read everything: what it is judged by is another. */
  readAll(): void {
    this.#before = undefined;
  }

  /** @throws whatever looking and reading throw; the next round then reads everything */
  async next(): Promise<Round> {
    const before = this.#before;
    this.#before = undefined;
    // Looked at before it is read: what comes in between is looked at once more.
    const now = await this.#options.look();
    const round = (before === undefined ? undefined : await this.#grown(before, now)) ?? (await this.#full());
    this.#before = now;
    return round;
  }

  async #full(): Promise<Round> {
    const report = await this.#options.verify(undefined);
    this.#sinceFull = 0;
    this.#open.clear();
    return this.#told('full', report, report.findings);
  }

  /** @returns undefined where everything has to be read */
  async #grown(before: Outline, now: Outline): Promise<Round | undefined> {
    if (++this.#sinceFull >= this.#options.fullEvery) return undefined;
    const { changed, unsettled }: Growth = growth(before, now);
    if (unsettled) return undefined;
    const picked = new Set([...changed, ...this.#open, ...this.#standing.flatMap(({ stream }) => stream ?? [])]);
    const streams = [...picked].filter((id) => now.streams.has(id)).sort();
    if (streams.length > MOST_PICKED) return undefined;
    if (streams.length === 0) return this.#told('grown', undefined, this.#standing);
    const report = await this.#options.verify(streams);
    const read = new Set(streams);
    const found = report.findings.filter(({ code, severity }) => code !== 'OUT_OF_RANGE' || severity !== 'info');
    const known = new Set(this.#standing.map(nameOf));
    if (found.some((finding) => finding.severity !== 'info' && !known.has(nameOf(finding)))) return undefined;
    const others = this.#standing.filter(({ stream }) => stream === undefined || !read.has(stream));
    const names = new Set(found.map(nameOf));
    return this.#told('grown', report, [...found, ...others.filter((finding) => !names.has(nameOf(finding)))]);
  }

  #told(extent: Round['extent'], report: Report | undefined, findings: readonly Finding[]): Round {
    this.#standing = findings.filter(({ severity }) => severity !== 'info');
    for (const { streamId, state, lastNote } of report?.streams ?? []) {
      if (state === 'open' || state === 'unproved') this.#open.add(streamId);
      else this.#open.delete(streamId);
      this.#lastNoteMs = later(this.#lastNoteMs, lastNote?.timeMs);
    }
    const { grade, exitCode } =
      extent === 'full' && report !== undefined ? report : verdictOf(this.#standing.map(({ severity }) => severity));
    return {
      extent,
      grade,
      exitCode,
      findings,
      streams: report?.streams.length ?? 0,
      records: report?.records ?? 0,
      uncoveredMs: report?.uncoveredMs ?? 0,
      declaredLosses: report?.declaredLosses ?? 0,
      lastNoteMs: this.#lastNoteMs,
      report,
    };
  }
}

/** The same thing, found once more. */
function nameOf({ code, severity, stream, from, field }: Finding): string {
  return [code, severity, stream, from, field].join(' ');
}

function verdictOf(severities: readonly Finding['severity'][]): { grade: Grade; exitCode: ExitCode } {
  if (severities.includes('tampered')) return { grade: 'TAMPERED', exitCode: 1 };
  if (severities.includes('cannot_verify')) return { grade: 'CANNOT_VERIFY', exitCode: 3 };
  if (severities.includes('incomplete')) return { grade: 'INCOMPLETE', exitCode: 2 };
  return { grade: 'SEALED', exitCode: 0 };
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
