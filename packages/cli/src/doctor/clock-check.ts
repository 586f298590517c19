// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFile } from 'node:child_process';
import type { Diagnosis } from './diagnosis.ts';

/** What the machine says of its clock; undefined where nobody here knows. */
export type ClockReading = { readonly by: string; readonly synchronised: boolean } | undefined;

const PATIENCE_MS = 2_000;

/** Asks systemd, then chrony. In a container usually neither is there: the clock is the host's. */
export async function readClock(ask: typeof answerOf = answerOf): Promise<ClockReading> {
  const systemd = await ask('timedatectl', ['show', '--property=NTPSynchronized', '--value']);
  if (systemd === 'yes' || systemd === 'no') return { by: 'timedatectl', synchronised: systemd === 'yes' };
  const chrony = await ask('chronyc', ['tracking']);
  const status = /^Leap status\s*: (.+)$/m.exec(chrony ?? '')?.[1];
  return status === undefined ? undefined : { by: 'chronyc', synchronised: status !== 'Not synchronised' };
}

export function checkClock(reading: ClockReading): Diagnosis {
  if (reading === undefined)
    return {
      facts: [{ name: 'clock', value: 'system; whether it is synchronised cannot be asked here' }],
      findings: [],
    };
  const { by, synchronised } = reading;
  const value = `system, ${synchronised ? 'synchronised' : 'not synchronised'} (${by})`;
  if (synchronised) return { facts: [{ name: 'clock', value }], findings: [] };
  const finding = {
    code: 'CLOCK_NOT_SYNCHRONISED',
    severity: 'warning',
    what: `${by} says that the clock of this machine is not synchronised.`,
    why: "Times of records are this clock's; those of several services cannot be put in order then.",
    action: 'Set up NTP: timedatectl set-ntp true, or chrony.',
  } as const;
  return { facts: [{ name: 'clock', value }], findings: [finding] };
}

function answerOf(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: PATIENCE_MS, env: { ...process.env, LC_ALL: 'C' } }, (error, stdout) => {
      resolve(error === null ? stdout.trim() : undefined);
    });
  });
}
