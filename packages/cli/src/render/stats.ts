// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Figures, Statistics } from '../stats/figures.ts';
import { type Line, styled } from './line.ts';
import { columns } from './table.ts';
import { dateTime, duration, isoTime } from './time.ts';

const HEADS = ['BEGUN', 'ENDED', 'PASSED', 'PASS RATE', 'ABANDONED', 'P50', 'P95', 'UNMET'];

/** The figures for people: the whole first, then by reason and by method. */
export function statsLines(stats: Statistics): Line[] {
  const { all } = stats;
  const decisions = [...stats.decisions].map(([name, count]) => `${count} ${name}`).join(', ');
  const outcomes = [...all.outcomes].map(([name, count]) => `${count} ${name}`).join(', ');
  const facts = [
    ['began', stats.firstMs === undefined ? 'none' : `${dateTime(stats.firstMs)} to ${dateTime(stats.lastMs)}`],
    ['step-ups', `${all.begun} begun, ${all.ended} ended, ${all.begun - all.ended} open`],
    ['outcomes', outcomes === '' ? 'none' : outcomes],
    ['pass rate', `${percent(all.passRate)} of those that ended`],
    ['abandonment', `${percent(all.abandonment)} of those that ended got no answer`],
    ['time to complete', `p50 ${time(all.p50Ms)}, p95 ${time(all.p95Ms)}, of ${all.timed} that passed`],
    ['prompts per user', promptsText(stats)],
    ...(decisions === '' ? [] : [['decisions', decisions]]),
  ];
  return [
    ...columns(facts),
    ...(all.unmet === 0
      ? []
      : [[styled('bad', `Access was granted without the demanded proof in ${all.unmet} step-up(s).`)] as Line]),
    ...group('REASON', stats.byReason),
    ...group('METHOD', stats.byMethod),
  ];
}

/** The same as documented JSON (docs/commands/stats.md). */
export function statsJson(stats: Statistics): Record<string, unknown> {
  return {
    firstTime: isoTime(stats.firstMs),
    lastTime: isoTime(stats.lastMs),
    all: figuresJson(stats.all),
    byReason: groupsJson(stats.byReason),
    byMethod: groupsJson(stats.byMethod),
    users: {
      known: stats.users,
      promptsPerUser: stats.promptsPerUser ?? null,
      mostPromptsOfAUser: stats.mostPromptsOfAUser,
      stepUpsWithoutUser: stats.withoutUser,
    },
    decisions: Object.fromEntries(stats.decisions),
  };
}

function promptsText({ users, promptsPerUser, mostPromptsOfAUser, withoutUser }: Statistics): string {
  const unknown = withoutUser === 0 ? '' : `; ${withoutUser} step-up(s) without a known user`;
  if (promptsPerUser === undefined) return `no user is known${unknown}`;
  return `${rounded(promptsPerUser)} on average over ${users} user(s), ${mostPromptsOfAUser} at most${unknown}`;
}

function group(head: string, groups: ReadonlyMap<string, Figures>): Line[] {
  if (groups.size === 0) return [];
  const rows = [...groups].map(([name, one]) => [
    name,
    String(one.begun),
    String(one.ended),
    String(one.outcomes.get('passed') ?? 0),
    percent(one.passRate),
    percent(one.abandonment),
    time(one.p50Ms),
    time(one.p95Ms),
    String(one.unmet),
  ]);
  return ['', ...columns([[head, ...HEADS], ...rows])];
}

function groupsJson(groups: ReadonlyMap<string, Figures>): Record<string, unknown> {
  return Object.fromEntries([...groups].map(([name, one]) => [name, figuresJson(one)]));
}

function figuresJson(figures: Figures): Record<string, unknown> {
  return {
    begun: figures.begun,
    ended: figures.ended,
    open: figures.begun - figures.ended,
    outcomes: Object.fromEntries(figures.outcomes),
    passRate: figures.passRate ?? null,
    abandonment: figures.abandonment ?? null,
    tookMs: { count: figures.timed, p50: figures.p50Ms ?? null, p95: figures.p95Ms ?? null },
    accessUnmet: figures.unmet,
  };
}

function percent(share: number | undefined): string {
  return share === undefined ? '-' : `${rounded(share * 100)} %`;
}

function time(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '-' : duration(milliseconds);
}

function rounded(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
