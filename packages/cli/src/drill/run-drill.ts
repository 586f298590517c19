// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { directorySource, type Finding, type Grade, type Report, type TrustPolicy, verify } from '@stepseal/verifier';
import { ATTACKS } from './all-attacks.ts';
import type { Attack, Plan } from './attack.ts';
import { Ground } from './ground.ts';
import type { Sample } from './sample.ts';
import { scopeOf } from './scope.ts';
import type { Scratch } from './scratch.ts';
import { Seeded } from './seeded.ts';

/** What came of one attack. */
export interface Attempt {
  readonly attack: Attack;
  /** Undefined where it could not be shown; then `skipped` says why. */
  readonly plan: Plan | undefined;
  readonly skipped: string | undefined;
  readonly grade: Grade | undefined;
  /** The finding that tells of it: the first that names the record or the stream, else the first. */
  readonly finding: Finding | undefined;
  /** Whether a finding names the record that was attacked; of a whole stream, that stream. */
  readonly named: boolean;
  /** The verdict without known heads, where only somebody who has seen the records before can tell. */
  readonly withoutHeads: Grade | undefined;
  readonly caught: boolean;
}

export interface DrillResult {
  readonly control: Report;
  readonly attempts: readonly Attempt[];
}

export interface DrillOptions {
  readonly scratch: Scratch;
  readonly sample: Sample;
  readonly trust: TrustPolicy | undefined;
  readonly seed: string;
  readonly copiedAtMs: number;
  /** Default the verifier; the tests show with a weaker one that a miss is told. */
  readonly verify?: typeof verify;
}

/** Verifies the untouched copy, then attacks it in every way, and puts it right again each time. */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { scratch, sample, trust, seed, copiedAtMs, verify: verifier = verify } = options;
  const { directory } = scratch;
  const scope = scopeOf(directory, sample, copiedAtMs);
  const judge: Judge = (knownHeads) => verifier({ sources: [directorySource(directory)], trust, knownHeads, ...scope });
  const control = await judge(undefined);
  // What is not whole to begin with shows nothing when it is damaged.
  if (control.exitCode === 1 || control.exitCode === 3) return { control, attempts: [] };
  const names = sample.files.map(({ name }) => name);
  const ground = new Ground(directory, names, control, new Seeded(seed));
  const attempts: Attempt[] = [];
  for (const attack of ATTACKS) {
    const plan = attack.plan(ground);
    attempts.push(
      typeof plan === 'string' ? notShown(attack, plan) : await shown(attack, plan, scratch, judge, control),
    );
  }
  return { control, attempts };
}

type Judge = (knownHeads: Report['knownHeads'] | undefined) => Promise<Report>;

function notShown(attack: Attack, skipped: string): Attempt {
  const nothing = { plan: undefined, grade: undefined, finding: undefined, withoutHeads: undefined };
  return { attack, skipped, ...nothing, named: false, caught: false };
}

async function shown(
  attack: Attack,
  plan: Plan,
  { directory, write }: Scratch,
  judge: Judge,
  { knownHeads }: Report,
): Promise<Attempt> {
  const original = new Map([...plan.files.keys()].map((name) => [name, readFileSync(join(directory, name))]));
  write(plan.files);
  try {
    const alone = await judge(undefined);
    const report = alone.grade === 'TAMPERED' ? alone : await judge(knownHeads);
    const finding = report.findings.find((one) => names(one, plan)) ?? report.findings[0];
    return {
      attack,
      plan,
      skipped: undefined,
      grade: report.grade,
      finding,
      named: finding !== undefined && names(finding, plan),
      withoutHeads: report === alone ? undefined : alone.grade,
      caught: report.grade === 'TAMPERED',
    };
  } finally {
    write(original);
  }
}

function names({ severity, stream, from, to }: Finding, plan: Plan): boolean {
  if (severity !== 'tampered' || stream !== plan.stream) return false;
  if (plan.record === undefined) return true;
  return from !== undefined && from <= plan.record && plan.record <= (to ?? from);
}
