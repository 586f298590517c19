// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { ServerProcess } from './server-process.mjs';

const READY_MS = 120_000;

/**
 * Starts a Collector with configuration files as they stand; what differs from one place to another is in `variables`,
 * which the files refer to as `${env:NAME}`.
 *
 * @param {{ program: string, configs: string[], variables: Record<string, string>, directory: string, health: string }}
 *   settings `directory` takes its log; `health` is the address of its health check
 */
export async function startCollector({ program, configs, variables, directory, health }) {
  const args = configs.map((config) => `--config=${config}`);
  const server = new ServerProcess(program, args, {
    cwd: directory,
    env: { PATH: process.env.PATH, ...variables },
    log: join(directory, 'collector.log'),
  });
  await server.ready(async () => (await fetch(health)).ok, READY_MS);
  return server;
}
