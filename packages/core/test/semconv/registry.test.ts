// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as semconv from '../../src/semconv/index.ts';
import { ATTRIBUTES, EVENTS, SCHEMA_VERSION, severityOf } from '../../src/semconv/index.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const fields = JSON.parse(readFileSync(`${root}/packages/core/registry/elasticsearch-fields.json`, 'utf8'));

describe('the registry', () => {
  it('and everything generated from it are in step', () => {
    const run = spawnSync(process.execPath, ['scripts/generate-registry.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
  });

  it('has a constant for every name, under the name that OpenTelemetry would give it', () => {
    const exported = new Map(Object.entries(semconv));
    for (const name of Object.keys(ATTRIBUTES)) {
      expect(exported.get(`ATTR_${name.replaceAll('.', '_').toUpperCase()}`)).toBe(name);
    }
    for (const name of Object.keys(EVENTS)) {
      expect(exported.get(`EVENT_${name.replaceAll('.', '_').toUpperCase()}`)).toBe(name);
    }
  });

  it('gives every attribute a field type that Elasticsearch has', () => {
    expect(Object.keys(fields)).toEqual(Object.keys(ATTRIBUTES));
    expect(new Set(Object.values(fields))).toEqual(new Set(['keyword', 'long', 'boolean', 'ip']));
  });

  it('has no name that is a dotted prefix of another, which Elasticsearch could not map', () => {
    const names = Object.keys(ATTRIBUTES);
    for (const name of names) expect(names.filter((other) => other.startsWith(`${name}.`))).toEqual([]);
  });

  it('puts the chain attributes on every event', () => {
    const chain = Object.entries(ATTRIBUTES).filter(([, definition]) => definition.chain === true);
    expect(chain.map(([name]) => name)).toContain('audit.sequence.number');
    for (const event of Object.values(EVENTS)) {
      expect(Object.keys(event.attributes)).toEqual(expect.arrayContaining(chain.map(([name]) => name)));
    }
  });

  it('has a version that a record can carry', () => {
    expect(SCHEMA_VERSION).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('severity', () => {
  it.each([
    ['step_up.completed', 'passed', undefined, undefined, 'INFO', 9],
    ['step_up.completed', 'failed', undefined, undefined, 'WARN', 13],
    ['step_up.completed', 'denied', undefined, undefined, 'WARN', 13],
    ['step_up.completed', 'denied_fraud', undefined, undefined, 'WARN', 13],
    ['step_up.completed', 'locked_out', undefined, undefined, 'WARN', 13],
    ['step_up.completed', 'expired', undefined, undefined, 'INFO', 9],
    ['step_up.completed', 'abandoned', undefined, undefined, 'INFO', 9],
    ['step_up.access', undefined, 'granted', false, 'ERROR', 17],
    ['step_up.access', undefined, 'granted', true, 'INFO', 9],
    ['step_up.access', undefined, 'granted', undefined, 'INFO', 9],
    ['step_up.access', undefined, 'blocked', false, 'INFO', 9],
    ['step_up.attempted', 'failed', undefined, undefined, 'INFO', 9],
    ['stepseal.gap', undefined, undefined, undefined, 'ERROR', 17],
    ['stepseal.undelivered', undefined, undefined, undefined, 'ERROR', 17],
    ['stepseal.seal', undefined, undefined, undefined, 'INFO', 9],
    ['someone.elses', undefined, undefined, undefined, 'INFO', 9],
    ['constructor', undefined, undefined, undefined, 'INFO', 9],
  ])('of %s with outcome %s, access %s, requirement met %s is %s', (name, outcome, access, met, text, number) => {
    expect(severityOf(name, outcome, access, met)).toEqual({ number, text });
  });
});
