// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const STOP_MS = 60_000;

/** Those that run. Whatever ends this process, but for SIGKILL, ends them. */
const running = new Set();

/** A server of another make in a process of its own. Only this process is ever ended, by its id. */
export class ServerProcess {
  #child;
  #log;
  #group;

  /**
   * @param {{ log: string, uid?: number, gid?: number, cwd?: string, env: NodeJS.ProcessEnv, group?: boolean }} settings
   *   `log` is a file; with `group` SIGKILL reaches what the server itself has started, too
   */
  constructor(program, args, { log, group = false, ...settings }) {
    this.#log = log;
    this.#group = group;
    const out = openSync(log, 'a');
    this.#child = spawn(program, args, { ...settings, detached: group, stdio: ['ignore', out, out] });
    closeSync(out);
    this.#child.on('error', () => {});
    endWithThisProcess(this.#child, this);
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
    if (!this.running) return;
    const { pid } = this.#child;
    if (!this.#group || signal !== 'SIGKILL' || pid === undefined) {
      this.#child.kill(signal);
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // Gone by itself a moment ago.
      if (error.code !== 'ESRCH') throw error;
    }
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

/** Has a child process that would go on for ever ended with this one. @param one has `kill`; the child unless said */
export function endWithThisProcess(child, one = child) {
  listen();
  running.add(one);
  for (const over of ['error', 'exit']) child.once(over, () => running.delete(one));
}

let prepared = false;

function listen() {
  if (prepared) return;
  prepared = true;
  const endAll = () => {
    for (const server of running) server.kill('SIGKILL');
  };
  process.once('exit', endAll);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.once(signal, () => {
      endAll();
      // As it would have ended without this, unless somebody else listens.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  }
  // Of a worker of the tests: its runner is gone, and nobody will tell it to end.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
