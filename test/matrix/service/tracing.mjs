// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// OpenTelemetry as a service sets it up that does so by itself; everything else comes from OTEL_* variables.

import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
