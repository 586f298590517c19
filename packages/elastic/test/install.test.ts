// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { describe, expect, it } from 'vitest';
import { inspect } from '../src/inspect.ts';
import { install, type Step } from '../src/install.ts';
import { VERSION } from '../src/names.ts';
import { parseRetention } from '../src/retention.ts';
import { uninstall } from '../src/uninstall.ts';
import { MemoryServer } from './support/memory-server.ts';

const POLICY = '/_ilm/policy/stepseal-audit';
const SETTINGS = '/_component_template/stepseal-audit%40settings';
const TEMPLATE = '/_index_template/stepseal-audit';

const did = (steps: readonly Step[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const step of steps) counts[step.did] = (counts[step.did] ?? 0) + 1;
  return counts;
};

describe('a server with everything', () => {
  it('gets everything once; the second time nothing is written', async () => {
    const server = new MemoryServer();
    expect(did((await install(server)).steps)).toEqual({ created: 8 });
    const before = server.writes.length;
    expect(did((await install(server)).steps)).toEqual({ unchanged: 8 });
    expect(server.writes).toHaveLength(before);
  });

  it('is not written to by a dry run, which says what would be done', async () => {
    const server = new MemoryServer();
    expect(did((await install(server, { dryRun: true })).steps)).toEqual({ created: 8 });
    expect(server.writes).toEqual([]);
  });

  it('keeps the retention and the privileges that were chosen until others are', async () => {
    const server = new MemoryServer();
    await install(server, { retention: parseRetention('7 years'), autoConfigure: true });
    const again = await install(server);
    expect([did(again.steps), again.retention.words]).toEqual([{ unchanged: 8 }, '7 years']);
    const changed = await install(server, { retention: parseRetention('8 years'), autoConfigure: false });
    expect(changed.steps.filter((step) => step.did === 'updated').map(({ name }) => name)).toEqual([
      'stepseal-audit',
      'stepseal_audit_writer',
    ]);
    expect(JSON.stringify(server.objects.get(POLICY))).toContain('"2928d"');
  });

  it('is mended where somebody changed it, and what changed is named', async () => {
    const server = new MemoryServer();
    await install(server);
    const settings = server.objects.get(SETTINGS) as { template: { settings: Record<string, string> } };
    settings.template.settings['index.final_pipeline'] = 'rewrite';
    const { assets } = await inspect(server);
    expect(assets.flatMap(({ differences }) => differences)).toEqual([
      { path: 'template.settings.index.final_pipeline', wanted: '_none', found: 'rewrite' },
    ]);
    expect(did((await install(server)).steps)).toEqual({ unchanged: 7, updated: 1 });
  });

  it('loses by uninstalling what Stepseal made, and nothing else', async () => {
    const server = new MemoryServer();
    server.objects.set('/_index_template/other', { index_patterns: ['logs-other-*'], priority: 900 });
    await install(server);
    expect((await uninstall(server)).map((removal) => removal.did)).toEqual(Array(7).fill('removed'));
    expect([...server.objects.keys()]).toEqual([
      '/_index_template/other',
      '/_data_stream/logs-stepseal.audit.otel-default',
    ]);
  });
});

describe('what others made', () => {
  it.each([POLICY, SETTINGS, TEMPLATE, '/_security/role/stepseal_audit_writer'])(
    '%s is never touched',
    async (path) => {
      const server = new MemoryServer();
      const theirs = path === POLICY ? { policy: { phases: {} } } : { index_patterns: ['x'] };
      server.objects.set(path, theirs);
      await expect(install(server)).rejects.toMatchObject({ code: 'ELASTIC_FOREIGN' });
      expect(server.writes).toEqual([]);
      await uninstall(server);
      expect(server.objects.get(path)).toBe(theirs);
    },
  );

  it.each(['logs-*', '*', 'logs-stepseal.*-default'])(
    'an index template for %s that would win over ours stops the installation',
    async (pattern) => {
      const server = new MemoryServer();
      server.objects.set('/_index_template/theirs', { index_patterns: [pattern], priority: 300 });
      await expect(install(server)).rejects.toMatchObject({
        code: 'ELASTIC_FOREIGN',
        message: expect.stringContaining('theirs'),
      });
      server.objects.set('/_index_template/theirs', { index_patterns: [pattern], priority: 299 });
      expect(did((await install(server)).steps)).toEqual({ created: 8 });
    },
  );

  it('what a newer version installed is not put back', async () => {
    const server = new MemoryServer();
    await install(server);
    const text = JSON.stringify(server.objects.get(TEMPLATE)).replace(`"${VERSION}"`, '"99.0.0"');
    server.objects.set(TEMPLATE, JSON.parse(text));
    await expect(install(server)).rejects.toMatchObject({ code: 'ELASTIC_NEWER' });
  });
});

describe('a server that lacks something', () => {
  it('gets the rest, and each thing left out is named with its reason', async () => {
    const server = new MemoryServer(['/_ilm/', '/_data_stream/']);
    const { steps } = await install(server, { retention: parseRetention('400 days') });
    expect(did(steps)).toEqual({ created: 6, 'left out': 2 });
    for (const step of steps.filter((one) => one.did === 'left out')) expect(step.reason).toMatch(/this Elasticsearch/);
    expect(JSON.stringify(server.objects.get(SETTINGS))).not.toContain('lifecycle');
  });
});
