// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TimeWindow } from '../search/scan-segment.ts';
import type { Tallied } from './tally.ts';

/** Figures of a set of step-ups; every rate names its denominator, and is undefined where that is 0. */
export interface Figures {
  /** Step-ups in which a stronger proof was demanded or asked for. */
  readonly begun: number;
  /** Of those, the ones with a result. */
  readonly ended: number;
  readonly outcomes: ReadonlyMap<string, number>;
  /** `passed` over `ended`. */
  readonly passRate: number | undefined;
  /** `abandoned` and `expired`, which no answer came to, over `ended`. */
  readonly abandonment: number | undefined;
  /** Time from demand to result of those that passed and whose time is known. */
  readonly timed: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  /** Step-ups in which access was granted although the demanded proof was not at hand. */
  readonly unmet: number;
}

export interface Statistics {
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  readonly all: Figures;
  readonly byReason: ReadonlyMap<string, Figures>;
  readonly byMethod: ReadonlyMap<string, Figures>;
  /** Users to whom a begun step-up could be ascribed. */
  readonly users: number;
  /** Begun step-ups of those users, over the users. */
  readonly promptsPerUser: number | undefined;
  readonly mostPromptsOfAUser: number;
  /** Begun step-ups whose user is not known. */
  readonly withoutUser: number;
  /** Decisions of policies, each weighed with the evaluations that it stands for. */
  readonly decisions: ReadonlyMap<string, number>;
}

const UNKNOWN = 'unknown';
const NO_METHOD = 'none';

/** Figures of the step-ups that began in the window, whenever they ended. */
export function statistics(stepUps: Iterable<Tallied>, window: TimeWindow | undefined): Statistics {
  const chosen = [...stepUps].filter(
    ({ startMs }) => window === undefined || (startMs >= window.sinceMs && startMs < window.untilMs),
  );
  const begun = chosen.filter((one) => one.begun);
  const prompts = new Map<string, number>();
  for (const { user } of begun) if (user !== undefined) prompts.set(user, (prompts.get(user) ?? 0) + 1);
  const counts = [...prompts.values()];
  const ascribed = counts.reduce((sum, count) => sum + count, 0);
  const decisions = new Map<string, number>();
  for (const { decision, weight } of chosen) {
    if (decision !== undefined) decisions.set(decision, (decisions.get(decision) ?? 0) + weight);
  }
  return {
    firstMs: most(chosen, (a, b) => a < b),
    lastMs: most(chosen, (a, b) => a > b),
    all: figures(begun),
    byReason: grouped(begun, ({ reason }) => reason ?? UNKNOWN),
    byMethod: grouped(begun, ({ method }) => method ?? NO_METHOD),
    users: prompts.size,
    promptsPerUser: ratio(ascribed, prompts.size),
    mostPromptsOfAUser: counts.reduce((large, count) => Math.max(large, count), 0),
    withoutUser: begun.length - ascribed,
    decisions,
  };
}

function figures(begun: readonly Tallied[]): Figures {
  const outcomes = new Map<string, number>();
  const times: number[] = [];
  for (const one of begun) {
    if (one.endMs === undefined) continue;
    const outcome = one.outcome ?? UNKNOWN;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const took = outcome === 'passed' ? tookMs(one) : undefined;
    if (took !== undefined) times.push(took);
  }
  const ended = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  times.sort((a, b) => a - b);
  return {
    begun: begun.length,
    ended,
    outcomes: new Map([...outcomes].sort(([, a], [, b]) => b - a)),
    passRate: ratio(outcomes.get('passed') ?? 0, ended),
    abandonment: ratio((outcomes.get('abandoned') ?? 0) + (outcomes.get('expired') ?? 0), ended),
    timed: times.length,
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    unmet: begun.filter(({ unmet }) => unmet).length,
  };
}

/** As in the story of a step-up: by the records' times, else as measured. */
function tookMs({ demandMs, endMs = 0, measuredMs }: Tallied): number | undefined {
  if (demandMs === undefined) return measuredMs;
  return endMs < demandMs ? undefined : endMs - demandMs;
}

function grouped(begun: readonly Tallied[], nameOf: (one: Tallied) => string): Map<string, Figures> {
  const groups = new Map<string, Tallied[]>();
  for (const one of begun) {
    const name = nameOf(one);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  const sorted = [...groups].sort(([, a], [, b]) => b.length - a.length);
  return new Map(sorted.map(([name, group]) => [name, figures(group)]));
}

/** Nearest rank: the smallest value that at least this share of all does not exceed. */
function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function most(stepUps: readonly Tallied[], wins: (a: number, b: number) => boolean): number | undefined {
  let best: number | undefined;
  for (const { startMs } of stepUps) if (best === undefined || wins(startMs, best)) best = startMs;
  return best;
}
