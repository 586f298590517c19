// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Printed, stepseal } from './support/command.ts';
import { stepUpPayloads } from './support/samples.ts';

const ESTIMATE = 150_000;

const payloads = stepUpPayloads('one');

/** Says that so many documents match, of about so many step-ups, and shows one of them. */
const server: Server = createServer(async (request, response) => {
  const asked = (await json(request)) as Record<string, unknown>;
  const shown =
    '_source' in asked
      ? payloads.map((payload, at) => ({ sort: [at], _source: { attributes: { 'audit.integrity.payload': payload } } }))
      : 'docvalue_fields' in asked
        ? [{ sort: [0], fields: { 'attributes.step_up.id': ['one'] } }]
        : [];
  const loose = JSON.stringify(asked['query']).includes('must_not');
  response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
  response.end(
    JSON.stringify({
      _shards: { total: 1, failed: 0 },
      hits: { total: { value: loose ? 0 : 400_000 }, hits: shown },
      aggregations: { ids: { value: ESTIMATE } },
    }),
  );
});

beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => {
  server.close();
});

function search(...flags: string[]): Promise<Printed> {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return stepseal('search', '--elasticsearch', url, '--outcome', 'passed', '--limit', '1', ...flags);
}

// The client of Elasticsearch needs that.
describe.runIf(Number(process.versions.node.split('.')[0]) >= 22)('a number that is an estimate', () => {
  test('is said to be one, to people and to programs', async () => {
    expect((await search()).out).toContain(`About ${ESTIMATE} step-ups match; the latest 1 are shown`);
    expect(JSON.parse((await search('--json')).out)).toMatchObject({ matched: ESTIMATE, counted: 'about' });
  });

  test.each([
    [100_000, 1],
    [149_000, 3],
    [150_000, 3],
    [153_000, 3],
    [200_000, 0],
  ])('answers whether there are more than %i with %i, and never where it may be wrong', async (most, expected) => {
    const { code, err } = await search('--fail-if-more', String(most));
    expect(code).toBe(expected);
    expect(err.includes('which is an estimate')).toBe(expected === 3);
  });
});
