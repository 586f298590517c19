// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EVENT_STEP_UP_COMPLETED, EVENT_STEP_UP_REQUIRED } from '@stepseal/core/semconv';
import type { Story } from '../story/collect-stories.ts';
import { sentence } from '../story/sentence.ts';
import type { Standing } from '../story/standing.ts';
import { type StepUpFacts, stepUpFacts, timeToComplete } from '../story/step-up-facts.ts';
import type { ToldRecord } from '../story/told-record.ts';
import { type Line, type Style, styled } from './line.ts';
import { recordRanges } from './record-ranges.ts';
import { deviceText, locationText } from './step-up-table.ts';
import { columns } from './table.ts';
import { dateTime, duration, timeOfDay } from './time.ts';

/** A step-up told record by record, then of whom it was and where its proof lies. */
export function storyLines(story: Story, standing: Standing): Line[] {
  const { id, records } = story;
  // What somebody put in the place of a sealed record is shown, and says nothing about how the step-up went.
  const genuine = records.filter((record) => !standing.isForged(record));
  const facts = stepUpFacts({ id, records: genuine });
  const [style, ending] = howItEnded(facts);
  return [
    [styled('strong', `step-up ${id}`), `  ${dateTime(records[0]?.timeMs)}  `, styled(style, ending)],
    ...records.map((record) => recordLine(record, records, standing)),
    ...columns([
      ['  user', facts.userId ?? facts.userHash ?? 'not resolved'],
      ...row('session', facts.session),
      ...row('device', deviceText(facts)),
      ...row('client', locationText(facts)),
      ...tookRow(genuine),
      ...(facts.inferred
        ? [['  note', 'the id was inferred from the session: these records may belong to two step-ups']]
        : []),
      ...proofRows(records, standing),
    ]),
    '',
  ];
}

function row(name: string, value: string | undefined): string[][] {
  return value === undefined ? [] : [[`  ${name}`, value]];
}

function howItEnded({ status, access, unmet }: StepUpFacts): [Style, string] {
  if (unmet) return ['bad', 'access was granted without the proof'];
  const how = status === 'open' ? 'not completed' : status.replaceAll('_', ' ');
  const ending = [how, ...(access === undefined ? [] : [`access ${access.replaceAll('_', ' ')}`])].join(', ');
  return [status === 'passed' ? 'good' : status === 'not_required' ? 'plain' : 'doubtful', ending];
}

/** From the demand to the result as the records tell it, also where no single process could measure it. */
function tookRow(records: readonly ToldRecord[]): string[][] {
  const demand = records.find(({ eventName }) => eventName === EVENT_STEP_UP_REQUIRED);
  const result = records.findLast(({ eventName }) => eventName === EVENT_STEP_UP_COMPLETED);
  const tookMs = timeToComplete(records);
  if (tookMs === undefined || result === undefined) return [];
  if (demand === undefined) return [['  took', `${duration(tookMs)} from challenge to result, as measured`]];
  const clocks = demand.stream === result.stream ? '' : ', by the clocks of two processes';
  return [['  took', `${duration(tookMs)} from demand to result${clocks}`]];
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
