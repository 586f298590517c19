// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { HealthReport } from '@stepseal/processor/data';
import type { Status } from '../status/collect-status.ts';
import type { OwnerState, WriterStatus } from '../status/writer-status.ts';
import { byteSize } from './bytes.ts';
import { type Line, styled } from './line.ts';
import { columns } from './table.ts';
import { dateTime, duration, isoTime } from './time.ts';

const OWNERS: Readonly<Record<OwnerState, string>> = {
  alive: 'alive',
  gone: 'gone without release',
  unknown: 'cannot be asked from here',
  released: 'released',
  none: 'none',
};

// A directory may hold thousands; the JSON output lists all.
const MOST_SET_ASIDE = 20;

export function statusLines(status: Status, place: string): Line[] {
  const { writers, attention, health, nowMs } = status;
  return [
    summary(status, place),
    '',
    ...attention.flatMap(({ code, about, message }): Line[] => [[styled('doubtful', code), `  ${about}: ${message}`]]),
    ...(attention.length === 0 ? [] : ['']),
    ...writers.flatMap((writer) => [...writerLines(writer, status), '']),
    ...health.map((one) => healthLine(one, nowMs)),
    ...(health.length === 0 ? [] : ['']),
    ...columns([
      ['delivery', status.endpoint ?? 'no endpoint: nothing is sent, records stay here'],
      ['retention', retentionText(status)],
      ['disk free', status.diskFreeBytes === undefined ? 'unknown' : byteSize(status.diskFreeBytes)],
    ]),
  ];
}

function summary({ exitCode, writers, attention }: Status, place: string): Line {
  if (exitCode === 3) return [styled('doubtful', 'NOTHING THERE'), `  No service has recorded in ${place}.`];
  const count = `${writers.length} writer(s) in ${place}`;
  if (exitCode === 0) return [styled('good', 'OK'), `  ${count}.`];
  return [styled('doubtful', 'ATTENTION'), `  ${count}; ${attention.length} thing(s) to look at.`];
}

/** One line for the log of a container's probe. */
export function probeLine({ exitCode, writers, attention, nowMs }: Status): Line {
  if (exitCode === 3) return 'nothing there';
  const first = attention.find(({ probe }) => probe);
  if (first !== undefined) return `${first.code}: ${first.about}: ${first.message}`;
  const noteMs = writers.reduce<number | undefined>((latest, one) => later(latest, one.noteMs), undefined);
  return `ok: ${writers.length} writer(s), last note ${noteMs === undefined ? 'none' : `${duration(Math.max(0, nowMs - noteMs))} ago`}`;
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b);
}

function writerLines(writer: WriterStatus, { nowMs, endpoint }: Status): Line[] {
  const ago = (timeMs: number | undefined): string =>
    timeMs === undefined ? 'unknown' : `${dateTime(timeMs)} (${duration(Math.max(0, nowMs - timeMs))} ago)`;
  const { cursor, queue, setAside, pid } = writer;
  const process = pid === undefined || writer.owner === 'released' ? '' : `, process ${pid}`;
  return [
    [styled('strong', `writer ${writer.writer}`)],
    ...columns([
      ['  owner', `${OWNERS[writer.owner]}${process}`],
      ['  kept', `${writer.streams} stream(s), ${byteSize(writer.bytes)}`],
      ['  stream', writer.stream === undefined ? 'none' : `${writer.stream}, ${writer.live ? 'open' : 'closed'}`],
      ['  last note', writer.noteSize === 0 ? 'none' : `over ${writer.noteSize} records, ${ago(writer.noteMs)}`],
      ['  since', `${writer.recordsSince} record(s)`],
      ...(endpoint === undefined && cursor === undefined
        ? []
        : [
            [
              '  delivered',
              cursor === undefined ? 'nothing yet' : `up to record ${cursor.number} of ${cursor.streamId}`,
            ],
            [
              '  queue',
              queue.records === 0
                ? 'empty'
                : `${queue.records} record(s) of ${queue.streams} stream(s), ${byteSize(queue.bytes)}, the oldest of ${ago(queue.oldestMs)}`,
            ],
          ]),
      ...(setAside.length === 0 ? [] : [['  set aside', `${setAside.length} record(s)`]]),
      ...setAside
        .slice(0, MOST_SET_ASIDE)
        .map((entry) => ['', `${entry.eventName}, record ${entry.number} of ${entry.streamId}: ${entry.answer}`]),
      ...(setAside.length > MOST_SET_ASIDE
        ? [['', `and ${setAside.length - MOST_SET_ASIDE} more: --json lists all`]]
        : []),
    ]),
  ];
}

function healthLine({ pid, threadId, state, updatedMs, problems }: HealthReport, nowMs: number): Line {
  const thread = threadId === 0 ? '' : `, thread ${threadId}`;
  const wrong = problems.length === 0 ? '' : `, ${problems.join(', ')}`;
  return `process ${pid}${thread}  ${state}${wrong}, said ${duration(Math.max(0, nowMs - updatedMs))} ago`;
}

/** With an endpoint the processor deletes after a week or beyond 1 GiB, without one nothing, unless it is set. */
const DEFAULT_AGE_MS = 7 * 86_400_000;
const DEFAULT_BYTES = 2 ** 30;

function retentionText({ retention, endpoint }: Status): string {
  const limit = (name: string, byDefault: number): number => {
    const value = Number(retention.get(`retention.${name}`) ?? 0);
    return value === 0 && endpoint !== undefined ? byDefault : value;
  };
  const [age, bytes, free] = [
    limit('maxAgeMs', DEFAULT_AGE_MS),
    limit('maxBytes', DEFAULT_BYTES),
    limit('minFreeBytes', 0),
  ];
  const rules = [
    ...(age === 0 ? [] : [`older than ${duration(age)}`]),
    ...(bytes === 0 ? [] : [`beyond ${byteSize(bytes)} in all`]),
    ...(free === 0 ? [] : [`while less than ${byteSize(free)} are free`]),
  ];
  return rules.length === 0 ? 'nothing is deleted' : `deletes delivered streams ${rules.join(', ')}`;
}

/** Status as documented JSON (docs/commands/status.md). */
export function statusJson(status: Status): unknown {
  const { health, attention, retention, writers } = status;
  return {
    version: 1,
    exitCode: status.exitCode,
    dataDir: status.dataDir,
    now: isoTime(status.nowMs),
    attention,
    writers: writers.map((writer) => ({
      writer: writer.writer,
      owner: writer.owner,
      pid: writer.pid ?? null,
      streams: writer.streams,
      bytes: writer.bytes,
      stream: writer.stream ?? null,
      live: writer.live,
      records: writer.records,
      lastNote: writer.noteSize === 0 ? null : { size: writer.noteSize, time: isoTime(writer.noteMs) },
      recordsSince: writer.recordsSince,
      cursor:
        writer.cursor === undefined
          ? null
          : { stream: writer.cursor.streamId, number: writer.cursor.number, updated: isoTime(writer.cursor.updatedMs) },
      queue: {
        streams: writer.queue.streams,
        records: writer.queue.records,
        bytes: writer.queue.bytes,
        oldest: isoTime(writer.queue.oldestMs),
      },
      setAside: writer.setAside,
    })),
    health: health.map(({ path: _, ...one }) => one),
    endpoint: status.endpoint ?? null,
    retention: Object.fromEntries(retention),
    diskFreeBytes: status.diskFreeBytes ?? null,
  };
}
