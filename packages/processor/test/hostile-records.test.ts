// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, test } from 'vitest';
import { checkTrail, text } from './support/check-trail.ts';
import { temporaryDirectory, testPipeline } from './support/test-pipeline.ts';

const LONE = '\ud800';

function throwing(): Record<string, unknown> {
  return Object.defineProperty({}, 'step_up.id', {
    enumerable: true,
    get() {
      throw new Error('read me not');
    },
  });
}

function circular(): unknown {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

/** Nothing of this may suppress a registry event, whoever sent it. */
const ATTRIBUTES: [string, unknown][] = [
  ['a lone surrogate', { 'step_up.id': `x${LONE}y` }],
  ['ten megabytes', { 'step_up.id': 'x'.repeat(10_000_000) }],
  ['a NUL', { 'step_up.id': 'a\u0000b' }],
  ['a key of the prototype', JSON.parse('{"__proto__": {"polluted": true}, "step_up.id": "x"}')],
  ['names of the chain', { 'audit.sequence.number': 999, 'audit.record.id': 'mine', 'step_up.id': 'x' }],
  ['values of the wrong type', { 'step_up.id': { deep: [1] }, 'step_up.attempt.number': 'seven' }],
  ['a getter that throws', throwing()],
  ['no attributes at all', undefined],
  ['attributes that are no object', 'text'],
  ['something circular', { 'step_up.id': circular() }],
  [
    'a proxy that throws',
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
        get: () => {
          throw new Error('no');
        },
      },
    ),
  ],
];

test.each(ATTRIBUTES)('a registry event with %s is recorded', async (_, attributes) => {
  const directory = temporaryDirectory();
  const pipeline = testPipeline(directory);
  const logger = pipeline.loggerProvider.getLogger('app');
  logger.emit({ eventName: 'step_up.required', attributes: attributes as never });
  await pipeline.shutdown();
  const trail = checkTrail(directory);
  expect(trail.events.map((event) => event.eventName)).toEqual(['step_up.required']);
  expect(trail.declared).toBe(0);
  expect(trail.events[0]?.attributes.get('audit.sequence.number')?.value).toBe(2n);
});

/** Content without a spelling in the format: counted and declared, never thrown. */
const REFUSED: [string, object][] = [
  ['a function', { body: () => 1 }],
  ['a date', { attributes: { at: new Date() } }],
  ['null inside a list', { body: [1, null] }],
  ['NaN', { attributes: { n: Number.NaN } }],
  ['an integer beyond int64', { attributes: { n: 2n ** 63n } }],
  ['a lone surrogate', { body: LONE }],
  ['something circular', { body: circular() }],
  ['nesting beyond the limit', { body: Array.from({ length: 150 }).reduce<unknown>((inner) => [inner], 1) }],
  ['a getter that throws', { attributes: throwing() }],
  ['three megabytes', { body: 'x'.repeat(3_000_000) }],
];

test.each(REFUSED)('a foreign record with %s is declared as a gap', async (_, record) => {
  const directory = temporaryDirectory();
  const pipeline = testPipeline(directory);
  const logger = pipeline.loggerProvider.getLogger('app');
  logger.emit({ eventName: 'other.event', ...record });
  logger.emit({ eventName: 'other.event', body: 'good' });
  await pipeline.shutdown();
  const trail = checkTrail(directory);
  expect(trail.events).toHaveLength(1);
  expect(trail.declared).toBe(1);
  expect(pipeline.diagnostics.map(({ code }) => code)).toEqual(['RECORD_REFUSED']);
});

test.each(['stepseal.seal', 'stepseal.stream.close', 'stepseal.gap', 'stepseal.stream.open', 'stepseal.prune'])(
  'the application cannot forge %s',
  async (eventName) => {
    const directory = temporaryDirectory();
    const pipeline = testPipeline(directory);
    pipeline.loggerProvider.getLogger('app').emit({ eventName, attributes: { 'stepseal.refused_total': 0 } });
    await pipeline.shutdown();
    const trail = checkTrail(directory);
    expect(trail.declared).toBe(1);
    expect(trail.streams[0]?.records.map((record) => record.eventName)).toEqual([
      'stepseal.stream.open',
      'stepseal.gap',
      'stepseal.seal',
      'stepseal.stream.close',
    ]);
  },
);

test('foreign attributes cannot take names of the chain, and the record says which were left out', async () => {
  const directory = temporaryDirectory();
  const pipeline = testPipeline(directory);
  pipeline.loggerProvider.getLogger('app').emit({
    body: 'text',
    attributes: { 'audit.sequence.number': 7, 'audit.integrity.hash': 'f', 'stepseal.refused_total': 3, kept: true },
  });
  await pipeline.shutdown();
  const [event] = checkTrail(directory).events;
  expect(event?.attributes.get('kept')?.value).toBe(true);
  expect(event?.attributes.has('audit.integrity.hash')).toBe(false);
  expect(event?.attributes.get('stepseal.sanitised')?.value).toHaveLength(3);
  expect(event && text(event, 'audit.sequence.stream_id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('a diagnostic sink that throws does not reach the application', async () => {
  const pipeline = testPipeline(temporaryDirectory(), {
    onDiagnostic: () => {
      throw new Error('sink');
    },
  });
  expect(() => pipeline.loggerProvider.getLogger('app').emit({ body: () => 1 })).not.toThrow();
  await pipeline.shutdown();
});
