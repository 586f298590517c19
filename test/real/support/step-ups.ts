// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAuditPipeline } from '@stepseal/processor';
import { createKeys } from '@stepseal/processor/keys';
import type { Elasticsearch } from './parts.ts';
import { until } from './until.ts';

export const INDEX = 'logs-stepseal.audit.otel-default';

/** A service that writes step-ups, with a directory and keys of its own. */
export interface Service {
  /** All that it has; whoever made it removes it. */
  readonly directory: string;
  readonly dataDir: string;
  readonly trustFile: string;
  /** Seals and delivers step-ups, and closes the stream. */
  write(stepUps: number): Promise<void>;
  /** How many records its segments hold. */
  records(): number;
}

/** @param auditEndpoint where it delivers */
export function service(deployment: string, auditEndpoint: string): Service {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-service-'));
  const keys = createKeys(join(directory, 'keys'));
  const identity = keys.signer(deployment);
  const trustFile = join(directory, 'stepseal.trust.json');
  const vkey = identity.vkey;
  writeFileSync(trustFile, JSON.stringify({ version: 1, deployments: { [deployment]: { identities: [vkey] } } }));
  const dataDir = join(directory, 'data');
  return {
    directory,
    dataDir,
    trustFile,
    records: () => sealedIn(dataDir),
    async write(stepUps) {
      const pipeline = startAuditPipeline({
        deployment,
        dataDir,
        identity,
        delivery: { endpoint: auditEndpoint, compression: 'gzip' },
        resource: { 'service.name': deployment },
        exitHooks: false,
      });
      const logger = pipeline.loggerProvider.getLogger('test');
      for (let i = 0; i < stepUps; i++) {
        logger.emit({
          eventName: 'step_up.completed',
          attributes: { 'step_up.id': `step-up-${i}`, 'step_up.outcome': 'passed', 'user.hash': `user-${i % 10}` },
        });
      }
      await pipeline.shutdown();
    },
  };
}

/** How many records the segments of a service hold. */
export function sealedIn(dataDir: string): number {
  return globSync(join(dataDir, 'writers/*/*.ndjson'))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.startsWith('{"attributes"')).length;
}

/** Waits until so many documents can be found. */
export async function arrived(store: Elasticsearch, count: number, index = INDEX): Promise<void> {
  const look = async (): Promise<number> => {
    await store.call('POST', `/${index}/_refresh`);
    const { body } = await store.call('GET', `/${index}/_count`);
    return (body as { count?: number }).count ?? 0;
  };
  await until(`${count} documents`, look, (found) => found >= count);
}
