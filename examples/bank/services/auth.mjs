// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Sign-in, enrolment, and the answer to a step-up: the only service that knows passkeys and one-time code secrets.

import { randomUUID } from 'node:crypto';
import {
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import express from 'express';
import { generateSecret, verify } from 'otplib';
import { serve } from './serve.mjs';
import { ACR, issueSession, readTicket, requireSession } from './tokens.mjs';

const RP_ID = process.env.BANK_RP_ID ?? 'localhost';
const ORIGIN = process.env.BANK_ORIGIN ?? 'http://localhost:3000';

/** The passkey of each customer, and the registration he has under way. Gone when the process ends: a demo. */
const passkeys = new Map();
const registrations = new Map();

/** The authenticator app of each customer: its secret, the time step of the last good code, wrong codes in a row. */
const authenticators = new Map();
const WRONG_CODES = 3;
const CODE = /^\d{6}$/;

const app = express();
app.use(express.json());

app.post('/login', async (request, response) => {
  const { customer } = request.body ?? {};
  if (typeof customer !== 'string' || customer === '') {
    response.status(400).json({ error: 'invalid_customer' });
    return;
  }
  response.json({ token: await issueSession({ sub: customer, sid: randomUUID(), acr: ACR.basic }) });
});

app.post('/passkeys/options', requireSession, async (request, response) => {
  const { sub } = request.claims;
  const options = await generateRegistrationOptions({ rpName: 'Example Bank', rpID: RP_ID, userName: sub });
  registrations.set(sub, options.challenge);
  response.json(options);
});

app.post('/passkeys', requireSession, async (request, response) => {
  const { sub } = request.claims;
  const expectedChallenge = registrations.get(sub) ?? '';
  registrations.delete(sub);
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: request.body,
    expectedChallenge,
    expectedOrigin: ORIGIN,
    expectedRPID: RP_ID,
  });
  if (!verified) {
    response.status(400).json({ error: 'registration_failed' });
    return;
  }
  passkeys.set(sub, registrationInfo.credential);
  response.status(201).json({ registered: true });
});

app.post('/step-up/verify', requireSession, async (request, response) => {
  const { sub, sid, started } = request.claims;
  const ticket = await readTicket(request.body.ticket);
  const credential = passkeys.get(sub);
  if (ticket.sub !== sub || ticket.sid !== sid || credential === undefined) {
    response.status(403).json({ error: 'not_your_ticket' });
    return;
  }
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: request.body.answer,
    expectedChallenge: ticket.challenge,
    expectedOrigin: ORIGIN,
    expectedRPID: RP_ID,
    credential,
    requireUserVerification: true,
  });
  if (!verified) {
    response.status(403).json({ error: 'step_up_failed' });
    return;
  }
  credential.counter = authenticationInfo.newCounter;
  response.json({ token: await issueSession({ sub, sid, started, acr: ACR.passkey }) });
});

app.post('/authenticators', requireSession, (request, response) => {
  const secret = generateSecret();
  authenticators.set(request.claims.sub, { secret, lastStep: -1, wrong: 0 });
  response.status(201).json({ secret });
});

app.post('/step-up/code', requireSession, async (request, response) => {
  const { sub, sid, started } = request.claims;
  const authenticator = authenticators.get(sub);
  const { code } = request.body ?? {};
  if (authenticator === undefined || typeof code !== 'string' || !CODE.test(code)) {
    response.status(400).json({ error: 'invalid_code' });
    return;
  }
  if (authenticator.wrong >= WRONG_CODES) {
    response.status(429).set('Retry-After', '900').json({ error: 'locked_out' });
    return;
  }
  const { secret, lastStep } = authenticator;
  // A code counts once: one of an earlier or the same step as the last good one is refused (RFC 6238, section 5.2).
  const after = lastStep < 0 ? {} : { afterTimeStep: lastStep };
  const result = await verify({ secret, token: code, epochTolerance: 30, ...after });
  if (!result.valid) {
    authenticator.wrong += 1;
    response.status(403).json({ error: 'wrong_code' });
    return;
  }
  authenticator.wrong = 0;
  authenticator.lastStep = result.timeStep;
  response.json({ token: await issueSession({ sub, sid, started, acr: ACR.code }) });
});

app.use((error, _request, response, _next) => {
  if (error.code === 'ERR_JWT_EXPIRED') {
    response.status(410).json({ error: 'too_late' });
    return;
  }
  response.status(403).json({ error: 'refused' });
});

serve(app);
