// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import * as simplewebauthn from '@simplewebauthn/server';
import { Capture, type OutgoingRecord } from '../../src/capture.ts';
import { patchSimpleWebAuthn } from '../../src/libraries/simplewebauthn.ts';
import { Problems } from '../../src/problems.ts';
import { AllowListRedaction, type Redaction } from '../../src/redact.ts';
import type { ProblemCode, StepUpInstrumentationConfig } from '../../src/types.ts';

const KEYS = { pseudonymKey: Buffer.alloc(32, 1), correlationKey: Buffer.alloc(32, 2) };

export interface Recorder {
  readonly capture: Capture;
  readonly records: OutgoingRecord[];
  readonly problems: ProblemCode[];
  /** The library, hooked. */
  readonly webauthn: typeof simplewebauthn;
  names(): string[];
  attribute(index: number, name: string): unknown;
}

/** Capture as the instrumentation sets it up, ending in a list. */
export function record(
  config: Partial<StepUpInstrumentationConfig> = {},
  redaction?: Redaction,
  nowMs: () => number = () => performance.now(),
): Recorder {
  const records: OutgoingRecord[] = [];
  const problems: ProblemCode[] = [];
  const capture = new Capture(
    { ...KEYS, ...config },
    {
      redaction: redaction ?? new AllowListRedaction(),
      problems: new Problems((code) => problems.push(code), nowMs),
      send: (record) => records.push(record),
    },
  );
  capture.open();
  return {
    capture,
    records,
    problems,
    webauthn: patchSimpleWebAuthn(simplewebauthn, '14.0.3', capture) as typeof simplewebauthn,
    names: () => records.map(({ eventName }) => eventName),
    attribute: (index, name) => records[index]?.attributes[name],
  };
}
