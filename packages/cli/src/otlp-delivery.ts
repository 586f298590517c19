// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { OtlpDeliveryOptions } from '@stepseal/processor';
import type { ResolvedConfig } from '@stepseal/processor/config';
import { CliError } from './errors.ts';

/** Settings of delivery that a command takes as flags where it sends records by itself. */
export const DELIVERY_SETTINGS: readonly string[] = [
  'delivery-protocol',
  'delivery-compression',
  'delivery-headers-file',
  'delivery-ca-file',
  'delivery-client-certificate-file',
  'delivery-client-key-file',
  'delivery-proxy',
  'delivery-timeout-ms',
];

/**
 * How records are sent to a receiver: as the configuration says for the service's own delivery, to another endpoint where
 * one is named. Throws CliError BAD_ARGUMENT. Undefined where there is no endpoint.
 */
export function otlpDelivery(
  { delivery, otlpHeaders, origins }: ResolvedConfig,
  named: string | undefined,
): OtlpDeliveryOptions | undefined {
  const { endpoint, proxy, headersFile, ...rest } = delivery;
  const url = named === undefined ? endpoint : withPath(named);
  if (url === 'none') return undefined;
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
  // Headers are the credentials of the configured endpoint; another one has no business with them. A file that is named
  // on the command line is meant for the endpoint beside it.
  const isConfigured = url === endpoint;
  const hasHeaders = headersFile !== '' && (isConfigured || origins.get('delivery.headersFile')?.kind === 'flag');
  return {
    endpoint: url,
    ...(isConfigured && { headers: otlpHeaders }),
    ...(hasHeaders && { headersFile }),
    ...(proxy !== 'none' && { proxy }),
    ...set,
  };
}

function withPath(named: string): string {
  const url = URL.canParse(named) ? new URL(named) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliError('BAD_ARGUMENT', 'Option --endpoint needs an http or https URL, such as http://collector:4319.');
  }
  if (url.pathname === '/') url.pathname = '/v1/logs';
  return url.href;
}
