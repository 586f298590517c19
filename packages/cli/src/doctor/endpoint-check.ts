// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { connect } from 'node:net';
import type { Diagnosis } from './diagnosis.ts';

const PATIENCE_MS = 5_000;

/** Whether somebody answers where records are to be sent. Nothing is sent: the connection is opened and closed. */
export async function checkEndpoint(endpoint: string | undefined): Promise<Diagnosis> {
  if (endpoint === undefined) return { facts: [{ name: 'endpoint', value: 'none: nothing is sent' }], findings: [] };
  const { hostname, port, protocol } = new URL(endpoint);
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const failure = await tryConnect(hostname.replace(/^\[|\]$/g, ''), number);
  if (failure === undefined) return { facts: [{ name: 'endpoint', value: `${endpoint} answers` }], findings: [] };
  const finding = {
    code: 'ENDPOINT_UNREACHABLE',
    severity: 'warning',
    what: `${endpoint} cannot be reached from here (${failure}).`,
    why: 'Records wait on the disk until it can; none is lost, and none arrives.',
    action: 'Look at the receiver, at names and firewalls; a proxy (delivery.proxy) is not used by this check.',
  } as const;
  return { facts: [{ name: 'endpoint', value: `${endpoint} does not answer` }], findings: [finding] };
}

function tryConnect(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS });
    const end = (failure: string | undefined): void => {
      socket.destroy();
      resolve(failure);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end('no answer'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'no connection'));
  });
}
