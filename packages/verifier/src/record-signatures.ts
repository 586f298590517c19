// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type VerifierKey, verifySignatureAsync } from '@stepseal/core/format';
import { FindingLog } from './finding-log.ts';
import type { Finding } from './findings.ts';
import type { Outcome } from './outcome.ts';
import { sealedRecords } from './records.ts';
import type { FoundSignature } from './sources/record-signature-source.ts';
import type { TrustPolicy } from './trust.ts';

/** What a check of record signatures found; numbers of records under trusted notes. */
export interface RecordSignatureCounts {
  /** Signed by their stream's key. */
  readonly valid: number;
  /** Signed by a Collector that the policy lists. */
  readonly resigned: number;
  /** Signed in any other way. */
  readonly mismatched: number;
  /** Without a signature: it is optional, and gone when its file or the process is. */
  readonly unsigned: number;
}

/** The only algorithm; the key fixes it, and a source that names another one is wrong. */
const ALGORITHM = 'EdDSA';

/** Signatures checked at once, in the thread pool. */
const AT_ONCE = 64;

/**
 * Checks the signatures of single records, which no verdict on a stream needs: every one found must be of the key that
 * the stream's trusted open record names, or of a Collector of the policy.
 *
 * @param trusted outcomes whose notes are trusted
 */
export async function checkRecordSignatures(
  trusted: readonly Outcome[],
  policy: TrustPolicy,
): Promise<{ findings: readonly Finding[]; counts: RecordSignatureCounts }> {
  const findings: (readonly Finding[])[] = [];
  const tally = { valid: 0, resigned: 0, mismatched: 0, unsigned: 0 };
  for (const outcome of trusted) findings.push(await checkStream(outcome, policy, tally));
  return { findings: findings.flat(), counts: tally };
}

type Standing = keyof RecordSignatureCounts;

type Tally = { -readonly [K in Standing]: RecordSignatureCounts[K] };

async function checkStream(outcome: Outcome, policy: TrustPolicy, tally: Tally): Promise<readonly Finding[]> {
  const { segment, state, streamId } = outcome;
  const log = new FindingLog(segment.name, streamId);
  const { open } = state;
  if (open === undefined) return [];
  const collectors = policy.deployments.get(open.deployment)?.collectors ?? [];
  const lookup = segment.signatures?.();
  const tell = (number: number, worst: Standing): void => {
    tally[worst]++;
    if (worst === 'valid' || worst === 'unsigned') return;
    log.add({
      from: number,
      to: number,
      field: 'audit.integrity.value',
      ...(worst === 'resigned'
        ? {
            code: 'RESIGNED',
            severity: 'info',
            evidence: 'The record is signed by a Collector that the trust policy lists.',
          }
        : { code: 'ALG_MISMATCH', evidence: 'The record signature is not one of the key that its stream names.' }),
    });
  };
  let pending: { readonly number: number; readonly standing: Promise<Standing> }[] = [];
  // The threads answer in any order; findings are told in that of the records.
  const settle = async (): Promise<void> => {
    const standings = await Promise.all(pending.map(({ standing }) => standing));
    pending.forEach(({ number }, index) => {
      tell(number, standings[index] as Standing);
    });
    pending = [];
  };
  for (const { record, payload } of sealedRecords(segment)) {
    const { number } = record;
    // What no trusted note covers is judged elsewhere, and its key by nobody.
    if (record.streamId !== streamId || number === undefined || number > state.number) continue;
    pending.push({ number, standing: worstOf(lookup?.(number) ?? [], payload, open.streamKey, collectors) });
    if (pending.length === AT_ONCE) await settle();
  }
  await settle();
  return log.findings;
}

async function worstOf(
  found: readonly FoundSignature[],
  payload: Buffer,
  streamKey: VerifierKey,
  collectors: readonly VerifierKey[],
): Promise<Standing> {
  if (found.length === 0) return 'unsigned';
  let worst: 'valid' | 'resigned' = 'valid';
  for (const { value, algorithm } of found) {
    const signature = decode(value);
    if (signature === undefined || (algorithm !== undefined && algorithm !== ALGORITHM)) return 'mismatched';
    if (await verifySignatureAsync(streamKey, payload, signature)) continue;
    const signed = await Promise.all(collectors.map((key) => verifySignatureAsync(key, payload, signature)));
    if (!signed.includes(true)) return 'mismatched';
    worst = 'resigned';
  }
  return worst;
}

/** 64 bytes in their one spelling. */
function decode(value: string): Buffer | undefined {
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === 64 && bytes.toString('base64') === value ? bytes : undefined;
}
