// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../../scripts/real/free-port.mjs';
import { startCollector } from '../../../../scripts/real/start-collector.mjs';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export const CONFIGURATIONS: string = join(ROOT, 'collector-config');
export const EXISTING: string = join(ROOT, 'test/real/fixtures/existing-collector.yaml');
export const WITH_ELASTICSEARCH: string = join(ROOT, 'test/real/fixtures/existing-with-elasticsearch.yaml');

/** Only one Collector of a machine can have the default port for its metrics. */
export const NO_METRICS = 'yaml:service::telemetry::metrics::level: none';

export interface RunningCollector {
  /** Where it takes OTLP over HTTP, without a path. */
  readonly endpoint: string;
  /** Items in the queue of its one exporter, as its own metrics say. */
  queued(): Promise<number>;
  /** @returns once it has ended by this signal */
  stop(signal?: NodeJS.Signals): Promise<unknown>;
}

/** The Collector that `npm run test:real` built. */
export function program(): string {
  return (JSON.parse(process.env['STEPSEAL_REAL_PARTS'] ?? '{}') as { collector: string }).collector;
}

/** A whole configuration as it stands, on free ports; a second start in the same directory finds its queue again. */
export async function startWhole(
  file: 'agent.yaml' | 'gateway.yaml',
  directory: string,
  variables: Readonly<Record<string, string>>,
  overrides: readonly string[] = [],
): Promise<RunningCollector> {
  mkdirSync(directory, { recursive: true });
  const [otlp, health, metrics] = [await freePort(), await freePort(), await freePort()];
  const server = await startCollector({
    program: program(),
    configs: [join(CONFIGURATIONS, file), ...overrides],
    variables: {
      STEPSEAL_OTLP_ENDPOINT: `127.0.0.1:${otlp}`,
      STEPSEAL_QUEUE_DIR: join(directory, 'queue'),
      STEPSEAL_HEALTH_ENDPOINT: `127.0.0.1:${health}`,
      STEPSEAL_METRICS_HOST: '127.0.0.1',
      STEPSEAL_METRICS_PORT: String(metrics),
      ...variables,
    },
    directory,
    health: `http://127.0.0.1:${health}/`,
  });
  return {
    endpoint: `http://127.0.0.1:${otlp}`,
    queued: async () => {
      const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
      return Number(/^otelcol_exporter_queue_size\{[^}]*\} (\S+)$/m.exec(text)?.[1] ?? 0);
    },
    stop: (signal) => server.stop(signal),
  };
}
