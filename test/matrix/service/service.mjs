// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import express from 'express';
import { pino } from 'pino';
import { serveBank } from './bank.cjs';

serveBank({
  express,
  pino,
  webauthn: { generateAuthenticationOptions, verifyAuthenticationResponse, verifyRegistrationResponse },
});
