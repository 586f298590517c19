// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Run by tsx, which reads a .ts file as CommonJS here and an .mts file as an ES module.

import {
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import express from 'express';
import { pino } from 'pino';
import { serveBank } from './bank.cjs';

enum Loaded {
  ByTsx = 'typescript',
}

const webauthn = { generateAuthenticationOptions, verifyAuthenticationResponse, verifyRegistrationResponse };
if (Loaded.ByTsx) serveBank({ express, pino, webauthn });
