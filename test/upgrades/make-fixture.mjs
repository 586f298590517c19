// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Makes one entry of the collection in formats/ with the packages that are installed where it is run from:
//
//   node test/upgrades/make-fixture.mjs OUT
//
// Four processes live one after the other in one data directory: one that rolls and declares a loss, one that is killed
// behind its last note, one that adopts it and, where the software can, deletes the oldest stream by declared retention,
// and one that only starts and ends.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const DEPLOYMENT = 'formats.test';
const out = process.argv[2];
const phase = process.argv[3];
const require = createRequire(join(process.cwd(), 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);

// The collection is not to name the machine that it was made on.
os.hostname = () => 'bank-1';
syncBuiltinESMExports();

if (phase === undefined) {
  const { createKeys } = await load('@stepseal/processor/keys');
  const keys = join(out, 'keys');
  const { vkey } = createKeys(keys).signer(DEPLOYMENT);
  for (const name of ['rolls', 'killed', 'adopts', 'ends']) {
    const { signal, status, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), out, name], {
      encoding: 'utf8',
    });
    if (signal !== (name === 'killed' ? 'SIGKILL' : null) || (signal === null && status !== 0)) throw new Error(stderr);
  }
  const trust = { version: 1, deployments: { [DEPLOYMENT]: { identities: [vkey] } } };
  writeFileSync(join(out, 'trust.json'), `${JSON.stringify(trust, undefined, 2)}\n`);
  // The private key has done its work: nobody can add to the entry.
  rmSync(keys, { recursive: true });
  for (const name of readdirSync(join(out, 'data'), { recursive: true, encoding: 'utf8' }))
    if (/owner\.\d+|\.new$/.test(name)) rmSync(join(out, 'data', name));
  for (const name of readdirSync(join(out, 'data')))
    if (name !== 'writers') rmSync(join(out, 'data', name), { recursive: true });
} else await live();

async function live() {
  const { startAuditPipeline } = await load('@stepseal/processor');
  const { readIdentity } = await load('@stepseal/processor/keys');
  const dataDir = join(out, 'data');
  const pipeline = startAuditPipeline({
    deployment: DEPLOYMENT,
    dataDir,
    identity: readIdentity(join(out, 'keys', 'identity.pem')).signer(DEPLOYMENT),
    resource: { 'service.name': 'bank' },
    roll: { maxBytes: 12_000 },
    seal: { intervalMs: phase === 'killed' ? 60_000 : 1_000 },
    retention: { maxAgeMs: 86_400_000 },
  });
  const logger = pipeline.loggerProvider.getLogger('bank', '1.0.0');
  const stepUp = (id) => ({
    eventName: 'step_up.required',
    attributes: { 'step_up.id': id, 'step_up.trigger.reason': 'policy', 'user.hash': 'h', 'http.route': '/caf\u00e9' },
  });
  const emit = (count) => {
    for (let at = 0; at < count; at++) logger.emit(stepUp(`${phase}-${at}`));
  };
  await pipeline.forceFlush();
  emit(phase === 'rolls' ? 14 : 3);
  logger.emit({
    eventName: 'bank.transfer',
    body: 'a record of somebody else',
    attributes: { amount: 9_007_199_254_740_993n, rate: 1.25, tags: ['a', ''], bytes: new Uint8Array([0, 255]) },
  });
  if (phase === 'rolls') logger.emit({ eventName: 'bank.unspeakable', attributes: { rate: Number.NaN } });
  if (phase === 'killed') {
    await pipeline.commit();
    process.kill(process.pid, 'SIGKILL');
  }
  await pipeline.forceFlush();
  if (phase === 'adopts' && pipeline.applyRetention !== undefined) {
    const [writer] = readdirSync(join(dataDir, 'writers'));
    const [oldest] = readdirSync(join(dataDir, 'writers', writer))
      .filter((name) => name.endsWith('.ndjson'))
      .sort();
    utimesSync(join(dataDir, 'writers', writer, oldest), 0, 0);
    await pipeline.applyRetention();
  }
  await pipeline.shutdown();
}
