// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { appendFileSync, closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StreamBuilder, TestClock, testKey, writeStepUp } from '@stepseal/testkit';
import { afterAll, expect, it } from 'vitest';
import { shell } from './support/script.ts';

const cwd = mkdtempSync(join(tmpdir(), 'stepseal-threads-'));
afterAll(() => rmSync(cwd, { recursive: true }));

/** More than is worth a thread; a hole, which takes no room on the disk. */
const HOLE_BYTES = 60 << 20;

it('threads that share large segments find what one finds, also the records of one step-up in several of them', () => {
  const identity = testKey('demo.bank', 'identity/threads');
  const clock = new TestClock();
  for (const name of ['one', 'two', 'three', 'four']) {
    const stream = new StreamBuilder({ label: `threads/${name}`, clock, identity }).open();
    writeStepUp(stream, `own-${name}`);
    stream.record('step_up.review', {
      'step_up.id': 'shared',
      'step_up.review.label': 'legitimate',
      'user.hash': name,
    });
    stream.seal();
    const file = join(cwd, `${stream.streamId}.ndjson`);
    const fd = openSync(file, 'w');
    ftruncateSync(fd, HOLE_BYTES);
    closeSync(fd);
    appendFileSync(file, Buffer.concat([Buffer.from('\n'), stream.bytes()]));
  }
  const run = shell(cwd);
  const ids = run("stepseal search --dir . --ndjson --outcome passed | cut -d '\"' -f 4 | sort | tr '\\n' ' '");
  expect(ids).toBe('own-four own-one own-three own-two [0]');
  // Found by the record of one segment, told from those of all.
  expect(
    run(
      "stepseal search --dir . --ndjson --user three --event review 2> error.txt | grep -o step_up.review | wc -l | tr -d ' '",
    ),
  ).toBe('4\n[0]');
  expect(run('stepseal search --dir . --events --trigger amount_threshold | tail -n 2 | head -n 1')).toBe(
    '4 records match.\n[0]',
  );
});
