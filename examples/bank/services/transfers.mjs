// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// POST /transfers: small amounts pass with any session, large ones want a fresh passkey (RFC 9470).

import { generateAuthenticationOptions } from '@simplewebauthn/server';
import express from 'express';
import { serve } from './serve.mjs';
import { ACR, issueTicket, nowS, requireSession } from './tokens.mjs';

const THRESHOLD = 1000;
const MAX_AGE_S = 300;
const RP_ID = process.env.BANK_RP_ID ?? 'localhost';

const app = express();
app.use(express.json());

app.post('/transfers', requireSession, async (request, response) => {
  const { amount, to } = request.body ?? {};
  if (!Number.isSafeInteger(amount) || amount <= 0 || typeof to !== 'string') {
    response.status(400).json({ error: 'invalid_transfer' });
    return;
  }
  if (amount >= THRESHOLD && !provedRecently(request.claims)) {
    await demandPasskey(request, response);
    return;
  }
  response.status(201).json({ accepted: true, amount, to });
});

function provedRecently({ acr, auth_time: authTime }) {
  return acr === ACR.passkey && nowS() - authTime <= MAX_AGE_S;
}

async function demandPasskey({ claims }, response) {
  const options = await generateAuthenticationOptions({ rpID: RP_ID, userVerification: 'required' });
  const ticket = await issueTicket({ sub: claims.sub, sid: claims.sid, challenge: options.challenge });
  response
    .status(401)
    .set(
      'WWW-Authenticate',
      'Bearer error="insufficient_user_authentication", ' +
        'error_description="A transfer of this size needs your passkey", ' +
        `acr_values="${ACR.passkey}", max_age="${MAX_AGE_S}"`,
    )
    .json({ error: 'insufficient_user_authentication', options, ticket });
}

serve(app);
