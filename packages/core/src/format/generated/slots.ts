// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

import { Slot } from '../event-encoder-slots.ts';

export const AUDIT_ACTION: Slot = new Slot('audit.action', 'string', 64);
export const AUDIT_ACTOR_TYPE: Slot = new Slot('audit.actor.type', 'string', 64, ['user', 'service', 'system']);
export const AUDIT_OUTCOME: Slot = new Slot('audit.outcome', 'string', 64, ['success', 'failure', 'unknown']);
export const AUDIT_SCHEMA_VERSION: Slot = new Slot('audit.schema.version', 'string', 32);
export const AUDIT_SEQUENCE_END: Slot = new Slot('audit.sequence.end', 'boolean', 0);
export const AUDIT_SEQUENCE_STREAM_ID: Slot = new Slot('audit.sequence.stream_id', 'string', 36);
export const AUDIT_SOURCE_TYPE: Slot = new Slot('audit.source.type', 'string', 32);
export const AUDIT_TARGET_ID: Slot = new Slot('audit.target.id', 'string', 256);
export const AUDIT_TARGET_TYPE: Slot = new Slot('audit.target.type', 'string', 64);
export const CLIENT_ADDRESS: Slot = new Slot('client.address', 'string', 64);
export const ERROR_TYPE: Slot = new Slot('error.type', 'string', 64, [
  'bad_signature',
  'challenge_mismatch',
  'origin_mismatch',
  'rp_id_mismatch',
  'user_presence_missing',
  'user_verification_missing',
  'counter_regression',
  'attestation_invalid',
  'unknown_credential',
  'bad_code',
  'replayed',
  'malformed',
  'expired',
  'not_yet_valid',
  'invalid_token',
  'acr_insufficient',
  'auth_too_old',
  'user_declined',
  'rate_limited',
  'locked_out',
  'timeout',
  'delivery_failed',
  'internal',
  'other',
]);
export const GEO_COUNTRY_ISO_CODE: Slot = new Slot('geo.country.iso_code', 'string', 2);
export const GEO_LOCALITY_NAME: Slot = new Slot('geo.locality.name', 'string', 128);
export const HTTP_REQUEST_METHOD: Slot = new Slot('http.request.method', 'string', 64, [
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
  '_OTHER',
]);
export const HTTP_RESPONSE_STATUS_CODE: Slot = new Slot('http.response.status_code', 'int', 0);
export const HTTP_ROUTE: Slot = new Slot('http.route', 'string', 256);
export const SECURITY_RULE_NAME: Slot = new Slot('security_rule.name', 'string', 256);
export const SECURITY_RULE_UUID: Slot = new Slot('security_rule.uuid', 'string', 64);
export const SECURITY_RULE_VERSION: Slot = new Slot('security_rule.version', 'string', 64);
export const STEP_UP_AAL: Slot = new Slot('step_up.aal', 'int', 0);
export const STEP_UP_ACCESS_RESULT: Slot = new Slot('step_up.access.result', 'string', 64, [
  'granted',
  'blocked',
  'session_expired',
  'session_revoked',
  'deferred',
]);
export const STEP_UP_ACR_ACHIEVED: Slot = new Slot('step_up.acr.achieved', 'string', 256);
export const STEP_UP_ACR_REQUESTED: Slot = new Slot('step_up.acr.requested', 'string[]', 256);
export const STEP_UP_ACTION_NAME: Slot = new Slot('step_up.action.name', 'string', 256);
export const STEP_UP_AMR: Slot = new Slot('step_up.amr', 'string[]', 64);
export const STEP_UP_ATTEMPT_MAX: Slot = new Slot('step_up.attempt.max', 'int', 0);
export const STEP_UP_ATTEMPT_NUMBER: Slot = new Slot('step_up.attempt.number', 'int', 0);
export const STEP_UP_CLOCK_OFFSET_BOUND_MS: Slot = new Slot('step_up.clock.offset_bound_ms', 'int', 0);
export const STEP_UP_CLOCK_SYNCED: Slot = new Slot('step_up.clock.synced', 'boolean', 0);
export const STEP_UP_CORRELATION: Slot = new Slot('step_up.correlation', 'string', 64, [
  'derived',
  'explicit',
  'inferred',
]);
export const STEP_UP_DECISION: Slot = new Slot('step_up.decision', 'string', 64, [
  'not_required',
  'required',
  'exempt',
  'denied',
  'error',
]);
export const STEP_UP_DEVICE_KNOWN: Slot = new Slot('step_up.device.known', 'boolean', 0);
export const STEP_UP_DURATION_SOURCE: Slot = new Slot('step_up.duration_source', 'string', 64, [
  'local',
  'derived',
  'paired',
]);
export const STEP_UP_ENROLMENT_CHANGE: Slot = new Slot('step_up.enrolment.change', 'string', 64, [
  'added',
  'removed',
  'reset',
]);
export const STEP_UP_EXEMPTION: Slot = new Slot('step_up.exemption', 'string', 64, [
  'trusted_device',
  'recent_auth',
  'low_value',
  'trusted_beneficiary',
  'recurring',
  'transaction_risk',
  'corporate',
  'other',
]);
export const STEP_UP_MAX_AGE_S: Slot = new Slot('step_up.max_age_s', 'int', 0);
export const STEP_UP_METHOD: Slot = new Slot('step_up.method', 'string', 64, [
  'webauthn',
  'passkey',
  'totp',
  'hotp',
  'sms',
  'email',
  'voice',
  'push',
  'hardware_token',
  'biometric',
  'recovery_code',
  'password',
  'magic_link',
  'idp',
  'other',
]);
export const STEP_UP_METHODS_OFFERED: Slot = new Slot('step_up.methods_offered', 'string[]', 32);
export const STEP_UP_OUTCOME: Slot = new Slot('step_up.outcome', 'string', 64, [
  'passed',
  'failed',
  'denied',
  'denied_fraud',
  'expired',
  'abandoned',
  'locked_out',
  'error',
]);
export const STEP_UP_PHISHING_RESISTANT: Slot = new Slot('step_up.phishing_resistant', 'boolean', 0);
export const STEP_UP_REQUIREMENT_MET: Slot = new Slot('step_up.requirement_met', 'boolean', 0);
export const STEP_UP_REVIEW_LABEL: Slot = new Slot('step_up.review.label', 'string', 64, [
  'legitimate',
  'fraud',
  'false_positive',
]);
export const STEP_UP_RISK_REASONS: Slot = new Slot('step_up.risk.reasons', 'string[]', 64);
export const STEP_UP_RISK_THRESHOLD_MILLI: Slot = new Slot('step_up.risk.threshold_milli', 'int', 0);
export const STEP_UP_SAMPLE_WEIGHT: Slot = new Slot('step_up.sample_weight', 'int', 0);
export const STEP_UP_SOURCE_LAYER: Slot = new Slot('step_up.source.layer', 'string', 64, [
  'app',
  'idp',
  'gateway',
  'mesh',
  'client',
]);
export const STEP_UP_SOURCE_LIBRARY: Slot = new Slot('step_up.source.library', 'string', 128);
export const STEP_UP_SOURCE_LIBRARY_VERSION: Slot = new Slot('step_up.source.library_version', 'string', 64);
export const STEP_UP_TRIGGER_DETAIL: Slot = new Slot('step_up.trigger.detail', 'string', 256);
export const STEP_UP_TRIGGER_REASON: Slot = new Slot('step_up.trigger.reason', 'string', 64, [
  'policy',
  'acr_insufficient',
  'auth_too_old',
  'risk_score',
  'new_device',
  'new_location',
  'sensitive_action',
  'amount_threshold',
  'admin_forced',
  'unknown',
]);
export const STEP_UP_WEBAUTHN_BACKED_UP: Slot = new Slot('step_up.webauthn.backed_up', 'boolean', 0);
export const STEP_UP_WEBAUTHN_DEVICE_TYPE: Slot = new Slot('step_up.webauthn.device_type', 'string', 64, [
  'single_device',
  'multi_device',
]);
export const STEP_UP_WEBAUTHN_USER_VERIFIED: Slot = new Slot('step_up.webauthn.user_verified', 'boolean', 0);
export const USER_ID: Slot = new Slot('user.id', 'string', 256);
export const USER_AGENT_NAME: Slot = new Slot('user_agent.name', 'string', 64);
export const USER_AGENT_ORIGINAL: Slot = new Slot('user_agent.original', 'string', 512);
