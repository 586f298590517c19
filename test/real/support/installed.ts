// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { connect, install } from '@stepseal/elastic';
import type { Elasticsearch } from './parts.ts';

/** Puts the index template into an Elasticsearch, as `stepseal elastic install --allow-missing` does. */
export async function installed({ url, password }: Pick<Elasticsearch, 'url' | 'password'>): Promise<void> {
  const server = await connect({ url, user: 'elastic', password });
  await install(server, { withoutRoles: true }).finally(() => server.close());
}
