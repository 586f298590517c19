// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Diagnosis, DoctorFinding } from '../doctor/diagnosis.ts';
import { type Line, styled } from './line.ts';
import { columns } from './table.ts';

/** What is wrong first, each with why it matters and what to do; then how things are. */
export function doctorLines({ facts, findings }: Diagnosis): Line[] {
  return [
    findings.length === 0
      ? [styled('good', 'OK'), '  Nothing wrong was found.']
      : [styled('doubtful', 'FINDINGS'), `  ${findings.length} thing(s) to look at.`],
    '',
    ...findings.flatMap(findingLines),
    ...columns(facts.map(({ name, value }) => [name, value])),
  ];
}

function findingLines({ code, severity, what, why, action }: DoctorFinding): Line[] {
  return [
    [styled(severity === 'problem' ? 'bad' : 'doubtful', code), `  ${severity}`],
    ...columns([
      ['    what', what],
      ['    why', why],
      ['    do', action],
    ]),
    '',
  ];
}
