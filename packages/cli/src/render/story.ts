// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  ATTR_STEP_UP_ACCESS_RESULT,
  ATTR_STEP_UP_CLIENT_PREFIX,
  ATTR_STEP_UP_CORRELATION,
  ATTR_STEP_UP_OUTCOME,
  ATTR_STEP_UP_REQUIREMENT_MET,
  ATTR_USER_HASH,
  ATTR_USER_ID,
  EVENT_STEP_UP_COMPLETED,
  EVENT_STEP_UP_REQUIRED,
} from '@stepseal/core/semconv';
import type { Story } from '../story/collect-stories.ts';
import { sentence } from '../story/sentence.ts';
import type { Standing } from '../story/standing.ts';
import { flag, type ToldRecord, text } from '../story/told-record.ts';
import { type Line, type Style, styled } from './line.ts';
import { recordRanges } from './record-ranges.ts';
import { columns } from './table.ts';
import { dateTime, duration, timeOfDay } from './time.ts';

/** A step-up told record by record, then of whom it was and where its proof lies. */
export function storyLines(story: Story, standing: Standing): Line[] {
  const { id, records } = story;
  // What somebody put in the place of a sealed record is shown, and says nothing about how the step-up went.
  const genuine = records.filter((record) => !standing.isForged(record));
  const user = first(genuine, ATTR_USER_ID) ?? first(genuine, ATTR_USER_HASH);
  const client = first(genuine, ATTR_STEP_UP_CLIENT_PREFIX);
  const [style, ending] = howItEnded(genuine);
  return [
    [styled('strong', `step-up ${id}`), `  ${dateTime(records[0]?.timeMs)}  `, styled(style, ending)],
    ...records.map((record) => recordLine(record, records, standing)),
    ...columns([
      ['  user', user ?? 'not resolved'],
      ...(client === undefined ? [] : [['  client', client]]),
      ...tookRow(genuine),
      ...(first(genuine, ATTR_STEP_UP_CORRELATION) === 'inferred'
        ? [['  note', 'the id was inferred from the session: these records may belong to two step-ups']]
        : []),
      ...proofRows(records, standing),
    ]),
    '',
  ];
}

function howItEnded(records: readonly ToldRecord[]): [Style, string] {
  const outcome = last(records, ATTR_STEP_UP_OUTCOME);
  const access = last(records, ATTR_STEP_UP_ACCESS_RESULT);
  const unmet = records.some(
    (record) =>
      text(record, ATTR_STEP_UP_ACCESS_RESULT) === 'granted' && flag(record, ATTR_STEP_UP_REQUIREMENT_MET) === false,
  );
  if (unmet) return ['bad', 'access was granted without the proof'];
  const ending = [outcome ?? 'not completed', ...(access === undefined ? [] : [`access ${access}`])].join(', ');
  return [outcome === 'passed' ? 'good' : 'doubtful', ending];
}

/** From the demand to the result as the records tell it, also where no single process could measure it. */
function tookRow(records: readonly ToldRecord[]): string[][] {
  const demand = records.find(({ eventName }) => eventName === EVENT_STEP_UP_REQUIRED);
  const result = records.findLast(({ eventName }) => eventName === EVENT_STEP_UP_COMPLETED);
  if (demand === undefined || result === undefined || result.timeMs < demand.timeMs) return [];
  const clocks = demand.stream === result.stream ? '' : ', by the clocks of two processes';
  return [['  took', `${duration(result.timeMs - demand.timeMs)} from demand to result${clocks}`]];
}

function recordLine(record: ToldRecord, all: readonly ToldRecord[], standing: Standing): Line {
  const told = `  ${timeOfDay(record.timeMs)}  ${sentence(record)}`;
  const alarm = standing.alarm(record);
  if (alarm !== undefined) return [told, styled('bad', `  ${alarm}`)];
  // Where nothing of a stream is proved, the line on the proof says so once for all.
  const apart = !standing.isProved(record) && all.some((one) => one.stream === record.stream && standing.isProved(one));
  return apart ? [told, styled('doubtful', '  not proved')] : told;
}

/** Stream, record numbers and sealing records: with these anybody can look the proof up. */
function proofRows(records: readonly ToldRecord[], standing: Standing): string[][] {
  return [...new Set(records.map(({ stream }) => stream))].map((stream) => {
    const own = records.filter((record) => record.stream === stream);
    const unproved = own.filter((record) => !standing.isProved(record));
    const seals = [...new Set(own.flatMap(({ sealedBy }) => sealedBy ?? []))];
    const covered = seals.length === 0 ? 'adopted by the next stream' : `sealed by ${recordRanges(seals)}`;
    const missing = unproved.length === own.length ? 'not proved' : `${recordRanges(numbers(unproved))} not proved`;
    return ['  proof', `stream ${stream}, ${recordRanges(numbers(own))}, ${unproved.length === 0 ? covered : missing}`];
  });
}

function numbers(records: readonly ToldRecord[]): number[] {
  return records.map(({ number }) => number);
}

function first(records: readonly ToldRecord[], name: string): string | undefined {
  return records.map((record) => text(record, name)).find((value) => value !== undefined);
}

function last(records: readonly ToldRecord[], name: string): string | undefined {
  return records.map((record) => text(record, name)).findLast((value) => value !== undefined);
}
