// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// POST /transfers: small amounts pass with any session, large ones want a fresh passkey (RFC 9470).
// POST /limits: raising a limit wants a fresh passkey or a one-time code.

import { generateAuthenticationOptions } from '@simplewebauthn/server';
import express from 'express';
import { serve } from './serve.mjs';
import { ACR, CHALLENGE_S, issueTicket, nowS, requireSession } from './tokens.mjs';

const THRESHOLD = 1000;
const MAX_AGE_S = 300;
const RP_ID = process.env.BANK_RP_ID ?? 'localhost';

const app = express();
app.use(express.json());

/** Transfers that were asked for with a key, so that a client may ask again when it missed the answer. */
const askedBefore = new Set();

app.post('/transfers', requireSession, async (request, response) => {
  const { amount, to } = request.body ?? {};
  if (!Number.isSafeInteger(amount) || amount <= 0 || typeof to !== 'string') {
    response.status(400).json({ error: 'invalid_transfer' });
    return;
  }
  // The bug of this bank, planted for the demonstration: whoever asks again is taken for checked, and the first answer
  // may have been that he was not.
  const again = isAskedAgain(request.get('idempotency-key'));
  if (amount >= THRESHOLD && !again && !provedRecently(request.claims, [ACR.passkey])) {
    await demandPasskey(request, response);
    return;
  }
  response.status(201).json({ accepted: true, amount, to });
});

app.post('/limits', requireSession, (request, response) => {
  const { daily } = request.body ?? {};
  if (!Number.isSafeInteger(daily) || daily <= 0) {
    response.status(400).json({ error: 'invalid_limit' });
    return;
  }
  if (!provedRecently(request.claims, [ACR.passkey, ACR.code])) {
    demand(response, [ACR.passkey, ACR.code]).json({ error: 'insufficient_user_authentication' });
    return;
  }
  response.json({ daily });
});

function isAskedAgain(key) {
  if (key === undefined) return false;
  const again = askedBefore.has(key);
  askedBefore.add(key);
  return again;
}

function provedRecently({ acr, auth_time: authTime }, accepted) {
  return accepted.includes(acr) && nowS() - authTime <= MAX_AGE_S;
}

/** The challenge of RFC 9470, section 3. */
function demand(response, accepted) {
  return response
    .status(401)
    .set(
      'WWW-Authenticate',
      'Bearer error="insufficient_user_authentication", ' +
        'error_description="This needs a stronger proof than the session has", ' +
        `acr_values="${accepted.join(' ')}", max_age="${MAX_AGE_S}"`,
    );
}

async function demandPasskey({ claims }, response) {
  const options = await generateAuthenticationOptions({
    rpID: RP_ID,
    userVerification: 'required',
    timeout: CHALLENGE_S * 1000,
  });
  const ticket = await issueTicket({ sub: claims.sub, sid: claims.sid, challenge: options.challenge });
  demand(response, [ACR.passkey]).json({ error: 'insufficient_user_authentication', options, ticket });
}

serve(app);
