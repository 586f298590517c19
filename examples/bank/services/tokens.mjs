// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { jwtVerify, SignJWT } from 'jose';

const key = Buffer.from(process.env.BANK_TOKEN_KEY ?? '', 'base64');
if (key.length < 32) throw new Error('BANK_TOKEN_KEY must hold at least 32 bytes in base64');

const ISSUER = 'https://bank.example';
const SESSION = 'session';
const TICKET = 'step-up-ticket';

/** How strongly the customer has proved who he is, weakest first. */
export const ACR = { basic: 'basic', code: 'one-time-code', passkey: 'passkey' };

/** @param {{ sub: string, sid: string, acr: string, started?: number }} session `started`: seconds, when it began */
export function issueSession({ sub, sid, acr, started = nowS() }) {
  return sign(SESSION, { sid, acr, started, auth_time: nowS() }, sub, '1h');
}

export async function readSession(token) {
  return verify(SESSION, token);
}

/** How long a customer has to answer a challenge. */
export const CHALLENGE_S = Number(process.env.BANK_CHALLENGE_S ?? 60);

/** The ticket remembers the expected challenge, so that no service has to. */
export function issueTicket({ sub, sid, challenge }) {
  return sign(TICKET, { sid, challenge }, sub, `${CHALLENGE_S}s`);
}

export async function readTicket(token) {
  return verify(TICKET, token);
}

/** Express middleware: a request without a valid session token ends here. */
export async function requireSession(request, response, next) {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  try {
    if (scheme !== 'Bearer') throw new Error('no bearer token');
    request.claims = await readSession(token);
    request.user = { id: request.claims.sub };
  } catch {
    response.status(401).set('WWW-Authenticate', 'Bearer error="invalid_token"').json({ error: 'invalid_token' });
    return;
  }
  next();
}

export function nowS() {
  return Math.floor(Date.now() / 1000);
}

function sign(audience, claims, subject, lifetime) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(key);
}

async function verify(audience, token) {
  const { payload } = await jwtVerify(token, key, { issuer: ISSUER, audience, algorithms: ['HS256'] });
  return payload;
}
