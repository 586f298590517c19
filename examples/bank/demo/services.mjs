// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from './environment.mjs';
import { note } from './say.mjs';

const START_MS = 60_000;
const STOP_MS = 30_000;

/** The two processes of the bank, on free ports of the loopback interface. */
export class Bank {
  #children = [];

  /** @param {{ nodeOptions: string[], env: Record<string, string>, cwd: string }} settings how Node is started */
  async start({ nodeOptions, env, cwd }) {
    const shared = { ...plainEnvironment(), ...env, BANK_TOKEN_KEY: randomBytes(32).toString('base64') };
    const start = (name) => this.#spawn(name, [...nodeOptions, service(name)], { env: shared, cwd });
    const [auth, transfers] = await Promise.all([start('auth'), start('transfers')]);
    return { auth, transfers };
  }

  /** Asks both to end, and waits until they have. */
  async stop() {
    await Promise.all(
      this.#children.splice(0).map(async ({ name, child }) => {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} had ended by itself`);
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
        const [code] = await ended;
        clearTimeout(timer);
        if (code !== 0) throw new Error(`${name} did not end in order: ${code ?? child.signalCode}`);
      }),
    );
  }

  /** For a demonstration that failed half-way: leaves no process behind. */
  kill() {
    for (const { child } of this.#children.splice(0)) child.kill('SIGKILL');
  }

  async #spawn(name, args, options) {
    const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.push({ name, child });
    createInterface({ input: child.stderr }).on('line', (line) => note(`${name}: ${line}`));
    const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const address = /^listening on (\S+)$/.exec(line)?.[1];
        if (address !== undefined) return address;
      }
    } finally {
      clearTimeout(timer);
    }
    throw new Error(`${name} ended before it listened`);
  }
}

function service(name) {
  return fileURLToPath(new URL(`../services/${name}.mjs`, import.meta.url));
}
