// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ROLE_NAMES, roleDescriptor } from '@stepseal/elastic';
import { type RealLine, realLine } from '../../support/line.ts';
import type { As } from './command.ts';

const PASSWORD = 'auditor-of-the-tests';

/** A line, and in a directory the auditor of its store, who may read and nothing else. */
export async function auditedLine(directory: string): Promise<RealLine & { readonly auditor: As }> {
  const line = await realLine({ [ROLE_NAMES.auditor]: roleDescriptor('auditor') });
  await line.store.addUser('auditor', PASSWORD, ROLE_NAMES.auditor);
  const env = { STEPSEAL_ELASTICSEARCH_USER: 'auditor', STEPSEAL_ELASTICSEARCH_PASSWORD: PASSWORD };
  return { ...line, auditor: { cwd: directory, env } };
}
