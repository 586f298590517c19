// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

/** Values of `audit.actor.type`. */
export type AuditActorType = 'user' | 'service' | 'system';
/** A person. */
export const AUDIT_ACTOR_TYPE_VALUE_USER = 'user';
/** Another program with an identity of its own. */
export const AUDIT_ACTOR_TYPE_VALUE_SERVICE = 'service';
/** The sealed system itself. */
export const AUDIT_ACTOR_TYPE_VALUE_SYSTEM = 'system';

/** Values of `audit.outcome`. */
export type AuditOutcome = 'success' | 'failure' | 'unknown';
/** The action did what it was meant to do. */
export const AUDIT_OUTCOME_VALUE_SUCCESS = 'success';
/** The action did not succeed. */
export const AUDIT_OUTCOME_VALUE_FAILURE = 'failure';
/** The result is not known at this record. */
export const AUDIT_OUTCOME_VALUE_UNKNOWN = 'unknown';

/** Values of `error.type`. */
export type ErrorType =
  | 'bad_signature'
  | 'challenge_mismatch'
  | 'origin_mismatch'
  | 'rp_id_mismatch'
  | 'user_presence_missing'
  | 'user_verification_missing'
  | 'counter_regression'
  | 'attestation_invalid'
  | 'unknown_credential'
  | 'bad_code'
  | 'replayed'
  | 'malformed'
  | 'expired'
  | 'not_yet_valid'
  | 'invalid_token'
  | 'acr_insufficient'
  | 'auth_too_old'
  | 'user_declined'
  | 'rate_limited'
  | 'locked_out'
  | 'timeout'
  | 'delivery_failed'
  | 'internal'
  | 'other';
/** The signature did not verify. */
export const ERROR_TYPE_VALUE_BAD_SIGNATURE = 'bad_signature';
/** The answer was for another challenge. */
export const ERROR_TYPE_VALUE_CHALLENGE_MISMATCH = 'challenge_mismatch';
/** The answer came from another origin, as with phishing. */
export const ERROR_TYPE_VALUE_ORIGIN_MISMATCH = 'origin_mismatch';
/** The answer was for another relying party. */
export const ERROR_TYPE_VALUE_RP_ID_MISMATCH = 'rp_id_mismatch';
/** Nobody touched the authenticator. */
export const ERROR_TYPE_VALUE_USER_PRESENCE_MISSING = 'user_presence_missing';
/** The authenticator did not verify the user. */
export const ERROR_TYPE_VALUE_USER_VERIFICATION_MISSING = 'user_verification_missing';
/** The signature counter fell; the credential may be cloned. */
export const ERROR_TYPE_VALUE_COUNTER_REGRESSION = 'counter_regression';
/** The authenticator's attestation did not verify. */
export const ERROR_TYPE_VALUE_ATTESTATION_INVALID = 'attestation_invalid';
/** The credential or factor is not registered. */
export const ERROR_TYPE_VALUE_UNKNOWN_CREDENTIAL = 'unknown_credential';
/** The code was wrong. */
export const ERROR_TYPE_VALUE_BAD_CODE = 'bad_code';
/** The code or answer was used before. */
export const ERROR_TYPE_VALUE_REPLAYED = 'replayed';
/** The answer was not of the right form. */
export const ERROR_TYPE_VALUE_MALFORMED = 'malformed';
/** The code or challenge was too old. */
export const ERROR_TYPE_VALUE_EXPIRED = 'expired';
/** The proof is dated in the future. */
export const ERROR_TYPE_VALUE_NOT_YET_VALID = 'not_yet_valid';
/** The access or identity token did not verify. */
export const ERROR_TYPE_VALUE_INVALID_TOKEN = 'invalid_token';
/** The proof was genuine and still too weak. */
export const ERROR_TYPE_VALUE_ACR_INSUFFICIENT = 'acr_insufficient';
/** The proof was genuine and too old. */
export const ERROR_TYPE_VALUE_AUTH_TOO_OLD = 'auth_too_old';
/** The user refused the prompt. */
export const ERROR_TYPE_VALUE_USER_DECLINED = 'user_declined';
/** Too many requests. */
export const ERROR_TYPE_VALUE_RATE_LIMITED = 'rate_limited';
/** The account or factor is locked. */
export const ERROR_TYPE_VALUE_LOCKED_OUT = 'locked_out';
/** Something did not answer in time. */
export const ERROR_TYPE_VALUE_TIMEOUT = 'timeout';
/** The code or prompt could not be sent. */
export const ERROR_TYPE_VALUE_DELIVERY_FAILED = 'delivery_failed';
/** A fault of the checking side. */
export const ERROR_TYPE_VALUE_INTERNAL = 'internal';
/** None of these. */
export const ERROR_TYPE_VALUE_OTHER = 'other';

/** Values of `http.request.method`. */
export type HttpRequestMethod =
  | 'CONNECT'
  | 'DELETE'
  | 'GET'
  | 'HEAD'
  | 'OPTIONS'
  | 'PATCH'
  | 'POST'
  | 'PUT'
  | 'QUERY'
  | 'TRACE'
  | '_OTHER';
/** CONNECT method. */
export const HTTP_REQUEST_METHOD_VALUE_CONNECT = 'CONNECT';
/** DELETE method. */
export const HTTP_REQUEST_METHOD_VALUE_DELETE = 'DELETE';
/** GET method. */
export const HTTP_REQUEST_METHOD_VALUE_GET = 'GET';
/** HEAD method. */
export const HTTP_REQUEST_METHOD_VALUE_HEAD = 'HEAD';
/** OPTIONS method. */
export const HTTP_REQUEST_METHOD_VALUE_OPTIONS = 'OPTIONS';
/** PATCH method. */
export const HTTP_REQUEST_METHOD_VALUE_PATCH = 'PATCH';
/** POST method. */
export const HTTP_REQUEST_METHOD_VALUE_POST = 'POST';
/** PUT method. */
export const HTTP_REQUEST_METHOD_VALUE_PUT = 'PUT';
/** QUERY method. */
export const HTTP_REQUEST_METHOD_VALUE_QUERY = 'QUERY';
/** TRACE method. */
export const HTTP_REQUEST_METHOD_VALUE_TRACE = 'TRACE';
/** Any method that is not in this list. */
export const HTTP_REQUEST_METHOD_VALUE_OTHER = '_OTHER';

/** Values of `step_up.access.result`. */
export type StepUpAccessResult = 'granted' | 'blocked' | 'session_expired' | 'session_revoked' | 'deferred';
/** The action went on. */
export const STEP_UP_ACCESS_RESULT_VALUE_GRANTED = 'granted';
/** The action was refused. */
export const STEP_UP_ACCESS_RESULT_VALUE_BLOCKED = 'blocked';
/** The session had run out. */
export const STEP_UP_ACCESS_RESULT_VALUE_SESSION_EXPIRED = 'session_expired';
/** The session was ended. */
export const STEP_UP_ACCESS_RESULT_VALUE_SESSION_REVOKED = 'session_revoked';
/** The action waits for something else. */
export const STEP_UP_ACCESS_RESULT_VALUE_DEFERRED = 'deferred';

/** Values of `step_up.correlation`. */
export type StepUpCorrelation = 'derived' | 'explicit' | 'inferred';
/** The id was computed from material both sides see. */
export const STEP_UP_CORRELATION_VALUE_DERIVED = 'derived';
/** The application named the step-up itself. */
export const STEP_UP_CORRELATION_VALUE_EXPLICIT = 'explicit';
/** Nothing both sides see was at hand; the pending step-up of the session was taken. */
export const STEP_UP_CORRELATION_VALUE_INFERRED = 'inferred';

/** Values of `step_up.decision`. */
export type StepUpDecision = 'not_required' | 'required' | 'exempt' | 'denied' | 'error';
/** The proof at hand was enough. */
export const STEP_UP_DECISION_VALUE_NOT_REQUIRED = 'not_required';
/** A stronger proof was demanded. */
export const STEP_UP_DECISION_VALUE_REQUIRED = 'required';
/** A stronger proof was due and waived. */
export const STEP_UP_DECISION_VALUE_EXEMPT = 'exempt';
/** Refused without the chance of a step-up. */
export const STEP_UP_DECISION_VALUE_DENIED = 'denied';
/** The policy could not be evaluated. */
export const STEP_UP_DECISION_VALUE_ERROR = 'error';

/** Values of `step_up.duration_source`. */
export type StepUpDurationSource = 'local' | 'derived' | 'paired';
/** Measured on one monotonic clock. */
export const STEP_UP_DURATION_SOURCE_VALUE_LOCAL = 'local';
/** From a time that the challenge carried. */
export const STEP_UP_DURATION_SOURCE_VALUE_DERIVED = 'derived';
/** From two records of different clocks. */
export const STEP_UP_DURATION_SOURCE_VALUE_PAIRED = 'paired';

/** Values of `step_up.enrolment.change`. */
export type StepUpEnrolmentChange = 'added' | 'removed' | 'reset';
/** A factor was added. */
export const STEP_UP_ENROLMENT_CHANGE_VALUE_ADDED = 'added';
/** A factor was removed. */
export const STEP_UP_ENROLMENT_CHANGE_VALUE_REMOVED = 'removed';
/** Factors were reset. */
export const STEP_UP_ENROLMENT_CHANGE_VALUE_RESET = 'reset';

/** Values of `step_up.exemption`. */
export type StepUpExemption =
  | 'trusted_device'
  | 'recent_auth'
  | 'low_value'
  | 'trusted_beneficiary'
  | 'recurring'
  | 'transaction_risk'
  | 'corporate'
  | 'other';
/** The device was trusted earlier. */
export const STEP_UP_EXEMPTION_VALUE_TRUSTED_DEVICE = 'trusted_device';
/** A strong enough proof was recent. */
export const STEP_UP_EXEMPTION_VALUE_RECENT_AUTH = 'recent_auth';
/** The amount was small (PSD2 RTS articles 11 and 16). */
export const STEP_UP_EXEMPTION_VALUE_LOW_VALUE = 'low_value';
/** The payee was trusted (PSD2 RTS article 13). */
export const STEP_UP_EXEMPTION_VALUE_TRUSTED_BENEFICIARY = 'trusted_beneficiary';
/** The transaction repeats an approved one (PSD2 RTS article 14). */
export const STEP_UP_EXEMPTION_VALUE_RECURRING = 'recurring';
/** Risk analysis found it low (PSD2 RTS article 18). */
export const STEP_UP_EXEMPTION_VALUE_TRANSACTION_RISK = 'transaction_risk';
/** A secured corporate process (PSD2 RTS article 17). */
export const STEP_UP_EXEMPTION_VALUE_CORPORATE = 'corporate';
/** Another exemption; the rule names it. */
export const STEP_UP_EXEMPTION_VALUE_OTHER = 'other';

/** Values of `step_up.method`. */
export type StepUpMethod =
  | 'webauthn'
  | 'passkey'
  | 'totp'
  | 'hotp'
  | 'sms'
  | 'email'
  | 'voice'
  | 'push'
  | 'hardware_token'
  | 'biometric'
  | 'recovery_code'
  | 'password'
  | 'magic_link'
  | 'idp'
  | 'other';
/** A WebAuthn credential. */
export const STEP_UP_METHOD_VALUE_WEBAUTHN = 'webauthn';
/** A discoverable WebAuthn credential. */
export const STEP_UP_METHOD_VALUE_PASSKEY = 'passkey';
/** A time-based one-time code (RFC 6238). */
export const STEP_UP_METHOD_VALUE_TOTP = 'totp';
/** A counter-based one-time code (RFC 4226). */
export const STEP_UP_METHOD_VALUE_HOTP = 'hotp';
/** A code sent by text message. */
export const STEP_UP_METHOD_VALUE_SMS = 'sms';
/** A code sent by mail. */
export const STEP_UP_METHOD_VALUE_EMAIL = 'email';
/** A code spoken in a call. */
export const STEP_UP_METHOD_VALUE_VOICE = 'voice';
/** A prompt in an app. */
export const STEP_UP_METHOD_VALUE_PUSH = 'push';
/** A code or signature of a separate device. */
export const STEP_UP_METHOD_VALUE_HARDWARE_TOKEN = 'hardware_token';
/** A biometric check, only where the library really says so; user verification may be a PIN. */
export const STEP_UP_METHOD_VALUE_BIOMETRIC = 'biometric';
/** A code kept for emergencies. */
export const STEP_UP_METHOD_VALUE_RECOVERY_CODE = 'recovery_code';
/** A memorised secret. */
export const STEP_UP_METHOD_VALUE_PASSWORD = 'password';
/** A link that carries a secret. */
export const STEP_UP_METHOD_VALUE_MAGIC_LINK = 'magic_link';
/** An identity provider did it; the factor is not known here. */
export const STEP_UP_METHOD_VALUE_IDP = 'idp';
/** Anything else. */
export const STEP_UP_METHOD_VALUE_OTHER = 'other';

/** Values of `step_up.outcome`. */
export type StepUpOutcome =
  | 'passed'
  | 'failed'
  | 'denied'
  | 'denied_fraud'
  | 'expired'
  | 'abandoned'
  | 'locked_out'
  | 'error';
/** The proof was accepted. */
export const STEP_UP_OUTCOME_VALUE_PASSED = 'passed';
/** The proof was refused. */
export const STEP_UP_OUTCOME_VALUE_FAILED = 'failed';
/** The user said no. */
export const STEP_UP_OUTCOME_VALUE_DENIED = 'denied';
/** The user said no and called it fraud. */
export const STEP_UP_OUTCOME_VALUE_DENIED_FRAUD = 'denied_fraud';
/** The challenge ran out of time. */
export const STEP_UP_OUTCOME_VALUE_EXPIRED = 'expired';
/** The user went away. */
export const STEP_UP_OUTCOME_VALUE_ABANDONED = 'abandoned';
/** Too many wrong answers. */
export const STEP_UP_OUTCOME_VALUE_LOCKED_OUT = 'locked_out';
/** The check itself broke. */
export const STEP_UP_OUTCOME_VALUE_ERROR = 'error';

/** Values of `step_up.review.label`. */
export type StepUpReviewLabel = 'legitimate' | 'fraud' | 'false_positive';
/** It was the user. */
export const STEP_UP_REVIEW_LABEL_VALUE_LEGITIMATE = 'legitimate';
/** It was not the user. */
export const STEP_UP_REVIEW_LABEL_VALUE_FRAUD = 'fraud';
/** The step-up was not needed. */
export const STEP_UP_REVIEW_LABEL_VALUE_FALSE_POSITIVE = 'false_positive';

/** Values of `step_up.source.layer`. */
export type StepUpSourceLayer = 'app' | 'idp' | 'gateway' | 'mesh' | 'client';
/** The application. */
export const STEP_UP_SOURCE_LAYER_VALUE_APP = 'app';
/** The identity provider. */
export const STEP_UP_SOURCE_LAYER_VALUE_IDP = 'idp';
/** A gateway before the application. */
export const STEP_UP_SOURCE_LAYER_VALUE_GATEWAY = 'gateway';
/** A service mesh. */
export const STEP_UP_SOURCE_LAYER_VALUE_MESH = 'mesh';
/** A program that calls the application. */
export const STEP_UP_SOURCE_LAYER_VALUE_CLIENT = 'client';

/** Values of `step_up.trigger.reason`. */
export type StepUpTriggerReason =
  | 'policy'
  | 'acr_insufficient'
  | 'auth_too_old'
  | 'risk_score'
  | 'new_device'
  | 'new_location'
  | 'sensitive_action'
  | 'amount_threshold'
  | 'admin_forced'
  | 'unknown';
/** A rule of the application asked for it. */
export const STEP_UP_TRIGGER_REASON_VALUE_POLICY = 'policy';
/** The authentication context class was too weak. */
export const STEP_UP_TRIGGER_REASON_VALUE_ACR_INSUFFICIENT = 'acr_insufficient';
/** The last active authentication was too long ago. */
export const STEP_UP_TRIGGER_REASON_VALUE_AUTH_TOO_OLD = 'auth_too_old';
/** A risk score passed its threshold. */
export const STEP_UP_TRIGGER_REASON_VALUE_RISK_SCORE = 'risk_score';
/** The device was not known. */
export const STEP_UP_TRIGGER_REASON_VALUE_NEW_DEVICE = 'new_device';
/** The location was not known. */
export const STEP_UP_TRIGGER_REASON_VALUE_NEW_LOCATION = 'new_location';
/** The action always needs a stronger proof. */
export const STEP_UP_TRIGGER_REASON_VALUE_SENSITIVE_ACTION = 'sensitive_action';
/** An amount passed its threshold. */
export const STEP_UP_TRIGGER_REASON_VALUE_AMOUNT_THRESHOLD = 'amount_threshold';
/** An administrator demanded it. */
export const STEP_UP_TRIGGER_REASON_VALUE_ADMIN_FORCED = 'admin_forced';
/** The reason could not be seen. */
export const STEP_UP_TRIGGER_REASON_VALUE_UNKNOWN = 'unknown';

/** Values of `step_up.webauthn.device_type`. */
export type StepUpWebauthnDeviceType = 'single_device' | 'multi_device';
/** The credential cannot leave its authenticator. */
export const STEP_UP_WEBAUTHN_DEVICE_TYPE_VALUE_SINGLE_DEVICE = 'single_device';
/** The credential may be synced. */
export const STEP_UP_WEBAUTHN_DEVICE_TYPE_VALUE_MULTI_DEVICE = 'multi_device';

/** Values of `stepseal.gap.cause`. */
export type StepsealGapCause = 'write_error' | 'disk_full' | 'not_writable' | 'no_key' | 'refused' | 'overflow';
/** The file could not be written. */
export const STEPSEAL_GAP_CAUSE_VALUE_WRITE_ERROR = 'write_error';
/** The disk was full. */
export const STEPSEAL_GAP_CAUSE_VALUE_DISK_FULL = 'disk_full';
/** The directory could not be written. */
export const STEPSEAL_GAP_CAUSE_VALUE_NOT_WRITABLE = 'not_writable';
/** There was no key to sign with. */
export const STEPSEAL_GAP_CAUSE_VALUE_NO_KEY = 'no_key';
/** A foreign record could not be encoded. */
export const STEPSEAL_GAP_CAUSE_VALUE_REFUSED = 'refused';
/** The queue reached its bound. */
export const STEPSEAL_GAP_CAUSE_VALUE_OVERFLOW = 'overflow';

/** Values of `stepseal.predecessor.cause`. */
export type StepsealPredecessorCause = 'first' | 'roll' | 'closed' | 'crash' | 'io_error';
/** Nothing came before in this writer's directory. */
export const STEPSEAL_PREDECESSOR_CAUSE_VALUE_FIRST = 'first';
/** The predecessor reached its size or age, or the clock jumped. */
export const STEPSEAL_PREDECESSOR_CAUSE_VALUE_ROLL = 'roll';
/** The predecessor was closed in order. */
export const STEPSEAL_PREDECESSOR_CAUSE_VALUE_CLOSED = 'closed';
/** The predecessor has no end; this stream adopts its tail. */
export const STEPSEAL_PREDECESSOR_CAUSE_VALUE_CRASH = 'crash';
/** The predecessor's file could no longer be trusted. */
export const STEPSEAL_PREDECESSOR_CAUSE_VALUE_IO_ERROR = 'io_error';

/** Values of `stepseal.verified.extent`. */
export type StepsealVerifiedExtent = 'full' | 'grown';
/** Everything there is. */
export const STEPSEAL_VERIFIED_EXTENT_VALUE_FULL = 'full';
/** Streams that are new or have grown since the verification before. */
export const STEPSEAL_VERIFIED_EXTENT_VALUE_GROWN = 'grown';

/** Values of `stepseal.verified.grade`. */
export type StepsealVerifiedGrade = 'WITNESSED' | 'ANCHORED' | 'SEALED' | 'INCOMPLETE' | 'CANNOT_VERIFY' | 'TAMPERED';
/** Sealed and cosigned by witnesses. */
export const STEPSEAL_VERIFIED_GRADE_VALUE_WITNESSED = 'WITNESSED';
/** Sealed and in a ledger. */
export const STEPSEAL_VERIFIED_GRADE_VALUE_ANCHORED = 'ANCHORED';
/** Every record is sealed by a trusted key and unaltered since. */
export const STEPSEAL_VERIFIED_GRADE_VALUE_SEALED = 'SEALED';
/** Nothing was altered and something is absent. */
export const STEPSEAL_VERIFIED_GRADE_VALUE_INCOMPLETE = 'INCOMPLETE';
/** It cannot be told. */
export const STEPSEAL_VERIFIED_GRADE_VALUE_CANNOT_VERIFY = 'CANNOT_VERIFY';
/** The records are not what was sealed. */
export const STEPSEAL_VERIFIED_GRADE_VALUE_TAMPERED = 'TAMPERED';
