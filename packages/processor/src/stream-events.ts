// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { type EventRecord, FORMAT_VERSION } from '@stepseal/core/format';
import type { Clock } from './clock.ts';
import type { Gap } from './gap-tally.ts';
import { SOFTWARE_VERSION } from './version.ts';

/** What an open record says of the stream before it (docs/spec, "Streams"). Lengths in bytes. */
export type Predecessor =
  | { readonly cause: 'first' }
  | { readonly cause: 'roll'; readonly streamId: string; readonly number: number; readonly hash: string }
  | {
      readonly cause: 'closed' | 'io_error' | 'crash';
      readonly streamId: string;
      readonly number: number;
      readonly hash: string;
      readonly validBytes: number;
      /** Only of a crash. */
      readonly tornBytes?: number;
      /** Only of a crash that left something torn. */
      readonly tornSha256?: string;
    };

export interface OpenFacts {
  readonly deployment: string;
  /** JCS of the Resource attributes, wrapped by type. */
  readonly resource: string;
  readonly streamVkey: string;
  readonly identityVkey: string;
  readonly redactionHash?: string;
  readonly predecessor: Predecessor;
}

/** `stepseal.stream.open`: number 1 of every stream. */
export function openEvent(clock: Clock, facts: OpenFacts): EventRecord {
  const before = facts.predecessor;
  return event(clock, 'stepseal.stream.open', `Stream opened on ${hostname()} by process ${process.pid}.`, {
    'host.name': hostname(),
    'process.pid': process.pid,
    'thread.id': threadId,
    'stepseal.deployment': facts.deployment,
    'stepseal.resource': facts.resource,
    'stepseal.format.version': FORMAT_VERSION,
    'stepseal.software.version': SOFTWARE_VERSION,
    'stepseal.stream.vkey': facts.streamVkey,
    'stepseal.identity.vkey': facts.identityVkey,
    // Under the identity's own signature, so that who steals this stream's key cannot say otherwise.
    'stepseal.identity.every_stream': true,
    ...(facts.redactionHash === undefined ? {} : { 'stepseal.redaction.hash': facts.redactionHash }),
    'stepseal.clock.source': 'system',
    'stepseal.predecessor.cause': before.cause,
    ...(before.cause === 'first' ? {} : predecessorAttributes(before)),
  });
}

function predecessorAttributes(before: Exclude<Predecessor, { cause: 'first' }>): Record<string, unknown> {
  const attributes: Record<string, unknown> = {
    'stepseal.predecessor.stream_id': before.streamId,
    'stepseal.predecessor.number': before.number,
    'stepseal.predecessor.hash': before.hash,
  };
  if (before.cause === 'roll') return attributes;
  attributes['stepseal.predecessor.valid_bytes'] = before.validBytes;
  if (before.tornBytes !== undefined) attributes['stepseal.predecessor.torn_bytes'] = before.tornBytes;
  if (before.tornSha256 !== undefined) attributes['stepseal.predecessor.torn_sha256'] = before.tornSha256;
  return attributes;
}

/** `stepseal.seal`. */
export function sealEvent(clock: Clock, refusedTotal: number): EventRecord {
  return event(clock, 'stepseal.seal', undefined, clockAndCounts(clock, refusedTotal));
}

/** The stream that follows, as the close record names it. */
export interface NextStream {
  readonly streamId: string;
  readonly vkey: string;
}

/** `stepseal.stream.close`. */
export function closeEvent(clock: Clock, refusedTotal: number, next: NextStream | undefined): EventRecord {
  const body = next === undefined ? 'Stream closed.' : `Stream closed; it goes on in ${next.streamId}.`;
  return event(clock, 'stepseal.stream.close', body, {
    ...clockAndCounts(clock, refusedTotal),
    ...(next === undefined ? {} : { 'stepseal.next.stream_id': next.streamId, 'stepseal.next.vkey': next.vkey }),
  });
}

/** `stepseal.gap`: loss, declared. */
export function gapEvent(clock: Clock, gap: Gap): EventRecord {
  const records = gap.count === 1 ? '1 record was' : `${gap.count} records were`;
  return event(clock, 'stepseal.gap', `${records} not sealed: ${gap.cause}.`, {
    'stepseal.gap.count': gap.count,
    'stepseal.gap.cause': gap.cause,
    'stepseal.gap.event_names': [...gap.eventNames],
    'stepseal.gap.first_time': new Date(gap.firstTimeMs).toISOString(),
    'stepseal.gap.last_time': new Date(gap.lastTimeMs).toISOString(),
  });
}

function clockAndCounts(clock: Clock, refusedTotal: number): Record<string, unknown> {
  return {
    'stepseal.clock.wall_ms': clock.wallMs(),
    'stepseal.clock.monotonic_ms': Math.floor(clock.monotonicMs()),
    'stepseal.refused_total': refusedTotal,
  };
}

function event(
  clock: Clock,
  eventName: string,
  body: string | undefined,
  attributes: Record<string, unknown>,
): EventRecord {
  const now = clock.wallMs();
  return {
    eventName,
    timestampMs: now,
    observedTimestampMs: now,
    ...(body === undefined ? {} : { body }),
    attributes,
  };
}
