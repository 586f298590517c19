// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Payload, parsePayload } from '@stepseal/core/format';
import type { Report } from '@stepseal/verifier';
import type { Seeded } from './seeded.ts';
import { type SegmentLine, splitSegment } from './segment-lines.ts';

/** A stream of the scratch copy that a trusted note covers. */
export interface DrillStream {
  readonly id: string;
  readonly deployment: string;
  /** Within the scratch directory. */
  readonly path: string;
  readonly closed: boolean;
  /** Number of the last record under a note: what comes after it is not proved yet, so attacking it shows nothing. */
  readonly noted: number;
  readonly lines: readonly SegmentLine[];
}

/** A record that can be attacked. */
export interface Target {
  readonly stream: DrillStream;
  readonly line: SegmentLine;
  readonly payload: Payload;
}

/** What all attacks start from: the scratch copy as the control saw it. */
export class Ground {
  /** Oldest first. */
  readonly streams: readonly DrillStream[];
  readonly random: Seeded;

  constructor(directory: string, files: readonly string[], report: Report, random: Seeded) {
    this.random = random;
    this.streams = files
      .map((path) => drillStream(directory, path, report))
      .filter((stream) => stream !== undefined)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** A stream of those that `suits` lets through. */
  stream(suits: (stream: DrillStream) => boolean = () => true): DrillStream | undefined {
    return this.random.pick(this.streams.filter(suits));
  }

  /** An application's record of a stream, one about a step-up where there is any. */
  target(suits: (target: Target) => boolean = () => true): Target | undefined {
    for (const stream of this.shuffled()) {
      const targets = eventRecords(stream).filter(suits);
      const aboutStepUp = targets.filter(({ payload }) => payload.eventName?.startsWith('step_up.') === true);
      const chosen = this.random.pick(aboutStepUp) ?? this.random.pick(targets);
      if (chosen !== undefined) return chosen;
    }
    return undefined;
  }

  private shuffled(): DrillStream[] {
    const from = this.streams.length === 0 ? 0 : this.random.below(this.streams.length);
    return [...this.streams.slice(from), ...this.streams.slice(0, from)];
  }
}

/** The records under notes that the application reported, not those the trail writes about itself. */
export function eventRecords(stream: DrillStream): Target[] {
  return stream.lines.flatMap((line) => {
    if (line.kind !== 'record' || line.number > stream.noted) return [];
    const payload = payloadOf(line);
    return payload.eventName?.startsWith('stepseal.') === true ? [] : [{ stream, line, payload }];
  });
}

export function payloadOf(line: SegmentLine): Payload {
  return parsePayload(line.bytes.subarray(0, -1));
}

export function recordsOf(stream: DrillStream): SegmentLine[] {
  return stream.lines.filter(({ kind, number }) => kind === 'record' && number <= stream.noted);
}

export function notesOf(stream: DrillStream): SegmentLine[] {
  return stream.lines.filter(({ kind }) => kind === 'note');
}

function drillStream(directory: string, path: string, report: Report): DrillStream | undefined {
  const full = join(directory, path);
  const stream = report.streams.find(({ source, trusted }) => trusted && source === full);
  if (stream?.lastNote === undefined || stream.deployment === undefined) return undefined;
  return {
    id: stream.streamId,
    deployment: stream.deployment,
    path,
    closed: stream.state === 'closed',
    noted: stream.lastNote.size,
    lines: splitSegment(readFileSync(full)),
  };
}

/** How people are told of a record: `record 4 (step_up.completed) of 0192….ndjson`. */
export function nameOf({ stream, line, payload }: Target): string {
  return `record ${line.number} (${payload.eventName ?? 'no name'}) of ${basename(stream.path)}`;
}
