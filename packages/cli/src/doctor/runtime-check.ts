// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Diagnosis, DoctorFinding } from './diagnosis.ts';

/** Below it the processor and the instrumentation do not run. */
const FLOOR: readonly [major: number, minor: number] = [22, 15];

/** The Node.js that runs this command, usually the one that runs the service. */
export function checkRuntime(version: string): Diagnosis {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const below = major < FLOOR[0] || (major === FLOOR[0] && minor < FLOOR[1]);
  const finding: DoctorFinding = {
    code: 'NODE_TOO_OLD',
    severity: 'warning',
    what: `This is Node.js ${version}; recording needs ${FLOOR.join('.')} or later.`,
    why: 'This command runs here; a service started with this Node.js would not be recorded.',
    action: 'Start the service with Node.js 22.15 or later.',
  };
  return { facts: [{ name: 'node', value: version }], findings: below ? [finding] : [] };
}
