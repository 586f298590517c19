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
} from '@stepseal/core/semconv';
import type { StreamReport } from '@stepseal/verifier';
import type { Story } from '../story/collect-stories.ts';
import { sentence } from '../story/sentence.ts';
import { flag, type ToldRecord, text } from '../story/told-record.ts';
import { type Line, type Style, styled } from './line.ts';
import { ranges } from './ranges.ts';
import { columns } from './table.ts';
import { dateTime, timeOfDay } from './time.ts';

/** A step-up told record by record, then of whom it was and where its proof lies. */
export function storyLines(story: Story, streams: ReadonlyMap<string, StreamReport>): Line[] {
  const { id, records } = story;
  const user = first(records, ATTR_USER_ID) ?? first(records, ATTR_USER_HASH);
  const client = first(records, ATTR_STEP_UP_CLIENT_PREFIX);
  const [style, ending] = howItEnded(records);
  return [
    [styled('strong', `step-up ${id}`), `  ${dateTime(records[0]?.timeMs)}  `, styled(style, ending)],
    ...columns(records.map((record) => [`  ${timeOfDay(record.timeMs)}`, sentence(record)])),
    ...columns([
      ['  user', user ?? 'not resolved'],
      ...(client === undefined ? [] : [['  client', client]]),
      ...(first(records, ATTR_STEP_UP_CORRELATION) === 'inferred'
        ? [['  note', 'the id was inferred from the session: these records may belong to two step-ups']]
        : []),
      ...proofRows(records, streams),
    ]),
    '',
  ];
}

function howItEnded(records: readonly ToldRecord[]): [Style, string] {
  const outcome = last(records, ATTR_STEP_UP_OUTCOME);
  const access = last(records, ATTR_STEP_UP_ACCESS_RESULT);
  const unmet = records.some(
    (record) => text(record, ATTR_STEP_UP_ACCESS_RESULT) === 'granted' && flag(record, ATTR_STEP_UP_REQUIREMENT_MET) === false,
  );
  if (unmet) return ['bad', 'access was granted without the proof'];
  const ending = [outcome ?? 'not completed', ...(access === undefined ? [] : [`access ${access}`])].join(', ');
  return [outcome === 'passed' ? 'good' : 'doubtful', ending];
}

/** Stream, record numbers and sealing records: with these anybody can look the proof up. */
function proofRows(records: readonly ToldRecord[], streams: ReadonlyMap<string, StreamReport>): string[][] {
  return [...new Set(records.map(({ stream }) => stream))].map((stream) => {
    const own = records.filter((record) => record.stream === stream);
    const seals = [...new Set(own.map(({ sealedBy }) => sealedBy))];
    const sealed = seals.includes(undefined)
      ? 'not all sealed yet'
      : `sealed by record ${ranges(seals.filter((number) => number !== undefined))}`;
    const report = streams.get(stream);
    const trust = report?.trusted === true ? 'under a trusted key' : 'not under a trusted key';
    return ['  proof', `stream ${stream}, record ${ranges(own.map(({ number }) => number))}, ${sealed}, ${trust}`];
  });
}

function first(records: readonly ToldRecord[], name: string): string | undefined {
  return records.map((record) => text(record, name)).find((value) => value !== undefined);
}

function last(records: readonly ToldRecord[], name: string): string | undefined {
  return records.map((record) => text(record, name)).findLast((value) => value !== undefined);
}
