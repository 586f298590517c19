// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Attempt, DrillResult } from '../drill/run-drill.ts';
import type { Sample } from '../drill/sample.ts';
import { byteSize } from './bytes.ts';
import { place } from './finding.ts';
import { type Line, styled } from './line.ts';
import { columns } from './table.ts';

export interface DrillContext {
  readonly directory: string;
  readonly sample: Sample;
  readonly seed: string;
  /** Whether the sampled bytes of the original are what they were before. */
  readonly untouched: boolean;
  /** Where the copy was left; undefined where it was taken away. */
  readonly kept: string | undefined;
}

/** Said below every drill: what nobody can show by tampering with files. */
const LIMITS_OF_A_DRILL: readonly string[] = [
  'What happens before a record is sealed: a service that reports nothing, or something untrue, leaves nothing to tamper with.',
  'Who holds the identity key: whoever does can make up streams that nobody has seen before.',
  'What needs known heads is caught only if earlier known heads are kept where those who can write the records cannot.',
];

/** What was done, attack by attack, and what the verifier said to it. */
export function drillLines({ control, attempts }: DrillResult, context: DrillContext): Line[] {
  const { sample, directory, seed } = context;
  const lines: Line[] = [
    ...columns([
      ['drill on', `${directory}: ${extent(sample)}`],
      ['seed', seed],
      ['control', `${control.grade}: ${inWords(control.exitCode)}`],
    ]),
    '',
  ];
  if (attempts.length === 0) {
    const worst = control.findings.find(({ severity }) => severity !== 'info');
    const reason = worst === undefined ? '' : `${worst.code}: ${worst.evidence} `;
    lines.push([styled('bad', 'Not held. '), `${reason}See \`stepseal verify ${directory}\`.`]);
    return lines;
  }
  for (const [index, attempt] of attempts.entries()) lines.push(...attemptLines(index + 1, attempt));
  lines.push(summary(attempts), '', 'What a drill does not show:');
  lines.push(...LIMITS_OF_A_DRILL.map((limit) => `  - ${limit}`), '', ...originalLines(context));
  return lines;
}

function extent({ files, bytes, allFiles, allBytes }: Sample): string {
  if (files.length === allFiles && bytes === allBytes) return `all ${allFiles} segment(s), ${byteSize(bytes)}`;
  return `the newest ${files.length} of ${allFiles} segments, ${byteSize(bytes)} of ${byteSize(allBytes)} (--sample-mb takes more)`;
}

function inWords(exitCode: number): string {
  if (exitCode === 0) return 'the untouched copy verifies.';
  if (exitCode === 2) return 'the untouched copy is unaltered, and not all of it is there or proved.';
  return 'the untouched copy does not verify, so that damage to it would show nothing.';
}

function attemptLines(number: number, { attack, plan, skipped, grade, finding, ...attempt }: Attempt): Line[] {
  const head = `${String(number).padStart(2)}  `;
  if (plan === undefined) return [[head, styled('dim', 'not shown'), `  ${attack.title}: ${skipped ?? ''}`], ''];
  const [style, word] = attempt.caught ? (['good', 'caught'] as const) : (['bad', 'NOT CAUGHT'] as const);
  const where = finding === undefined ? '' : place(finding);
  const verdict = `${grade ?? ''}${finding === undefined ? '' : `, ${finding.code}${where === '' ? '' : ` at ${where}`}`}`;
  return [
    [head, styled(style, word), `  ${attack.title}`],
    ...columns([
      ['    done', plan.done],
      ['    verdict', verdict],
      ...(finding === undefined ? [] : [['    evidence', finding.evidence]]),
      ['    named', named(plan.record, attempt.named)],
      ...(attempt.withoutHeads === undefined
        ? []
        : [['    needs', `known heads of an earlier verification: without them it is ${attempt.withoutHeads}`]]),
    ]),
    '',
  ];
}

function named(record: number | undefined, yes: boolean): string {
  if (record === undefined) return yes ? 'yes, the stream' : 'no';
  return yes ? `yes, record ${record}` : 'no: the verdict is right, the record is not singled out';
}

function summary(attempts: readonly Attempt[]): Line {
  const held = attempts.filter(({ plan }) => plan !== undefined);
  const caught = held.filter((attempt) => attempt.caught).length;
  const left = attempts.length - held.length;
  return [
    styled(caught === held.length ? 'good' : 'bad', `${caught} of ${held.length} caught`),
    `, ${held.filter((attempt) => attempt.named).length} of them with the record or stream named`,
    left === 0 ? '.' : `; ${left} could not be shown on this copy.`,
  ];
}

function originalLines({ untouched, kept }: DrillContext): Line[] {
  return [
    untouched
      ? 'The original was opened for reading only; its bytes are what they were before.'
      : [
          styled(
            'bad',
            'The original changed during the drill, not by it: somebody else writes to records that were sealed.',
          ),
        ],
    ...(kept === undefined ? [] : [`The copy, put right again, is in ${kept}.`]),
  ];
}

/** The drill as documented JSON (docs/commands/drill.md). */
export function drillJson({ control, attempts }: DrillResult, context: DrillContext, exitCode: number): unknown {
  const { directory, sample, seed, untouched, kept } = context;
  const held = attempts.filter(({ plan }) => plan !== undefined);
  return {
    version: 1,
    exitCode,
    directory,
    seed,
    sample: {
      segments: sample.files.length,
      bytes: sample.bytes,
      ofSegments: sample.allFiles,
      ofBytes: sample.allBytes,
    },
    control: { grade: control.grade, exitCode: control.exitCode, findings: control.findings },
    attacks: attempts.map(({ attack, plan, skipped, grade, finding, named: isNamed, withoutHeads, caught }) => ({
      id: attack.id,
      kind: attack.kind,
      title: attack.title,
      done: plan?.done ?? null,
      skipped: skipped ?? null,
      stream: plan?.stream ?? null,
      record: plan?.record ?? null,
      grade: grade ?? null,
      finding: finding ?? null,
      named: isNamed,
      withoutHeads: withoutHeads ?? null,
      caught,
    })),
    caught: held.filter(({ caught }) => caught).length,
    of: held.length,
    untouched,
    kept: kept ?? null,
    limits: LIMITS_OF_A_DRILL,
  };
}
