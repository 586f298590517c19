// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const STOP_MS = 30_000;

/** A server of another make in a process of its own. Only this process is ever ended, by its id. */
export class ServerProcess {
  #child;
  #log;

  /** @param {{ log: string, uid?: number, gid?: number, cwd: string, env: NodeJS.ProcessEnv }} settings `log` is a file */
  constructor(program, args, { log, ...settings }) {
    this.#log = log;
    const out = openSync(log, 'a');
    this.#child = spawn(program, args, { ...settings, stdio: ['ignore', out, out] });
    closeSync(out);
    this.#child.on('error', () => {});
    // A test run that is killed must not leave servers behind that it can still end.
    process.once('exit', () => this.kill('SIGKILL'));
  }

  get pid() {
    return this.#child.pid;
  }

  get running() {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits until `isReady` says so; fails with the end of the server's log when it ends or the time is over. */
  async ready(isReady, withinMs) {
    for (const end = Date.now() + withinMs; Date.now() < end; await wait(100)) {
      if (!this.running) break;
      if (await isReady().catch(() => false)) return;
    }
    this.kill('SIGKILL');
    throw new Error(`${this.#child.spawnfile} did not get ready:\n${readFileSync(this.#log, 'utf8').slice(-4_000)}`);
  }

  kill(signal) {
    if (this.running) this.#child.kill(signal);
  }

  /** @returns the exit code, or the signal that ended it */
  async stop(signal = 'SIGTERM') {
    if (!this.running) return this.#child.exitCode ?? this.#child.signalCode;
    const ended = once(this.#child, 'exit');
    this.kill(signal);
    const timer = setTimeout(() => this.kill('SIGKILL'), STOP_MS);
    const [code, by] = await ended;
    clearTimeout(timer);
    return code ?? by;
  }
}
