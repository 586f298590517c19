// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// A small bank that knows nothing of Stepseal. Each entry beside this file loads the libraries in its own way and hands
// them over, so that what differs between the cells is only how they were loaded.

'use strict';

const { randomUUID } = require('node:crypto');

const ORIGIN = 'http://localhost:3000';
const RP_ID = 'localhost';

/** Serves until SIGTERM; says its port as a line of JSON. */
exports.serveBank = function serveBank({ express, pino, webauthn }) {
  const log = pino({ base: null });
  const app = express();
  const sessions = new Map();
  app.use(express.json());

  app.post('/login', (request, response) => {
    const id = randomUUID();
    sessions.set(id, { user: request.body.customer });
    response.set('Set-Cookie', `sid=${id}; HttpOnly`).json({});
  });

  app.use((request, response, next) => {
    const session = sessions.get(/(?:^|; )sid=([\w-]+)/.exec(request.get('cookie') ?? '')?.[1]);
    if (session === undefined) return response.sendStatus(403);
    request.user = { id: session.user };
    response.locals.session = session;
    return next();
  });

  app.post('/passkeys', async (request, response) => {
    const { session } = response.locals;
    const { registrationInfo } = await webauthn.verifyRegistrationResponse({
      response: request.body,
      expectedChallenge: () => true,
      expectedOrigin: ORIGIN,
      expectedRPID: RP_ID,
    });
    session.passkey = registrationInfo.credential;
    response.status(201).json({});
  });

  app.get('/accounts/:id', (request, response) => {
    log.info({ account: request.params.id }, 'account read');
    response.json({ balance: 100 });
  });

  app.get('/broken', () => {
    throw new Error('this route always fails');
  });

  app.post('/transfers', async (_request, response) => {
    const { session } = response.locals;
    if (session.proved) {
      log.info('transfer accepted');
      return response.status(201).json({});
    }
    const options = await webauthn.generateAuthenticationOptions({ rpID: RP_ID });
    session.challenge = options.challenge;
    return response
      .status(401)
      .set('WWW-Authenticate', 'Bearer error="insufficient_user_authentication", max_age="300"')
      .json(options);
  });

  app.post('/step-up', async (request, response) => {
    const { session } = response.locals;
    const { verified, authenticationInfo } = await webauthn.verifyAuthenticationResponse({
      response: request.body,
      expectedChallenge: session.challenge,
      expectedOrigin: ORIGIN,
      expectedRPID: RP_ID,
      credential: session.passkey,
    });
    session.proved = verified;
    session.passkey.counter = authenticationInfo.newCounter;
    response.status(verified ? 200 : 403).json({});
  });

  app.use((_error, _request, response, _next) => {
    log.error('a request failed');
    response.sendStatus(500);
  });

  const server = app.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
  });
  // The process ends when nothing is left to do, as services do that close in good order.
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
  });
};
