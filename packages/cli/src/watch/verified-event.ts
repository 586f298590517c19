// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Finding, Grade, Severity } from '@stepseal/verifier';
import type { Round } from './rounds.ts';

/** What a verification was made of and with. */
export interface VerifiedContext {
  /** Deployment of the verifier. */
  readonly deployment: string;
  readonly sources: readonly string[];
  readonly kind: 'elasticsearch' | 'segments';
  readonly durationMs: number;
  readonly nowMs: number;
  readonly knownStreams: number;
  readonly knownHeadsHash: string | undefined;
  readonly trustPolicyHash: string | undefined;
}

/** A record of a verification, as it is handed to the sealer. */
export interface VerifiedEvent {
  readonly eventName: 'stepseal.verified';
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | number | string[]>>;
}

const OUTCOMES: Readonly<Record<Grade, 'success' | 'failure' | 'unknown'>> = {
  SEALED: 'success',
  TAMPERED: 'failure',
  INCOMPLETE: 'unknown',
  CANNOT_VERIFY: 'unknown',
};

const SENTENCES: Readonly<Record<Grade, string>> = {
  SEALED: 'Every record that was read is sealed by a trusted key and unaltered since.',
  TAMPERED: 'The records are not what was sealed.',
  INCOMPLETE: 'What was read is unaltered, but not all of it is there or proved.',
  CANNOT_VERIFY: 'No verdict is possible.',
};

/** Codes named at most. */
const MOST_CODES = 32;

/** The record of one round (docs/spec/events.md, `stepseal.verified`). */
export function verifiedEvent(round: Round, context: VerifiedContext): VerifiedEvent {
  return event(round.grade, context, {
    'stepseal.verified.extent': round.extent,
    'stepseal.verified.streams': round.streams,
    'stepseal.verified.records': round.records,
    ...counts(round.findings),
    ...codes(round.findings),
    'stepseal.verified.declared_losses': round.declaredLosses,
    ...(round.lastNoteMs === undefined
      ? {}
      : { 'stepseal.verified.last_note_age_ms': Math.max(0, Math.round(context.nowMs - round.lastNoteMs)) }),
    'stepseal.verified.uncovered_ms': Math.round(round.uncoveredMs),
  });
}

/** The record of a round that came to no verdict, by the code of what kept it. */
export function unverifiedEvent(code: string, context: VerifiedContext): VerifiedEvent {
  return event('CANNOT_VERIFY', context, {
    'stepseal.verified.extent': 'full',
    'stepseal.verified.streams': 0,
    'stepseal.verified.records': 0,
    ...counts([]),
    'stepseal.verified.codes': [code],
    'stepseal.verified.declared_losses': 0,
    'stepseal.verified.uncovered_ms': 0,
  });
}

function event(grade: Grade, context: VerifiedContext, found: VerifiedEvent['attributes']): VerifiedEvent {
  const { deployment, sources, kind, durationMs, knownStreams, knownHeadsHash, trustPolicyHash } = context;
  return {
    eventName: 'stepseal.verified',
    body: SENTENCES[grade],
    attributes: {
      'audit.actor.id': deployment,
      'audit.actor.type': 'system',
      'audit.action': 'VERIFY',
      'audit.outcome': OUTCOMES[grade],
      'audit.target.type': kind,
      'audit.target.id': sources[0] ?? '',
      'stepseal.verified.grade': grade,
      'stepseal.verified.sources': [...sources],
      ...found,
      'stepseal.verified.known_streams': knownStreams,
      'stepseal.verified.duration_ms': Math.round(durationMs),
      ...(knownHeadsHash === undefined ? {} : { 'stepseal.verified.known_heads_hash': knownHeadsHash }),
      ...(trustPolicyHash === undefined ? {} : { 'stepseal.verified.trust_policy_hash': trustPolicyHash }),
    },
  };
}

function counts(findings: readonly Finding[]): Record<string, number> {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return {
    'stepseal.verified.findings.tampered': count('tampered'),
    'stepseal.verified.findings.cannot_verify': count('cannot_verify'),
    'stepseal.verified.findings.incomplete': count('incomplete'),
    'stepseal.verified.findings.info': count('info'),
  };
}

/** The order of findings is that of their weight. */
function codes(findings: readonly Finding[]): Record<string, string[]> {
  const all = [...new Set(findings.map(({ code }) => code))].slice(0, MOST_CODES);
  return all.length === 0 ? {} : { 'stepseal.verified.codes': all };
}
