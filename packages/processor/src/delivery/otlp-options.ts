// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { BackOffLimits } from './back-off.ts';
import type { LookAround } from './left-behind.ts';

/** Delivery to an OTLP/HTTP endpoint. */
export interface OtlpDeliveryOptions {
  /** Whole URL for logs, `http:` or `https:`, such as `https://collector:4318/v1/logs`. */
  readonly endpoint: string;
  /** Default `http/protobuf`. */
  readonly protocol?: 'http/protobuf' | 'http/json';
  /** Default `none`. */
  readonly compression?: 'none' | 'gzip';
  /** Sent with every request. Never shown. */
  readonly headers?: Readonly<Record<string, string>>;
  /** One `Name: value` a line; read again when it changes. Never shown. */
  readonly headersFile?: string;
  /** PEM: the only authorities that may vouch for the endpoint. Default: those of Node.js. */
  readonly caFile?: string;
  /** PEM: what this process shows to the endpoint, with `clientKeyFile`. */
  readonly clientCertificateFile?: string;
  readonly clientKeyFile?: string;
  /** URL of an HTTP proxy: CONNECT for `https:` endpoints, plain for `http:`. */
  readonly proxy?: string;
  /** Milliseconds for one request and its answer; default 10,000. */
  readonly timeoutMs?: number;
  /** Pauses after failures; for tests. */
  readonly backOff?: BackOffLimits;
  /** When directories of dead writers are looked for; for tests. */
  readonly lookAround?: LookAround;
}
