// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Sealing in the application's own logger provider: no `register`, but both parts put into its NodeSDK.

import { register } from 'node:module';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { StepUpInstrumentation } from '@stepseal/instrumentation';
import { SealingLogRecordProcessor } from '@stepseal/processor';
import { loadConfig } from '@stepseal/processor/config';
import { loadOrCreateKeys } from '@stepseal/processor/keys';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const config = loadConfig();
const keys = loadOrCreateKeys(config, { create: true });
const { deployment, dataDir } = config;
const sdk = new NodeSDK({
  logRecordProcessors: [new SealingLogRecordProcessor({ deployment, dataDir, identity: keys.identity })],
  instrumentations: [
    new HttpInstrumentation(),
    new StepUpInstrumentation({ pseudonymKey: keys.pseudonym, correlationKey: keys.correlation }),
  ],
});
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
