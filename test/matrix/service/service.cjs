// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

'use strict';

const {
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} = require('@simplewebauthn/server');
const express = require('express');
const { pino } = require('pino');
const { serveBank } = require('./bank.cjs');

serveBank({
  express,
  pino,
  webauthn: { generateAuthenticationOptions, verifyAuthenticationResponse, verifyRegistrationResponse },
});
