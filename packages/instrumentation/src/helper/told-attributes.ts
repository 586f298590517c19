// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ATTRIBUTES } from '@stepseal/core/semconv';
import type { Pseudonyms } from '../identity/pseudonyms.ts';
import { readId, readTime } from '../identity/read-value.ts';

/** What a caller gave: TypeScript has checked it, unless the caller is no TypeScript. */
export type Given = Readonly<Record<string, unknown>>;

/** Stands for a value that cannot even be turned into what would be recorded; the registry's check finds fault with it. */
const UNUSABLE = null;
const METHODS: ReadonlySet<unknown> = new Set(ATTRIBUTES['step_up.method'].values);

/**
 * The attributes that a call states itself, by the same names for all calls; the registry says which of them belong to
 * its event, and its check finds fault with their values. What is never recorded as it is, ids, becomes a keyed hash here.
 */
export function toldAttributes(given: Given, pseudonyms: Pseudonyms): Record<string, unknown> {
  const rule = objectOf(given['rule']);
  return {
    'error.type': given['errorType'],
    'security_rule.name': rule['name'],
    'security_rule.uuid': rule['uuid'],
    'security_rule.version': rule['version'],
    'step_up.aal': given['aal'],
    'step_up.access.result': given['result'],
    'step_up.acr.achieved': given['acr'],
    'step_up.acr.requested': nonEmpty(given['acrValues']),
    'step_up.action.link_digest': made(given['payment'], (payment) => linkDigest(payment, pseudonyms)),
    'step_up.action.name': given['action'],
    'step_up.action.resource': made(given['resource'], (value) => {
      const id = readId(value);
      return id === undefined ? undefined : pseudonyms.hash('resource', id);
    }),
    'step_up.amr': nonEmpty(given['amr']),
    'step_up.attempt.max': given['maxAttempts'],
    'step_up.attempt.number': given['attempt'],
    'step_up.auth_time': made(given['authTime'], readTime),
    'step_up.decision': given['decision'],
    'step_up.duration_ms': whole(given['durationMs'], 1),
    'step_up.enrolment.change': given['change'],
    'step_up.exemption': given['exemption'],
    'step_up.max_age_s': given['maxAgeS'],
    'step_up.method': given['method'],
    'step_up.methods_offered': made(nonEmpty(given['methods']), methods),
    'step_up.outcome': given['outcome'],
    'step_up.phishing_resistant': given['phishingResistant'],
    'step_up.requirement_met': given['requirementMet'],
    'step_up.review.label': given['label'],
    'step_up.risk.reasons': nonEmpty(given['riskReasons']),
    'step_up.risk.score_milli': whole(given['score'], 1000),
    'step_up.risk.threshold_milli': whole(given['threshold'], 1000),
    'step_up.sample_weight': given['sampleWeight'],
    'step_up.trigger.detail': given['detail'],
    'step_up.trigger.reason': given['reason'],
  };
}

/** The registry has this list as free text; what is no method is none here. */
function methods(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) && value.every((method) => METHODS.has(method)) ? value : undefined;
}

/** Amount, currency and payee in one keyed hash: whoever knows the payment can tell which proof was for it. */
function linkDigest(payment: unknown, pseudonyms: Pseudonyms): string | undefined {
  const { amount, currency, payee } = objectOf(payment);
  const texts = [amount, currency, payee].map(readId);
  return texts.includes(undefined) ? undefined : pseudonyms.hash('payment', JSON.stringify(texts));
}

function made(value: unknown, make: (value: unknown) => unknown): unknown {
  return value === undefined ? undefined : (make(value) ?? UNUSABLE);
}

function whole(value: unknown, factor: number): unknown {
  return typeof value === 'number' ? Math.round(value * factor) : value;
}

function nonEmpty(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

function objectOf(value: unknown): Given {
  return typeof value === 'object' && value !== null ? (value as Given) : {};
}
