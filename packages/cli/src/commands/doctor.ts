// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Command } from '../command.ts';
import { examine } from '../doctor/examine.ts';
import { doctorLines } from '../render/doctor.ts';

export const doctorCommand: Command = {
  usage: 'doctor [--online] [--json]',
  about: [
    'Looks at how recording is set up, in the directory of the application: which authentication libraries are captured and',
    'which are not, OpenTelemetry copies that cannot see each other, keys, clock, data directory, users that are not known.',
    'It reads only, and tells of each finding why it matters and what to do.',
    'Exit codes: 0 nothing wrong, 2 findings, 64 usage.',
  ],
  examples: [
    'stepseal doctor # in the directory of the application',
    'stepseal doctor --online # also whether the receiver of records answers',
    "stepseal doctor --json | jq -r '.findings[].code' # for a script",
  ],
  options: {
    online: { type: 'boolean', brief: 'Open a connection to the configured endpoint, too; nothing is sent.' },
    json: { type: 'boolean', brief: 'Print JSON: {"version", "exitCode", "findings", "facts"}.' },
  },
  settings: 'all',
  maxArguments: 0,
  async run(call) {
    const config = call.config();
    const done = call.terminal.progress('Looking');
    const diagnosis = await examine({
      config,
      cwd: call.cwd,
      env: process.env,
      online: call.flags['online'] === true,
    }).finally(done);
    const exitCode = diagnosis.findings.length === 0 ? 0 : 2;
    if (call.flags['json'] === true) {
      const { findings, facts } = diagnosis;
      call.terminal.printJson({ version: 1, exitCode, findings, facts });
    } else call.terminal.print(doctorLines(diagnosis));
    return exitCode;
  },
};
