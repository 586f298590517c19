// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFile } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Context, type ContextManager, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { createKeys } from '@stepseal/processor/keys';
import { expect, onTestFinished, test } from 'vitest';
import { arrivedIds, idsOf, startPipeline, startSink, temporaryDirectory, until } from './pipelines.ts';

const run = promisify(execFile);
const FIXTURE = fileURLToPath(new URL('fixtures/natural-end.mjs', import.meta.url));

/** A program that ends by itself; killed, and rejected, if it does not. */
async function naturalEnd(root: string, endpoint: string): Promise<{ stdout: string; stderr: string }> {
  const job = { dataDir: join(root, 'data'), identityFile: join(root, 'keys', 'identity.pem'), endpoint };
  return run(process.execPath, [FIXTURE, JSON.stringify(job)], { timeout: 30_000, killSignal: 'SIGKILL' });
}

function site(): string {
  const root = temporaryDirectory();
  createKeys(join(root, 'keys'));
  return root;
}

test('a program that just ends has delivered its records', async () => {
  const sink = await startSink();
  await naturalEnd(site(), sink.endpoint);
  expect(arrivedIds(sink)).toEqual(idsOf(10));
});

test('a program whose receiver is away, or never answers, ends all the same, and the next one delivers', async () => {
  const root = site();
  expect((await naturalEnd(root, 'http://127.0.0.1:1/v1/logs')).stdout).toBe('done');
  const silent = await startSink();
  silent.answer = () => ({ kind: 'accept', delayMs: 20_000 });
  expect((await naturalEnd(root, silent.endpoint)).stdout).toBe('done');
  const sink = await startSink();
  await naturalEnd(root, sink.endpoint);
  // All three programs use the same ids.
  expect([...sink.arrived.values()].filter(({ record }) => record.attributes['step_up.id'] === 'r-3')).toHaveLength(3);
});

/** Keeps the context of what runs at once: all that an instrumentation of requests looks at. */
class StackContextManager implements ContextManager {
  #active: Context = ROOT_CONTEXT;

  active(): Context {
    return this.#active;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    inner: Context,
    work: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const before = this.#active;
    this.#active = inner;
    try {
      return work.apply(self as never, args);
    } finally {
      this.#active = before;
    }
  }

  bind<T>(_: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}

test('requests of the delivery are made where tracing is suppressed, so that they become no spans', async () => {
  context.setGlobalContextManager(new StackContextManager());
  const suppressed: unknown[] = [];
  const onRequest = (): void => {
    suppressed.push(context.active().getValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')));
  };
  subscribe('http.client.request.created', onRequest);
  onTestFinished(() => {
    unsubscribe('http.client.request.created', onRequest);
    context.disable();
  });
  const sink = await startSink();
  const pipeline = startPipeline({ dataDir: temporaryDirectory(), delivery: { endpoint: sink.endpoint } });
  pipeline.emit(1);
  await until(() => sink.arrived.size > 0);
  await pipeline.shutdown();
  expect(suppressed.length).toBeGreaterThan(0);
  expect(new Set(suppressed)).toEqual(new Set([true]));
});
