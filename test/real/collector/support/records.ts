// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordHash } from '@stepseal/core/format';
import { type AuditPipeline, startAuditPipeline } from '@stepseal/processor';
import { createKeys } from '@stepseal/processor/keys';
import type { Elasticsearch } from '../../support/parts.ts';
import { until } from '../../support/until.ts';

const STREAM = '/logs-stepseal.audit.otel-default';

/** Seals so many events below a directory and delivers them to a Collector. */
export function seal(
  directory: string,
  collector: string,
  events: number,
  compression: 'gzip' | 'none' = 'none',
): AuditPipeline {
  const pipeline = startAuditPipeline({
    deployment: 'real',
    dataDir: join(directory, 'data'),
    identity: createKeys(join(directory, 'keys')).signer('real'),
    delivery: { endpoint: `${collector}/v1/logs`, compression },
    resource: { 'service.name': 'real-bank' },
    exitHooks: false,
  });
  const logger = pipeline.loggerProvider.getLogger('test');
  for (let i = 0; i < events; i++) {
    logger.emit({
      eventName: 'step_up.completed',
      attributes: { 'step_up.id': `step-up-${i}`, 'step_up.outcome': 'passed', 'user.hash': 'u' },
    });
  }
  return pipeline;
}

/** What lies in the segments below a directory. @returns the sealed bytes by record hash, in order */
export function sealed(directory: string): Map<string, string> {
  const lines = globSync(join(directory, 'data/writers/*/*.ndjson')).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{"note"')),
  );
  return new Map(lines.map((line) => [recordHash(line), line]));
}

export interface Hit {
  readonly _id: string;
  readonly _index: string;
  readonly _source: { readonly event_name?: string; readonly attributes: Readonly<Record<string, string>> };
}

/** Waits until at least so many documents are in a data stream. @returns all of them, at most 10,000 */
export function documents(store: Elasticsearch, count: number, stream = STREAM): Promise<readonly Hit[]> {
  const query = { size: 10_000, query: { match_all: {} }, track_total_hits: true };
  const look = async (): Promise<readonly Hit[]> => {
    await store.call('POST', `${stream}/_refresh`);
    const { body } = await store.call('POST', `${stream}/_search`, query);
    return (body as { hits?: { hits: readonly Hit[] } }).hits?.hits ?? [];
  };
  return until(`${count} documents`, look, (found) => found.length >= count);
}
