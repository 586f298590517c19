// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Clock } from './clock.ts';
import type { SealingErrorCode } from './errors.ts';
import { writeErrorLine } from './standard-error.ts';

/** One thing the operator should know. */
export interface Diagnostic {
  readonly code: SealingErrorCode;
  /** One line for people. Holds no attribute value and no secret. */
  readonly message: string;
  /** What was thrown, where something was. */
  readonly cause?: unknown;
  /** Diagnostics of the same code that were kept back since the last one. */
  readonly suppressed: number;
}

/** Takes a diagnostic. */
export type DiagnosticSink = (diagnostic: Diagnostic) => void;

/** Says one thing. */
export type Report = (code: SealingErrorCode, message: string, cause?: unknown) => void;

/** At most one line a code in this time. */
const QUIET_MS = 60_000;

/** Writes one line to standard error. */
export const stderrSink: DiagnosticSink = ({ code, message, suppressed }) => {
  const more = suppressed === 0 ? '' : ` (and ${suppressed} times before)`;
  writeErrorLine(`${code}: ${message}${more}`);
};

/** A reporter that neither floods the sink nor lets it throw into the application. */
export function reporter(sink: DiagnosticSink, clock: Clock): Report {
  const last = new Map<SealingErrorCode, { at: number; suppressed: number }>();
  return (code, message, cause) => {
    const now = clock.monotonicMs();
    const before = last.get(code);
    if (before !== undefined && now - before.at < QUIET_MS) {
      before.suppressed++;
      return;
    }
    last.set(code, { at: now, suppressed: 0 });
    try {
      sink({ code, message, suppressed: before?.suppressed ?? 0, ...(cause === undefined ? {} : { cause }) });
    } catch {}
  };
}
