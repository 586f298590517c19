// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { visit } from './customer.mjs';
import { startSink } from './otlp-sink.mjs';

const SECONDS = 60;

/** A seal comes a second after its first record, and delivery after the seal. */
const WAIT_S = 10;

/** 128 + SIGTERM: how EDOT ends a process. */
const TERMINATED = 143;

/**
 * Starts the service of a cell, lets a customer visit it, ends it in good order, and tells what it sent to its OTLP
 * endpoint.
 *
 * @param ready whether enough was received for the service to be ended; waited for some seconds
 */
export async function runService({ directory, node, service, preloads, dataDir, ready = () => true }) {
  const sink = await startSink();
  const args = [...preloads.flatMap((module) => ['--import', module]), service];
  const child = spawn(node, args, {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...quietEnvironment(), ...telemetry(sink.endpoint), STEPSEAL_DATA_DIR: dataDir },
  });
  const limit = globalThis.setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000);
  const ended = once(child, 'close');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  try {
    const port = await portOf(child);
    if (port === undefined) throw new Error('it ended before it served');
    await visit(`http://127.0.0.1:${port}`);
    await until(() => ready(sink.received));
    child.kill('SIGTERM');
    const [code, signal] = await ended;
    if (code !== 0 && code !== TERMINATED) throw new Error(`it ended with ${code ?? signal}`);
    return { received: sink.received, errors };
  } catch (error) {
    throw new Error(`${service} ${preloads.join(' ')}: ${error.message}\n${errors}`, { cause: error });
  } finally {
    clearTimeout(limit);
    child.kill('SIGKILL');
    await ended;
    sink.close();
  }
}

/** Gives up in silence: what is missing is told by who looks at what there is. */
async function until(condition) {
  for (let tries = 0; !condition() && tries < WAIT_S * 20; tries += 1) await setTimeout(50);
}

async function portOf(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^\{"port":(\d+)\}$/.exec(line)?.[1];
    if (port !== undefined) {
      child.stdout.resume();
      return port;
    }
  }
  return undefined;
}

/** The machine's environment without what configures Node, npm, OpenTelemetry or us. */
export function quietEnvironment() {
  const ours = /^(?:NODE_|npm_|OTEL_|ELASTIC_|STEPSEAL_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

function telemetry(endpoint) {
  return {
    OTEL_SERVICE_NAME: 'bank',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_NODE_RESOURCE_DETECTORS: 'env',
    OTEL_METRIC_EXPORT_INTERVAL: '3600000',
  };
}
