// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Expected, ExpectedFinding } from './scenario.ts';

/** What else an expectation may say. */
type More = Pick<Expected, 'also' | 'uncoveredMs'> & Pick<ExpectedFinding, 'stream' | 'field'>;

function finding(code: string, from: number | undefined, to: number | undefined, more: More): ExpectedFinding {
  const { stream = 'target', field } = more;
  return {
    code,
    stream,
    ...(field === undefined ? {} : { field }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function expectation(verdict: Pick<Expected, 'grade' | 'exitCode'>, primary: ExpectedFinding, more: More): Expected {
  const { stream: _, field: __, ...rest } = more;
  return { ...verdict, primary, ...rest };
}

/** Tampered: that code, exactly those records (one if `to` is left out), of the attacked stream unless another is named. */
export function T(code: string, from?: number, to: number | undefined = from, more: More = {}): Expected {
  const primary = finding(code, from, to, more);
  return expectation({ grade: 'TAMPERED', exitCode: 1 }, primary, more);
}

/** Incomplete. */
export function I(code: string, from?: number, to: number | undefined = from, more: More = {}): Expected {
  const primary = finding(code, from, to, more);
  return expectation({ grade: 'INCOMPLETE', exitCode: 2 }, primary, more);
}

/** Cannot be verified. Without `stream` the finding concerns no particular stream. */
export function C(code: string, stream?: string): Expected {
  return { grade: 'CANNOT_VERIFY', exitCode: 3, primary: { code, ...(stream === undefined ? {} : { stream }) } };
}

/** Verified, and these are all the findings there are. */
export function V(...codes: readonly string[]): Expected {
  return { grade: 'SEALED', exitCode: 0, exactly: codes };
}

/** Verified with that uncovered time. */
export function VU(uncoveredMs: number, ...codes: readonly string[]): Expected {
  return { ...V(...codes), uncoveredMs };
}
