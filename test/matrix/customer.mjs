// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SoftwareAuthenticator } from '@stepseal/testkit';

const READS = 20;

/** One customer of the bank: some requests that need no more than a session, and one transfer that needs a passkey. */
export async function visit(bank) {
  const authenticator = new SoftwareAuthenticator({ origin: 'http://localhost:3000' });
  const headers = { 'content-type': 'application/json', 'user-agent': 'matrix' };
  const ask = async (method, path, expected, body) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${bank}${path}`, { method, headers, ...sent });
    if (response.status !== expected) throw new Error(`${method} ${path} answered ${response.status}, not ${expected}`);
    return response;
  };
  const login = await ask('POST', '/login', 200, { customer: 'customer-17' });
  headers.cookie = login.headers.getSetCookie()[0].split(';')[0];
  await ask('POST', '/passkeys', 201, authenticator.register({ challenge: 'cGFzc2tleQ', rp: { id: 'localhost' } }));
  for (let id = 0; id < READS; id += 1) await ask('GET', `/accounts/${id}`, 200);
  await ask('GET', '/broken', 500);
  await ask('GET', '/nowhere', 404);
  const demand = await ask('POST', '/transfers', 401, { amount: 5000 });
  await ask('POST', '/step-up', 200, authenticator.authenticate(await demand.json()));
  await ask('POST', '/transfers', 201, { amount: 5000 });
}
