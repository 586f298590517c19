// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textAt } from '../../src/json.ts';
import { connectKibana, type Kibana } from '../../src/kibana/connect-kibana.ts';
import { inspectKibana, installInKibana, uninstallFromKibana } from '../../src/kibana/install-in-kibana.ts';
import { KibanaServer } from './support/kibana-server.ts';
import { REFERENCE, referenceSchema } from './support/reference.ts';

const ALL = 1 + 4 + 7;

let server: KibanaServer;
let kibana: Kibana;
let url: string;

beforeEach(async () => {
  server = new KibanaServer();
  url = await server.start();
  kibana = connectKibana({ url, apiKey: 'key' });
});

afterEach(() => server.stop());

async function did(options?: { dryRun: boolean }): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const step of await installInKibana(kibana, options)) counts[step.did] = (counts[step.did] ?? 0) + 1;
  return counts;
}

describe('installing', () => {
  it('makes everything once; the second time nothing is written', async () => {
    expect(await did()).toEqual({ created: ALL });
    const before = server.writes.length;
    expect(await did()).toEqual({ unchanged: ALL });
    expect(server.writes).toHaveLength(before);
  });

  it('a dry run writes nothing and says what would be done', async () => {
    expect(await did({ dryRun: true })).toEqual({ created: ALL });
    expect(server.writes).toEqual([]);
  });

  it('mends what somebody changed, and names what that is', async () => {
    await installInKibana(kibana);
    const id = 'stepseal-integrity';
    const changed = structuredClone(server.dashboards.get(id)) as { panels: unknown[]; title: string };
    changed.title = 'Mine';
    changed.panels.pop();
    server.dashboards.set(id, changed as never);
    const search = server.searches.get('stepseal-search-failures') as { attributes: { title: string } };
    search.attributes.title = 'Everything is fine';
    server.dataViews.set('stepseal-audit', { ...server.dataViews.get('stepseal-audit'), title: 'logs-*' });
    const different = (await inspectKibana(kibana)).filter(({ state }) => state === 'different');
    expect(different.flatMap(({ name, differences }) => differences.map(({ path }) => `${name} ${path}`))).toEqual([
      'stepseal-audit title',
      'stepseal-integrity title',
      'stepseal-integrity panels',
      'stepseal-search-failures title',
    ]);
    expect(await did()).toEqual({ updated: 3, unchanged: ALL - 3 });
    expect(await did()).toEqual({ unchanged: ALL });
  });

  it('in another space everything has an id of its own, and refers to that', async () => {
    const other = connectKibana({ url, apiKey: 'key' }, 'fraud');
    await installInKibana(other);
    expect([...server.dashboards.keys()]).toContain('stepseal-integrity--fraud');
    expect(server.paths.every((path) => path.startsWith('/s/fraud/api/'))).toBe(true);
    expect(JSON.stringify([...server.dashboards.values()])).not.toContain('"stepseal-audit"');
    expect(JSON.stringify([...server.dashboards.values()])).toContain('"stepseal-audit--fraud"');
  });

  it('an older Kibana gets the rest, and each dashboard left out is named with its reason', async () => {
    server.lacks = ['/api/dashboards'];
    const steps = await installInKibana(kibana);
    const left = steps.filter((step) => step.did === 'left out');
    expect(left.map(({ kind, reason }) => [kind, /Dashboards API/.test(reason ?? '')])).toEqual(
      Array(4).fill(['dashboard', true]),
    );
    expect(steps.filter((step) => step.did === 'created')).toHaveLength(ALL - 4);
  });

  it.skipIf(REFERENCE === undefined)(
    "every dashboard that is sent is one that the reference's call takes",
    async () => {
      await installInKibana(kibana);
      const body = ['paths', '/api/dashboards/{id}', 'put', 'requestBody', 'content', 'application/json', 'schema'];
      const accepts = referenceSchema(body);
      const sent = server.writes.filter(({ call }) => call.startsWith('PUT /api/dashboards/'));
      expect(sent.map((one) => [one.call, accepts(one.body)])).toEqual(sent.map(({ call }) => [call, true]));
      expect(sent).toHaveLength(4);
    },
  );
});

describe('what others made', () => {
  it.each(['dashboard', 'data view', 'data view of the same name', 'saved search'])(
    'a %s in the way stops the installation before anything is written, and is not removed',
    async (kind) => {
      const theirs = { title: 'theirs', description: 'made by hand' };
      if (kind === 'dashboard') server.dashboards.set('stepseal-integrity', theirs);
      if (kind === 'data view') server.dataViews.set('stepseal-audit', theirs);
      if (kind === 'data view of the same name') {
        server.dataViews.set('other', { id: 'other', name: 'Stepseal audit records' });
      }
      if (kind === 'saved search') {
        server.searches.set('stepseal-search-failures', { attributes: theirs, type: 'search' });
      }
      const before = JSON.stringify([[...server.dashboards], [...server.dataViews], [...server.searches]]);
      await expect(installInKibana(kibana)).rejects.toMatchObject({ code: 'ELASTIC_FOREIGN' });
      const removals = await uninstallFromKibana(kibana);
      expect(removals.filter((removal) => removal.did === 'kept')).toHaveLength(1);
      expect(server.writes).toEqual([]);
      expect(JSON.stringify([[...server.dashboards], [...server.dataViews], [...server.searches]])).toBe(before);
    },
  );

  it('what a newer version installed is not put back', async () => {
    await installInKibana(kibana);
    const dashboard = server.dashboards.get('stepseal-integrity');
    const description = textAt(dashboard, 'description').replace(/stepseal \S+\.$/, 'stepseal 99.0.0.');
    server.dashboards.set('stepseal-integrity', { ...dashboard, description });
    await expect(installInKibana(kibana)).rejects.toMatchObject({ code: 'ELASTIC_NEWER' });
  });
});

describe('removing', () => {
  it('takes out what Stepseal made, and nothing else', async () => {
    server.dashboards.set('others', { title: 'theirs' });
    await installInKibana(kibana);
    expect((await uninstallFromKibana(kibana, { dryRun: true })).map((one) => one.did)).toEqual(
      Array(ALL).fill('removed'),
    );
    expect(server.dashboards.size).toBe(5);
    expect((await uninstallFromKibana(kibana)).map((one) => one.did)).toEqual(Array(ALL).fill('removed'));
    expect([...server.dashboards.keys(), ...server.dataViews.keys(), ...server.searches.keys()]).toEqual(['others']);
    expect((await uninstallFromKibana(kibana)).map((one) => one.did)).toEqual(Array(ALL).fill('absent'));
  });

  it('where saved searches can be removed only by hand they are named', async () => {
    await installInKibana(kibana);
    server.lacks = ['/api/saved_objects/search'];
    const kept = (await uninstallFromKibana(kibana)).filter((one) => one.did === 'kept');
    expect(kept.map(({ kind, reason }) => [kind, /by hand/.test(reason ?? '')])).toEqual(
      Array(7).fill(['saved search', true]),
    );
  });
});

describe('refusals', () => {
  it.each([
    [401, 'ELASTIC_UNAUTHENTICATED'],
    [403, 'ELASTIC_FORBIDDEN'],
    [500, 'ELASTIC_REFUSED'],
    [502, 'ELASTIC_REFUSED'],
  ])('an answer of %i is told as %s', async (status, code) => {
    server.refuses = status;
    await expect(installInKibana(kibana)).rejects.toMatchObject({ code });
  });

  it('nobody there is told as such, without the credentials', async () => {
    await server.stop();
    const failed = await installInKibana(kibana).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'ELASTIC_UNREACHABLE', message: expect.not.stringContaining('key') });
    server = new KibanaServer();
    await server.start();
  });

  it.each([
    ['https://user:secret@kibana', undefined],
    ['kibana.example', undefined],
    ['http://kibana', 'Fraud Team'],
  ])('%s with the space %s is no setting', (address, space) => {
    expect(() => connectKibana({ url: address }, space)).toThrow(
      expect.objectContaining({ code: 'ELASTIC_SETTING_INVALID' }),
    );
  });
});
