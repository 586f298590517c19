// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.mjs';
import { runQuietly } from './run-quietly.mjs';

/** The newest version of which every module below can be had from the public module mirror. */
export const COLLECTOR_VERSION = '0.156.0';

const CORE = 'go.opentelemetry.io/collector';
const CONTRIB = 'github.com/open-telemetry/opentelemetry-collector-contrib';
const MODULES = {
  receivers: [`${CORE}/receiver/otlpreceiver`],
  processors: [`${CORE}/processor/memorylimiterprocessor`, `${CONTRIB}/processor/transformprocessor`],
  exporters: [
    `${CORE}/exporter/otlphttpexporter`,
    `${CORE}/exporter/debugexporter`,
    `${CONTRIB}/exporter/elasticsearchexporter`,
    `${CONTRIB}/exporter/fileexporter`,
  ],
  extensions: [`${CONTRIB}/extension/storage/filestorage`, `${CONTRIB}/extension/healthcheckextension`],
};

/**
 * Builds an OpenTelemetry Collector of unmodified modules with the Collector Builder, or finds the one built before.
 *
 * @returns {Promise<string>} path of its program
 */
export async function ensureCollector({ go, say, env = process.env }) {
  const directory = await cached(`otelcol-${COLLECTOR_VERSION}`, async (draft) => {
    say(`building the OpenTelemetry Collector ${COLLECTOR_VERSION} (Collector Builder; some minutes, once)`);
    // The checksum database does not know one of the transitive modules; go.sum is made by the build itself.
    const building = { ...env, GOSUMDB: 'off', GOBIN: join(draft, 'bin'), CGO_ENABLED: '0' };
    await runQuietly(go, ['install', `${CORE}/cmd/builder@v${COLLECTOR_VERSION}`], { cwd: draft, env: building });
    const manifest = join(draft, 'builder.yaml');
    writeFileSync(manifest, builderManifest(draft));
    await runQuietly(join(draft, 'bin', 'builder'), ['--config', manifest], { cwd: draft, env: building });
  });
  return join(directory, 'otelcol', 'otelcol');
}

function builderManifest(directory) {
  const dist = ['dist:', '  name: otelcol', `  output_path: ${JSON.stringify(join(directory, 'otelcol'))}`];
  const lists = Object.entries(MODULES).flatMap(([kind, modules]) => [
    `${kind}:`,
    ...modules.map((path) => `  - gomod: ${path} v${COLLECTOR_VERSION}`),
  ]);
  return `${[...dist, ...lists].join('\n')}\n`;
}
