// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { hash, randomBytes, randomInt } from 'node:crypto';

// Two events as an instrumented service emits them: every identifier is new, what a service repeats is repeated.
// M is a typical completed step-up with 22 attributes of its own, S a small one with 16.

const token = (bytes) => randomBytes(bytes).toString('base64url');
const uuid = () => {
  const hex = `019a5c${randomBytes(13).toString('hex')}`;
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return Buffer.from(id).toString();
};
const pick = (values) => values[randomInt(values.length)];
const ROUTES = ['/transfers', '/transfers/:id', '/payees', '/settings/limits'];
const BODY = 'A step-up with webauthn passed after one attempt.';

function sharedAttributes() {
  const user = token(24);
  const prefix = `203.0.${randomInt(256)}.0/24`;
  return {
    'audit.action': 'STEP_UP',
    'audit.actor.id': user,
    'audit.actor.type': 'user',
    'audit.outcome': 'success',
    'audit.source.id': prefix,
    'http.request.method': 'POST',
    'http.route': pick(ROUTES),
    'session.id': token(24),
    'step_up.client.hash': token(24),
    'step_up.client.prefix': prefix,
    'step_up.correlation': 'derived',
    'step_up.id': token(24),
    'step_up.source.layer': 'app',
    'step_up.source.library': '@simplewebauthn/server',
    'step_up.source.library_version': '14.0.3',
    'user.hash': user,
  };
}

/** Attributes of the typical event, a fresh object each time. */
function typicalAttributes() {
  return {
    ...sharedAttributes(),
    'step_up.duration_ms': randomInt(60_000),
    'step_up.duration_source': 'local',
    'step_up.method': 'webauthn',
    'step_up.outcome': 'passed',
    'step_up.phishing_resistant': true,
    'step_up.webauthn.user_verified': true,
  };
}

/** A fresh copy, as an engine holds an object literal, or what is filled in one computed name after another. */
export function reshape(attributes, shape) {
  if (shape !== 'filled') return { ...attributes };
  const target = {};
  for (const name of Object.keys(attributes)) target[name] = attributes[name];
  return target;
}

const EVENTS = {
  M: { eventName: 'step_up.completed', attributes: typicalAttributes },
  S: { eventName: 'step_up.required', attributes: sharedAttributes },
};

/**
 * Fresh inputs for one round of a benchmark: records with the chain fields that belong to them.
 *
 * @param size `M` or `S`
 * @param count how many
 * @param shape `literal`, or `filled` for attributes added one by one
 */
export function makeEvents(size, count, shape) {
  const streamId = uuid();
  let previousHash = hash('sha256', streamId);
  let previousRecordId = uuid();
  return Array.from({ length: count }, (_, i) => {
    const recordId = uuid();
    const chain = { recordId, streamId, number: 100_000 + i, previousHash, previousRecordId };
    previousHash = hash('sha256', recordId);
    previousRecordId = recordId;
    const { eventName, attributes } = EVENTS[size];
    const timestampMs = 1_795_253_523_000 + i * 3;
    const record = {
      eventName,
      timestampMs,
      observedTimestampMs: timestampMs + (i % 2),
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      body: BODY,
      attributes: reshape(attributes(), shape),
    };
    return { record, chain };
  });
}
