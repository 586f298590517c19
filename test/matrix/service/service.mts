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

const webauthn = { generateAuthenticationOptions, verifyAuthenticationResponse, verifyRegistrationResponse } as const;
type Libraries = { readonly express: typeof express; readonly pino: typeof pino; readonly webauthn: typeof webauthn };

serveBank({ express, pino, webauthn } satisfies Libraries);
