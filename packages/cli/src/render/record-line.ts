// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ATTR_STEP_UP_ID } from '@stepseal/core/semconv';
import { sentence } from '../story/sentence.ts';
import { isUnmet } from '../story/step-up-facts.ts';
import { type ToldRecord, text } from '../story/told-record.ts';
import { type Line, styled } from './line.ts';
import { dateTime } from './time.ts';

const EVENT_WIDTH = 'step_up.challenged'.length;
const ID_WIDTH = 22;

/** One record in one line: when, what, of which step-up, and the sentence that its writer made of it. */
export function recordLine(record: ToldRecord, mark?: string): Line {
  const event = record.eventName.padEnd(EVENT_WIDTH);
  const id = (text(record, ATTR_STEP_UP_ID) ?? '-').padEnd(ID_WIDTH);
  const said = record.body ?? sentence(record);
  return [
    `${dateTime(record.timeMs)}  ${event}  ${id}  `,
    isUnmet(record) ? styled('bad', said) : said,
    ...(mark === undefined ? [] : [styled('doubtful', `  ${mark}`)]),
  ];
}
