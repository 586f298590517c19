// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { listWriters, readCursor } from '@stepseal/processor/data';
import { createKeys } from '@stepseal/processor/keys';
import { expect, test } from 'vitest';
import { startPipeline, startSink, temporaryDirectory } from './pipelines.ts';

const run = promisify(execFile);
const FIXTURE = fileURLToPath(new URL('fixtures/natural-end.mjs', import.meta.url));
const EARLIER = '00000000-0000-7000-8000-000000000000';
const LATER = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

/** A data directory in which a process died, with ten records that nobody delivered. */
async function deadSite(): Promise<{ root: string; dataDir: string; directory: string; segment: string }> {
  const root = temporaryDirectory();
  createKeys(join(root, 'keys'));
  const dataDir = join(root, 'data');
  const pipeline = startPipeline({ dataDir });
  pipeline.emit(10, 'old');
  await pipeline.shutdown();
  const [writer] = listWriters(dataDir);
  if (writer?.segments[0] === undefined) throw new Error('nothing was written');
  return { root, dataDir, directory: writer.directory, segment: writer.segments[0].path };
}

/** In a process of its own, since one that waits for a pipe cannot even be told to stop. */
async function runService(root: string, endpoint: string): Promise<string> {
  const job = { dataDir: join(root, 'data'), identityFile: join(root, 'keys', 'identity.pem'), endpoint };
  const { stdout } = await run(process.execPath, [FIXTURE, JSON.stringify(job)], {
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  return stdout;
}

function pipe(path: string): void {
  rmSync(path, { force: true });
  execFileSync('mkfifo', [path]);
}

test.skipIf(process.platform === 'win32')(
  'pipes under the names of segments, claims and sidecars hold up neither the process nor its delivery',
  async () => {
    const { root, dataDir, directory, segment } = await deadSite();
    pipe(join(directory, `${EARLIER}.ndjson`));
    pipe(join(directory, `${LATER}.ndjson`));
    pipe(segment.replace(/ndjson$/, 'signatures'));
    pipe(join(directory, 'delivery.json'));
    pipe(join(directory, 'delivery.json.new'));
    pipe(join(directory, 'set-aside.ndjson'));
    const other = join(dataDir, 'writers', '0000000000000000');
    execFileSync('mkdir', [other]);
    pipe(join(other, 'owner.000001'));
    const sink = await startSink();
    expect(await runService(root, sink.endpoint)).toBe('done');
    const ids = [...sink.arrived.values()].map(({ record }) => record.attributes['step_up.id']);
    expect(ids).toEqual(expect.arrayContaining(['old-0', 'old-9', 'r-0', 'r-9']));
    expect(readCursor(directory)?.streamId).toBe(listWriters(dataDir)[1]?.segments.at(-1)?.streamId);
  },
);

test.skipIf(process.platform === 'win32')('links in a data directory are written through by nobody', async () => {
  const { root, dataDir, directory } = await deadSite();
  const victim = join(root, 'victim');
  writeFileSync(victim, 'untouched');
  symlinkSync(victim, join(directory, 'delivery.json.new'));
  symlinkSync(victim, join(directory, 'set-aside.ndjson'));
  const sink = await startSink();
  sink.answer = ({ records }) =>
    records.some(({ attributes }) => attributes['step_up.id'] === 'old-3')
      ? { kind: 'answer', status: 400 }
      : { kind: 'accept' };
  expect(await runService(root, sink.endpoint)).toBe('done');
  const health = startPipeline({ dataDir });
  await health.shutdown();
  expect(readFileSync(victim, 'utf8')).toBe('untouched');
  expect(sink.arrived.size).toBeGreaterThan(10);
});
