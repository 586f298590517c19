// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { nodeFileSystem } from '../file-system.ts';
import { type Liveness, systemProcessTable, type ThreadIdentity } from '../process-identity.ts';
import { jsonObject, readSmallFile } from './read-small-file.ts';

const OWNER_BYTES = 4_096;

/**
 * Whether the thread that an owner file names lives; `unknown` where nobody can ask, as across pid namespaces, and where
 * the file cannot be read.
 */
export function ownerLiveness(ownerFile: string): Liveness {
  const claim = jsonObject(readSmallFile(ownerFile, OWNER_BYTES)?.toString('utf8') ?? '');
  const { bootId, pidNamespace, pid, processStart, osThreadId, threadStart } = claim ?? {};
  const texts = [bootId, pidNamespace, processStart, threadStart];
  if (!texts.every((text) => typeof text === 'string')) return 'unknown';
  if (!Number.isSafeInteger(pid) || !Number.isSafeInteger(osThreadId) || Number(pid) <= 0) return 'unknown';
  return systemProcessTable(nodeFileSystem).liveness(claim as unknown as ThreadIdentity);
}
