// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isMainThread } from 'node:worker_threads';

/** What has to happen before a process or worker thread is gone. All of it synchronous. */
export interface ExitActions {
  /** Ends the stream: the thread is on its way out and cannot wait. */
  close(): void;
  /** Makes what is written durable: an exception is about to end the process, perhaps without another event. */
  crash(): void;
  /** Starts what may still take time: nothing is left to do, but the process is not gone. */
  idle(): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Installs the hooks. They decide nothing about the life of the process: no timer or handle keeps it, an exit code is
 * never touched, and a signal that nobody else handles still kills.
 *
 * @returns removes them
 */
export function installExitHooks(actions: ExitActions): () => void {
  const removers = [
    listen('exit', actions.close),
    listen('beforeExit', actions.idle),
    listen('uncaughtExceptionMonitor', actions.crash),
  ];
  // Signals reach the main thread only.
  if (isMainThread) {
    for (const signal of SIGNALS) {
      const onSignal = (): void => {
        actions.crash();
        if (othersDecide(signal)) return;
        actions.close();
        process.removeListener(signal, onSignal);
        ours.delete(onSignal);
        // Without a listener the signal does again what it always did: the parent sees the process killed by it.
        if (!process.listeners(signal).some((listener) => ours.has(listener as () => void))) {
          process.kill(process.pid, signal);
        }
      };
      ours.add(onSignal);
      removers.push(() => ours.delete(onSignal));
      removers.push(listen(signal, onSignal));
    }
  }
  return () => {
    for (const remove of removers.splice(0)) remove();
  };
}

/** Signal listeners of all pipelines in this thread. */
const ours = new Set<() => void>();

/**
 * Whether somebody else listens who will decide what the signal means. The signal-exit package is no such listener: like
 * ours, it kills the process only when all listeners are of its kind, and two that wait for each other would swallow the
 * signal.
 */
function othersDecide(signal: (typeof SIGNALS)[number]): boolean {
  const others = process.listeners(signal).filter((listener) => !ours.has(listener as () => void));
  return others.length > passiveListeners();
}

function passiveListeners(): number {
  const emitters: unknown[] = [
    Reflect.get(process, '__signal_exit_emitter__'),
    Reflect.get(globalThis, Symbol.for('signal-exit emitter')),
  ];
  let count = 0;
  for (const emitter of emitters) {
    if (typeof emitter === 'object' && emitter !== null && 'count' in emitter && typeof emitter.count === 'number') {
      count += emitter.count;
    }
  }
  return count;
}

function listen(event: string, listener: () => void): () => void {
  process.on(event, listener);
  return () => {
    process.removeListener(event, listener);
  };
}
