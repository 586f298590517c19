// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { generateKeyPairSync, sign } from 'node:crypto';
import fs from 'node:fs';
import { formatVkey } from '@stepseal/core/format';
import { startAuditPipeline } from '@stepseal/processor';
import { makeRecords } from './records.mjs';
import { forEachRecord, segmentsOf } from './segments.mjs';

const DEPLOYMENT = 'bench.bank';
const DISTINCT_RECORDS = 4096;
/** Base64 of 64 bytes, and the line feed. */
const SIGNATURE_LINE_BYTES = 89;
/** The event name stands within so many bytes from the end of a line. */
const EVENT_NAME_WINDOW = 256;

/** The settings that users get. */
export function trailOptions(dataDir, identity = newIdentity()) {
  const problems = [];
  const onDiagnostic = (diagnostic) => problems.push(diagnostic);
  return {
    options: { deployment: DEPLOYMENT, dataDir, identity, required: true, onDiagnostic, exitHooks: false },
    problems,
  };
}

/** A pipeline with these settings, and others. */
export function startTrail(dataDir, settings = {}) {
  const { options, problems } = trailOptions(dataDir);
  return { pipeline: startAuditPipeline({ ...options, ...settings }), problems };
}

/** An identity key that lives as long as the process. */
export function newIdentity() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
  return {
    vkey: formatVkey(DEPLOYMENT, raw),
    sign: (message) =>
      new Promise((resolve, reject) => {
        sign(null, message, privateKey, (error, signature) => (error ? reject(error) : resolve(signature)));
      }),
    signSync: (message) => sign(null, message, privateKey),
  };
}

/** How many records of the application the trail holds. */
export function countSealed(dataDir) {
  let count = 0;
  for (const path of segmentsOf(dataDir)) {
    forEachRecord(path, (line) => {
      if (!line.includes('"event_name":"stepseal.', line.length - EVENT_NAME_WINDOW)) count++;
    });
  }
  return count;
}

/** How many records the trail holds, its own included. */
export function countAll(dataDir) {
  let count = 0;
  for (const path of segmentsOf(dataDir)) forEachRecord(path, () => count++);
  return count;
}

/** How many record signatures lie beside the segments. */
export function countSignatures(dataDir) {
  const files = fs.readdirSync(dataDir, { recursive: true }).filter((name) => name.endsWith('.signatures'));
  return files.reduce((sum, name) => sum + fs.statSync(`${dataDir}/${name}`).size / SIGNATURE_LINE_BYTES, 0);
}

/** The text of the policy that trusts this identity and nobody else. */
export function trusting(identity) {
  return JSON.stringify({ version: 1, deployments: { [DEPLOYMENT]: { identities: [identity.vkey] } } });
}

/**
 * Writes a trail for the verifier to read, with the real pipeline and its usual settings, except that nothing waits for
 * the disk.
 *
 * @param options.vary makes the record at an index of a sample; without it samples are repeated
 * @param options.settings of the pipeline, others than the usual ones
 */
export async function writeTrail(dataDir, { size, count, identity, vary = (record) => record, settings = {} }) {
  const files = { ...fs, fdatasync: (_fd, done) => setImmediate(() => done(null)), fdatasyncSync: () => {} };
  const { options, problems } = trailOptions(dataDir, identity);
  const pipeline = startAuditPipeline({ ...options, files, ...settings });
  const logger = pipeline.loggerProvider.getLogger('bench');
  const records = makeRecords(size, DISTINCT_RECORDS);
  for (let i = 0; i < count; i++) {
    logger.emit(vary(records[i % DISTINCT_RECORDS], i));
    if (i % 512 === 511) await new Promise(setImmediate);
  }
  await pipeline.shutdown();
  if (problems.length > 0) throw new Error(`the trail was not written whole: ${problems[0].code}`);
}
