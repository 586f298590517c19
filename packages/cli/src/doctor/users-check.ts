// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ATTR_USER_HASH, ATTR_USER_ID } from '@stepseal/core/semconv';
import { listWriters } from '@stepseal/processor/data';
import { readRecords, segmentSource } from '@stepseal/verifier';
import type { Diagnosis, Patient } from './diagnosis.ts';

interface UserCounts {
  readonly records: number;
  readonly unknownUser: number;
  readonly by: string;
}

/** Newest streams are enough, and a directory may hold years. */
const MOST_BYTES = 8_000_000;

/** Of how many step-up records nobody knows the user. */
export async function checkUsers(patient: Patient): Promise<Diagnosis> {
  const { records, unknownUser, by } = fromHealth(patient) ?? (await fromSegments(patient.config.dataDir));
  if (records === 0) return { facts: [{ name: 'users', value: 'no step-up recorded yet' }], findings: [] };
  const share = Math.round((100 * unknownUser) / records);
  const facts = [{ name: 'users', value: `${records - unknownUser} of ${records} records name their user (${by})` }];
  if (unknownUser === 0) return { facts, findings: [] };
  const finding = {
    code: 'USER_UNKNOWN',
    severity: 'warning',
    what: `${unknownUser} of ${records} step-up records (${share} %) do not name their user.`,
    why: 'Who was asked for a proof cannot be told from them.',
    action:
      'Set identity.user to where the service keeps the id: STEPSEAL_IDENTITY_USER=req.user.id, token.sub or cookie.uid.',
  } as const;
  return { facts, findings: [finding] };
}

function fromHealth({ health }: Patient): UserCounts | undefined {
  const sum = (key: string): number => health.reduce((total, { counts }) => total + (counts[key] ?? 0), 0);
  const records = sum('records');
  return records === 0 ? undefined : { records, unknownUser: sum('unknownUser'), by: 'as its processes report' };
}

async function fromSegments(dataDir: string): Promise<UserCounts> {
  const segments = listWriters(dataDir)
    .flatMap((writer) => writer.segments)
    .sort((a, b) => (a.streamId < b.streamId ? 1 : -1));
  let [records, unknownUser, bytes] = [0, 0, 0];
  for (const segment of segments) {
    if (bytes > 0 && bytes + segment.bytes > MOST_BYTES) break;
    bytes += segment.bytes;
    for await (const { payload } of readRecords(segmentSource(segment.path))) {
      if (payload.eventName?.startsWith('step_up.') !== true) continue;
      records += 1;
      if (!payload.attributes.has(ATTR_USER_HASH) && !payload.attributes.has(ATTR_USER_ID)) unknownUser += 1;
    }
  }
  return { records, unknownUser, by: 'of the newest streams' };
}
