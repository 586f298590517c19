// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Measure } from '@stepseal/processor';
import type { Grade, Severity } from '@stepseal/verifier';
import type { Round } from './rounds.ts';

const SEVERITIES: readonly Severity[] = ['tampered', 'cannot_verify', 'incomplete', 'info'];

/** What metrics show of a watch. Times are wall milliseconds. */
export class VerificationFigures {
  #runs = new Map<string, number>();
  #last: { readonly round: Round; readonly endedMs: number; readonly durationMs: number } | undefined;
  #failed = false;

  verified(round: Round, endedMs: number, durationMs: number): void {
    this.#count(round.grade, round.extent);
    this.#last = { round, endedMs, durationMs };
    this.#failed = false;
  }

  /** A round came to no verdict. */
  failed(): void {
    this.#count('CANNOT_VERIFY', 'full');
    this.#failed = true;
  }

  measures(): readonly Measure[] {
    const gauge = (name: string, unit: string, description: string, read: Measure['read']): Measure => {
      return { name: `stepseal.verification.${name}`, kind: 'gauge', unit, description, read };
    };
    const age = (ms: number | undefined): number | undefined =>
      ms === undefined ? undefined : Math.max(0, Date.now() - ms) / 1000;
    return [
      {
        name: 'stepseal.verification.runs',
        kind: 'counter',
        unit: '{run}',
        description: 'Verifications, by grade and extent.',
        read: () =>
          [...this.#runs].map(([key, value]) => {
            const [grade = '', extent = ''] = key.split(' ');
            return { value, attributes: { 'stepseal.verified.grade': grade, 'stepseal.verified.extent': extent } };
          }),
      },
      gauge('exit_code', '1', 'Last verdict: 0 verified, 1 tampered, 2 incomplete, 3 cannot be verified.', () =>
        this.#failed ? 3 : this.#last?.round.exitCode,
      ),
      gauge('age', 's', 'Time since a verification last came to a verdict.', () => age(this.#last?.endedMs)),
      gauge('duration', 's', 'Duration of that verification.', () =>
        this.#last === undefined ? undefined : this.#last.durationMs / 1000,
      ),
      gauge('findings', '{finding}', 'Findings of that verification, by severity.', () =>
        this.#last === undefined
          ? undefined
          : SEVERITIES.map((severity) => ({
              value: this.#last?.round.findings.filter((finding) => finding.severity === severity).length ?? 0,
              attributes: { severity },
            })),
      ),
      gauge('records', '{record}', 'Records under trusted notes that it read.', () => this.#last?.round.records),
      gauge('last_note.age', 's', 'Time since the newest trusted note that was seen.', () =>
        age(this.#last?.round.lastNoteMs),
      ),
    ];
  }

  #count(grade: Grade, extent: Round['extent']): void {
    const key = `${grade} ${extent}`;
    this.#runs.set(key, (this.#runs.get(key) ?? 0) + 1);
  }
}
