// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const app = fileURLToPath(new URL('fixtures/ceremony-app.mjs', import.meta.url));
const killAt = fileURLToPath(new URL('fixtures/kill-at.mjs', import.meta.url));
const register = fileURLToPath(new URL('../../packages/instrumentation/dist/register.js', import.meta.url));

export interface Told {
  readonly eventName: string;
  readonly stream: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The step-up records of a data directory, as an outside reader of the files sees them, in order of time. */
export function recordsOf(dataDir: string): Told[] {
  const told = globSync(join(dataDir, 'writers/*/*.ndjson')).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"event_name":"step_up.'))
      .map((line) => {
        const record = JSON.parse(line) as { attributes: Record<string, object>; event_name: string };
        const plain = Object.entries(record.attributes).map(([name, value]) => [name, Object.values(value)[0]]);
        return { eventName: record.event_name, stream: file, attributes: Object.fromEntries(plain) };
      }),
  );
  const key = ({ attributes }: Told): string => String(attributes['audit.record.id']);
  return told.sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** One process of the service, watched by `register`. */
export class Service {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  said = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'close');
    child.stderr?.setEncoding('utf8').on('data', (text) => (this.said += text));
  }

  static async start(dataDir: string, env: Record<string, string> = {}): Promise<Service> {
    const clean = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(STEPSEAL|OTEL|NODE)_/.test(name)),
    );
    const preload = env['KILL_AT'] === undefined ? [] : ['--import', killAt];
    const child = fork(app, {
      execArgv: ['--disable-warning=ExperimentalWarning', ...preload, '--import', register],
      env: { ...clean, STEPSEAL_DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      timeout: 60_000,
    });
    const service = new Service(child);
    await Promise.race([once(child, 'message'), service.#ended]);
    return service;
  }

  /** @returns what the service did, or nothing when it died over it */
  async serve(order: Record<string, unknown>): Promise<Record<string, unknown> | undefined> {
    const answer = once(this.#child, 'message').then(([message]) => message as Record<string, unknown>);
    this.#child.send({ path: '/pay', body: '5000', ...order });
    return Promise.race([answer, this.#ended.then(() => undefined)]);
  }

  /** Ends it in order. */
  async end(): Promise<void> {
    if (this.#child.connected) this.#child.send({ do: 'end' });
    await this.#ended;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('what the test waits for did not happen within 20 s');
    await sleep(20);
  }
}
