// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { StepUpFacts } from '../story/step-up-facts.ts';
import { type Line, styled } from './line.ts';
import { columns } from './table.ts';
import { dateTime, duration } from './time.ts';

const NOTHING = '-';
/** Longer ones are cut: a writer of records decides how long a text is. */
const MOST_LETTERS = 40;

type Column = readonly [head: string, cell: (facts: StepUpFacts) => string | undefined];

const COLUMNS: readonly Column[] = [
  ['TIME', ({ timeMs }) => dateTime(timeMs)],
  ['USER', ({ userId, userHash }) => userId ?? userHash],
  ['WHY', ({ reason, exemption }) => reason ?? exemption],
  ['METHOD', ({ method }) => method],
  ['OUTCOME', ({ status, error }) => (error === undefined || error === status ? status : `${status} (${error})`)],
  ['TOOK', ({ tookMs }) => (tookMs === undefined ? undefined : duration(tookMs))],
  ['ACCESS', ({ systemAction, unmet }) => (unmet ? `${systemAction ?? 'granted'} (unmet)` : systemAction)],
  ['ID', ({ id }) => id],
];

const WIDE: readonly Column[] = [
  ['ACTION', ({ action }) => action],
  ['SESSION', ({ session }) => session],
  ['DEVICE', deviceText],
  ['LOCATION', locationText],
];

/** One line a step-up, under a line of headings. */
export function stepUpTable(found: readonly StepUpFacts[], wide: boolean, marks: readonly string[] = []): Line[] {
  const shown = wide ? [...COLUMNS.slice(0, -1), ...WIDE, ...COLUMNS.slice(-1)] : COLUMNS;
  const rows = found.map((facts, at) => [
    ...shown.map(([, cell]) => cut(cell(facts) ?? NOTHING)),
    ...(marks[at] === undefined ? [] : [marks[at]]),
  ]);
  return columns([shown.map(([head]) => head), ...rows]).map((line, at) => {
    const style = at === 0 ? 'strong' : found[at - 1]?.unmet === true ? 'bad' : 'plain';
    return typeof line === 'string' ? [styled(style, line)] : line;
  });
}

/** What was recorded of the device: its keyed hash, what it says it is, and whether it was known. */
export function deviceText({ deviceHash, deviceKnown, userAgent }: StepUpFacts): string | undefined {
  const known = deviceKnown === undefined ? [] : [deviceKnown ? 'known' : 'new'];
  const parts = [deviceHash, userAgent, ...known].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** What was recorded of where it came from. */
export function locationText({ clientAddress, clientPrefix, locality, country }: StepUpFacts): string | undefined {
  const parts = [clientAddress ?? clientPrefix, locality, country].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

function cut(text: string): string {
  const letters = Array.from(text.length > 4 * MOST_LETTERS ? text.slice(0, 4 * MOST_LETTERS) : text);
  return letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS - 1).join('')}…` : text;
}
