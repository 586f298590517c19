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

  /** An application's record of a stream, one about a step-up where there is any near a place chosen by chance. */
  target(suits: (target: Target) => boolean = () => true): Target | undefined {
    for (const stream of this.shuffled()) {
      const lines = eventLines(stream);
      const start = lines.length === 0 ? 0 : this.random.below(lines.length);
      let other: Target | undefined;
      // Few are read before one suits: a large stream is not parsed for each attack.
      for (const line of [...lines.slice(start), ...lines.slice(0, start)]) {
        const target = targetOf(stream, line);
        if (!suits(target)) continue;
        if (target.payload.eventName?.startsWith('step_up.') === true) return target;
        other ??= target;
      }
      if (other !== undefined) return other;
    }
    return undefined;
  }

  /** Any application's record of a stream. */
  eventOf(stream: DrillStream): Target | undefined {
    const line = this.random.pick(eventLines(stream));
    return line === undefined ? undefined : targetOf(stream, line);
  }

  private shuffled(): DrillStream[] {
    const from = this.streams.length === 0 ? 0 : this.random.below(this.streams.length);
    return [...this.streams.slice(from), ...this.streams.slice(0, from)];
  }
}

const OWN_EVENT = Buffer.from('"event_name":"stepseal.');
const eventsByStream = new WeakMap<DrillStream, readonly SegmentLine[]>();

/**
 * The records under notes that the application reported, not those the trail writes about itself. Quotes inside a value
 * are escaped, so these bytes are the event name and nothing else.
 */
export function eventLines(stream: DrillStream): readonly SegmentLine[] {
  let lines = eventsByStream.get(stream);
  if (lines === undefined) {
    lines = recordsOf(stream).filter(({ bytes }) => !bytes.includes(OWN_EVENT));
    eventsByStream.set(stream, lines);
  }
  return lines;
}

export function targetOf(stream: DrillStream, line: SegmentLine): Target {
  return { stream, line, payload: payloadOf(line) };
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
