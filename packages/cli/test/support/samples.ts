// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  cutAfterNote,
  editText,
  type SegmentLine,
  segmentBytes,
  TestWriter,
  type WrittenStream,
  writeOne,
  writeStepUp,
} from '@stepseal/testkit';

/**
 * Writes data directories of deployment demo.bank into `cwd`: `control` (whole, closed), `edited` (one record changed),
 * `cut` (the end is gone), `crashed` (ended without a close, one record behind its last note), `hostile` (a record full of terminal sequences), `empty`;
 * and `demo.vkey`, the identity's verifier key.
 */
export function writeSamples(cwd: string): void {
  const writer = bank('bank');
  writeFileSync(join(cwd, 'demo.vkey'), writer.identity.vkey);
  const stream = writer.start();
  writeStepUp(stream, 'Zk3q0sXvT9m4');
  stream.seal();
  writeStepUp(stream, 'Qm7d1oRkX4v9');
  writer.close();
  const [written] = writer.streams as [WrittenStream];
  const { lines } = written.stream;
  writeStream(join(cwd, 'control'), written, lines);
  writeStream(
    join(cwd, 'edited'),
    written,
    editText(lines, 3, (text) => text.replace('webauthn', 'password')),
  );
  writeStream(join(cwd, 'cut'), written, cutAfterNote(lines, 6));

  const crashing = bank('crash');
  writeStepUp(crashing.start(), 'n5RtZ0aXk8Jw');
  crashing.current.seal();
  writeOne(crashing.current, 'h2Zr8sWcVn0y');
  crashing.crash();
  for (const one of crashing.streams) writeStream(join(cwd, 'crashed'), one, one.stream.lines);

  const hostile = bank('hostile');
  const sequences = '\u001B[2J\u001B]0;owned\u0007\r\n\u202Eevil\u009B31m';
  hostile.start().record('step_up.required', {
    'step_up.id': `id${sequences}`,
    'step_up.trigger.reason': sequences,
    'step_up.action.name': sequences,
    'user.hash': sequences,
  });
  hostile.close();
  for (const one of hostile.streams) writeStream(join(cwd, 'hostile'), one, one.stream.lines);

  mkdirSync(join(cwd, 'empty'));
}

function bank(label: string): TestWriter {
  return new TestWriter({ label, deployment: 'demo.bank' });
}

function writeStream(directory: string, { path }: WrittenStream, lines: readonly SegmentLine[]): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, segmentBytes(lines));
}

/** Payloads of the records of one step-up of this id, as sealed. */
export function stepUpPayloads(id: string): string[] {
  const writer = bank('payloads');
  writeStepUp(writer.start(), id);
  writer.close();
  return writer.streams
    .flatMap(({ stream }) => stream.bytes().toString().split('\n'))
    .filter((line) => line.includes('"step_up.id":'));
}
