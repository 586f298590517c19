// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { rmSync } from 'node:fs';
import { validateEvent } from '@stepseal/core/semconv';
import express from 'express';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Processes } from './support/processes.ts';
import { bearer, listen, STEP_UP, type TestServer } from './support/server.ts';

// A bank under Express that refuses amounts from 1000 on, unless the token is strong, or the bug of the test lets it
// through.

let processes: Processes;
let server: TestServer;
let bug: boolean;
/** How often somebody looked for the user of a request. */
let asked: number;

const now = (): number => Math.floor(Date.now() / 1000);
const weak = { sub: 'user-1', sid: 'session-1', acr: 'basic', auth_time: 1000 };
const strong = (ageS = 0): Record<string, unknown> => ({ ...weak, acr: 'gold', auth_time: now() - ageS });

function claimsOf(authorization = ''): { acr?: string; auth_time?: number } {
  return JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString());
}

beforeEach(async () => {
  processes = new Processes();
  bug = false;
  const app = express();
  app.use(express.json());
  app.use((request, _response, next) => {
    Object.defineProperty(request, 'user', {
      get: () => {
        asked += 1;
        return undefined;
      },
    });
    next();
  });
  app.post('/transfers', (request, response) => {
    const { acr, auth_time = 0 } = claimsOf(request.headers.authorization);
    const proved = acr === 'gold' && now() - auth_time <= 60;
    if (request.body.amount >= 1000 && !proved && !bug) response.status(401).set('WWW-Authenticate', STEP_UP).json({});
    else response.status(201).json({});
  });
  app.get('/accounts', (_request, response) => {
    response.json([]);
  });
  server = await listen(app);
});

afterEach(async () => {
  for (const { capture, records } of processes.all) {
    capture.close();
    for (const { eventName, attributes } of records) expect(validateEvent(eventName, attributes)).toEqual([]);
  }
  await server.close();
  rmSync(processes.dataDir, { recursive: true, force: true });
});

async function transfer(body: object, claims: object = weak): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${server.port}/transfers`, {
    method: 'POST',
    headers: { ...bearer({ ...claims }), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.text();
  // What was told of this request is told before the next one on the connection is read.
  await (await fetch(`http://127.0.0.1:${server.port}/accounts`)).text();
}

const large = { amount: 5000, to: 'A' };
const last = (name: string): unknown => processes.all.at(-1)?.records.at(-1)?.attributes[name];

describe('a transfer that was refused for want of a proof', () => {
  test('and comes again without one, and goes through, is an alarm; one process or two', async () => {
    processes.start();
    await transfer(large);
    bug = true;
    const second = processes.start();
    await second.capture.closeOverdue();
    await transfer(large);
    await transfer(large);
    expect(processes.told()).toEqual(['required', 'access']);
    expect(last('step_up.access.result')).toBe('granted');
    expect(last('step_up.requirement_met')).toBe(false);
    expect(second.records[0]?.severityText).toBe('ERROR');
    expect(second.attribute(0, 'step_up.id')).toBe(processes.all[0]?.attribute(0, 'step_up.id'));
  });

  test.each([
    ['of another length', { amount: 50, to: 'A' }],
    ['of the same length', { amount: 50.1, to: 'A' }],
  ])('is not told as going through where a smaller one does: %s', async (_title, small) => {
    processes.start();
    await transfer(large);
    await transfer(small);
    expect(processes.told()).toEqual(['required']);
  });

  test('is told as an alarm even after smaller ones went through', async () => {
    processes.start();
    await transfer(large);
    await transfer({ amount: 50.1, to: 'A' });
    bug = true;
    await transfer(large);
    expect(processes.told()).toEqual(['required', 'access']);
    expect(last('step_up.requirement_met')).toBe(false);
  });

  test('is no alarm with the proof, whatever the body has in addition', async () => {
    processes.start();
    await transfer(large);
    await transfer({ ...large, ticket: 'x' }, strong());
    expect(processes.told()).toEqual(['required', 'access']);
    expect(last('step_up.requirement_met')).toBe(true);
  });
});

describe('an action that has demanded a proof and now goes on without asking', () => {
  test('is told as not required where the token shows a recent one, once for each proof', async () => {
    processes.start();
    await transfer(large);
    await transfer(large, strong());
    await transfer({ ...large, to: 'B' }, strong());
    const proof = strong(5);
    await transfer({ ...large, to: 'C' }, proof);
    await transfer({ ...large, to: 'D' }, proof);
    expect(processes.told()).toEqual(
      ['required', 'access', 'evaluated', 'evaluated'].slice(0, processes.told().length),
    );
    expect(last('step_up.decision')).toBe('not_required');
    expect(last('step_up.exemption')).toBe('recent_auth');
    expect(last('step_up.action.name')).toBe('POST /transfers');
    expect(last('step_up.acr.achieved')).toBe('gold');
    expect(last('step_up.max_age_s')).toBe(60);
  });

  test('is known for one by another process too', async () => {
    processes.start();
    await transfer(large, { ...weak, sid: 'session-2' });
    const second = processes.start();
    await second.capture.closeOverdue();
    await transfer(large, strong());
    expect(second.names()).toEqual(['step_up.evaluated']);
  });

  test.each([
    ['is weak', weak],
    ['is too old', { ...weak, acr: 'gold', auth_time: 2000 }],
    ['has no time', { sub: 'user-1', sid: 'session-1', acr: 'gold' }],
    ['is of the future', { ...weak, acr: 'gold', auth_time: 4e9 }],
  ])('is not told of where the token %s', async (_title, claims) => {
    processes.start();
    await transfer(large, { ...weak, sid: 'session-2' });
    await transfer({ amount: 5, to: 'A' }, claims);
    expect(processes.told()).toEqual(['required']);
  });

  test('costs requests to other routes nothing: nobody asks who they are from', async () => {
    processes.start();
    asked = 0;
    await transfer({ amount: 5, to: 'A' });
    expect(asked, 'no route has demanded').toBe(0);
    await transfer(large);
    const beforeOthers = asked;
    for (let round = 0; round < 5; round += 1) {
      await (await fetch(`http://127.0.0.1:${server.port}/accounts`)).text();
    }
    expect(beforeOthers).toBeGreaterThan(0);
    expect(asked).toBe(beforeOthers);
  });

  test('is not told of where it has never demanded one', async () => {
    processes.start();
    await transfer({ amount: 5, to: 'A' }, strong());
    expect(processes.told()).toEqual([]);
  });
});
