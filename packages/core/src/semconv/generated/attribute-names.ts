// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

/** What was done, as an upper-case verb. */
export const ATTR_AUDIT_ACTION = 'audit.action';
/** Who acted; equals `user.hash` unless `user.id` is opted in. */
export const ATTR_AUDIT_ACTOR_ID = 'audit.actor.id';
/** Kind of actor. */
export const ATTR_AUDIT_ACTOR_TYPE = 'audit.actor.type';
/** Result of the action for readers that know only the audit signal. */
export const ATTR_AUDIT_OUTCOME = 'audit.outcome';
/** Identifier of this record, a UUIDv7 in lower case; the same in every delivery. */
export const ATTR_AUDIT_RECORD_ID = 'audit.record.id';
/** Version of this registry that the record follows. */
export const ATTR_AUDIT_SCHEMA_VERSION = 'audit.schema.version';
/** True on the last record of a stream that was closed in order. */
export const ATTR_AUDIT_SEQUENCE_END = 'audit.sequence.end';
/** Place of the record in its stream, counted 1, 2, 3 without a gap. */
export const ATTR_AUDIT_SEQUENCE_NUMBER = 'audit.sequence.number';
/** SHA-256 of the previous record's payload, in lower-case hex. */
export const ATTR_AUDIT_SEQUENCE_PREVIOUS_HASH = 'audit.sequence.previous_hash';
/** The previous record's `audit.record.id`. */
export const ATTR_AUDIT_SEQUENCE_PREVIOUS_RECORD_ID = 'audit.sequence.previous_record_id';
/** Stream the record belongs to, a UUIDv7 in lower case, one per process instance and thread. */
export const ATTR_AUDIT_SEQUENCE_STREAM_ID = 'audit.sequence.stream_id';
/** Where the action came from; equals `step_up.client.prefix` unless the full address is opted in. */
export const ATTR_AUDIT_SOURCE_ID = 'audit.source.id';
/** Kind of source. */
export const ATTR_AUDIT_SOURCE_TYPE = 'audit.source.type';
/** What was acted on; a route template or a keyed hash, never a raw URL. */
export const ATTR_AUDIT_TARGET_ID = 'audit.target.id';
/** Kind of target. */
export const ATTR_AUDIT_TARGET_TYPE = 'audit.target.type';
/** Full client address; opt-in. */
export const ATTR_CLIENT_ADDRESS = 'client.address';
/** Why it failed, from a closed list; never a library's message, because some embed the challenge. */
export const ATTR_ERROR_TYPE = 'error.type';
/** Country of the client, resolved before the address is shortened (ISO 3166-1 alpha-2). */
export const ATTR_GEO_COUNTRY_ISO_CODE = 'geo.country.iso_code';
/** Town of the client, resolved before the address is shortened. */
export const ATTR_GEO_LOCALITY_NAME = 'geo.locality.name';
/** Name of the host. */
export const ATTR_HOST_NAME = 'host.name';
/** HTTP request method. */
export const ATTR_HTTP_REQUEST_METHOD = 'http.request.method';
/** HTTP response status code. */
export const ATTR_HTTP_RESPONSE_STATUS_CODE = 'http.response.status_code';
/** Route template; never a raw URL or a query. */
export const ATTR_HTTP_ROUTE = 'http.route';
/** Process id. */
export const ATTR_PROCESS_PID = 'process.pid';
/** Name of the rule that decided. */
export const ATTR_SECURITY_RULE_NAME = 'security_rule.name';
/** Identifier of the rule. */
export const ATTR_SECURITY_RULE_UUID = 'security_rule.uuid';
/** Version of the rule. */
export const ATTR_SECURITY_RULE_VERSION = 'security_rule.version';
/** Keyed hash of the session id, which is a bearer secret. */
export const ATTR_SESSION_ID = 'session.id';
/** Keyed hash of the session id before it was renewed. */
export const ATTR_SESSION_PREVIOUS_ID = 'session.previous_id';
/** Authenticator assurance level reached (NIST SP 800-63B), 1 to 3. */
export const ATTR_STEP_UP_AAL = 'step_up.aal';
/** What the system then did. */
export const ATTR_STEP_UP_ACCESS_RESULT = 'step_up.access.result';
/** Authentication context class that was reached. */
export const ATTR_STEP_UP_ACR_ACHIEVED = 'step_up.acr.achieved';
/** Authentication context classes that would have been accepted (RFC 9470 `acr_values`). */
export const ATTR_STEP_UP_ACR_REQUESTED = 'step_up.acr.requested';
/** Keyed hash of amount, currency and payee (PSD2 dynamic linking). */
export const ATTR_STEP_UP_ACTION_LINK_DIGEST = 'step_up.action.link_digest';
/** The action the step-up guards, of low cardinality. */
export const ATTR_STEP_UP_ACTION_NAME = 'step_up.action.name';
/** Keyed hash of the thing acted on. */
export const ATTR_STEP_UP_ACTION_RESOURCE = 'step_up.action.resource';
/** Authentication method references as the identity provider gave them (RFC 8176). */
export const ATTR_STEP_UP_AMR = 'step_up.amr';
/** Answers allowed before a lock. */
export const ATTR_STEP_UP_ATTEMPT_MAX = 'step_up.attempt.max';
/** Count of answers checked in this step-up, this one included. */
export const ATTR_STEP_UP_ATTEMPT_NUMBER = 'step_up.attempt.number';
/** When the user last authenticated actively, RFC 3339 in UTC. */
export const ATTR_STEP_UP_AUTH_TIME = 'step_up.auth_time';
/** Keyed hash of the full client address. */
export const ATTR_STEP_UP_CLIENT_HASH = 'step_up.client.hash';
/** Client network, /24 for IPv4 and /48 for IPv6. */
export const ATTR_STEP_UP_CLIENT_PREFIX = 'step_up.client.prefix';
/** Largest offset of the host's clock from true time, in milliseconds. */
export const ATTR_STEP_UP_CLOCK_OFFSET_BOUND_MS = 'step_up.clock.offset_bound_ms';
/** Whether the host's clock was known to be synchronised. */
export const ATTR_STEP_UP_CLOCK_SYNCED = 'step_up.clock.synced';
/** How `step_up.id` was found. */
export const ATTR_STEP_UP_CORRELATION = 'step_up.correlation';
/** What the policy decided. */
export const ATTR_STEP_UP_DECISION = 'step_up.decision';
/** Keyed hash of what tells the device from others. */
export const ATTR_STEP_UP_DEVICE_HASH = 'step_up.device.hash';
/** Whether the user was seen on this device before. */
export const ATTR_STEP_UP_DEVICE_KNOWN = 'step_up.device.known';
/** Time from challenge to end, in milliseconds. */
export const ATTR_STEP_UP_DURATION_MS = 'step_up.duration_ms';
/** How the duration was measured. */
export const ATTR_STEP_UP_DURATION_SOURCE = 'step_up.duration_source';
/** What happened to the factor. */
export const ATTR_STEP_UP_ENROLMENT_CHANGE = 'step_up.enrolment.change';
/** Why a stronger proof was waived. */
export const ATTR_STEP_UP_EXEMPTION = 'step_up.exemption';
/** Joins all records of one step-up, in any process; a keyed hash of the challenge, state, session or transaction id. */
export const ATTR_STEP_UP_ID = 'step_up.id';
/** Longest time since active authentication that would have been accepted, in seconds (RFC 9470 `max_age`). */
export const ATTR_STEP_UP_MAX_AGE_S = 'step_up.max_age_s';
/** Method of the stronger proof. */
export const ATTR_STEP_UP_METHOD = 'step_up.method';
/** Methods the user could choose from, with the values of `step_up.method`. */
export const ATTR_STEP_UP_METHODS_OFFERED = 'step_up.methods_offered';
/** How the step-up ended; never whether access was given. */
export const ATTR_STEP_UP_OUTCOME = 'step_up.outcome';
/** Whether the method resists phishing. */
export const ATTR_STEP_UP_PHISHING_RESISTANT = 'step_up.phishing_resistant';
/** Whether the demanded proof was at hand when access was decided. */
export const ATTR_STEP_UP_REQUIREMENT_MET = 'step_up.requirement_met';
/** What a later review found. */
export const ATTR_STEP_UP_REVIEW_LABEL = 'step_up.review.label';
/** Names of the signals that raised the score. */
export const ATTR_STEP_UP_RISK_REASONS = 'step_up.risk.reasons';
/** Risk score in thousandths. */
export const ATTR_STEP_UP_RISK_SCORE_MILLI = 'step_up.risk.score_milli';
/** Threshold the score was compared with, in thousandths. */
export const ATTR_STEP_UP_RISK_THRESHOLD_MILLI = 'step_up.risk.threshold_milli';
/** How many evaluations this record stands for, where `not_required` is sampled. */
export const ATTR_STEP_UP_SAMPLE_WEIGHT = 'step_up.sample_weight';
/** When the session began, RFC 3339 in UTC. */
export const ATTR_STEP_UP_SESSION_STARTED_AT = 'step_up.session.started_at';
/** Layer that saw the event. */
export const ATTR_STEP_UP_SOURCE_LAYER = 'step_up.source.layer';
/** Library, or Node's own module, that saw the event. */
export const ATTR_STEP_UP_SOURCE_LIBRARY = 'step_up.source.library';
/** Version of that library. */
export const ATTR_STEP_UP_SOURCE_LIBRARY_VERSION = 'step_up.source.library_version';
/** More on the reason, from a closed vocabulary or the rule's own text; never user input. */
export const ATTR_STEP_UP_TRIGGER_DETAIL = 'step_up.trigger.detail';
/** Why a stronger proof was demanded. */
export const ATTR_STEP_UP_TRIGGER_REASON = 'step_up.trigger.reason';
/** Whether the credential is backed up at present. */
export const ATTR_STEP_UP_WEBAUTHN_BACKED_UP = 'step_up.webauthn.backed_up';
/** Whether the credential is bound to one device. */
export const ATTR_STEP_UP_WEBAUTHN_DEVICE_TYPE = 'step_up.webauthn.device_type';
/** Whether the authenticator verified the user, by PIN or biometric. */
export const ATTR_STEP_UP_WEBAUTHN_USER_VERIFIED = 'step_up.webauthn.user_verified';
/** Monotonic time at sealing, in milliseconds. */
export const ATTR_STEPSEAL_CLOCK_MONOTONIC_MS = 'stepseal.clock.monotonic_ms';
/** Where wall time came from. */
export const ATTR_STEPSEAL_CLOCK_SOURCE = 'stepseal.clock.source';
/** Wall time at sealing, milliseconds since 1970. */
export const ATTR_STEPSEAL_CLOCK_WALL_MS = 'stepseal.clock.wall_ms';
/** Deployment the stream belongs to; key name and first part of the origin of its notes. */
export const ATTR_STEPSEAL_DEPLOYMENT = 'stepseal.deployment';
/** Version of the evidence format. */
export const ATTR_STEPSEAL_FORMAT_VERSION = 'stepseal.format.version';
/** Why they were lost. */
export const ATTR_STEPSEAL_GAP_CAUSE = 'stepseal.gap.cause';
/** Records that were lost, never 0. */
export const ATTR_STEPSEAL_GAP_COUNT = 'stepseal.gap.count';
/** Names of the events that were lost. */
export const ATTR_STEPSEAL_GAP_EVENT_NAMES = 'stepseal.gap.event_names';
/** Time of the first one lost, RFC 3339 in UTC. */
export const ATTR_STEPSEAL_GAP_FIRST_TIME = 'stepseal.gap.first_time';
/** Time of the last one lost, RFC 3339 in UTC. */
export const ATTR_STEPSEAL_GAP_LAST_TIME = 'stepseal.gap.last_time';
/** True where the stream after a roll carries the identity's signature too, and is not to be believed without. */
export const ATTR_STEPSEAL_IDENTITY_EVERY_STREAM = 'stepseal.identity.every_stream';
/** Verifier key of the identity key, which signs the stream's open note beside the stream key. */
export const ATTR_STEPSEAL_IDENTITY_VKEY = 'stepseal.identity.vkey';
/** Stream that continues this one. */
export const ATTR_STEPSEAL_NEXT_STREAM_ID = 'stepseal.next.stream_id';
/** Verifier key of the next stream's key. */
export const ATTR_STEPSEAL_NEXT_VKEY = 'stepseal.next.vkey';
/** How the predecessor ended, or why there is none. */
export const ATTR_STEPSEAL_PREDECESSOR_CAUSE = 'stepseal.predecessor.cause';
/** Record hash of that record, in lower-case hex. */
export const ATTR_STEPSEAL_PREDECESSOR_HASH = 'stepseal.predecessor.hash';
/** Number of the predecessor's last valid record; with cause `io_error` its last synced one. */
export const ATTR_STEPSEAL_PREDECESSOR_NUMBER = 'stepseal.predecessor.number';
/** Stream this one continues. */
export const ATTR_STEPSEAL_PREDECESSOR_STREAM_ID = 'stepseal.predecessor.stream_id';
/** Bytes after that. */
export const ATTR_STEPSEAL_PREDECESSOR_TORN_BYTES = 'stepseal.predecessor.torn_bytes';
/** SHA-256 of those bytes, in lower-case hex. */
export const ATTR_STEPSEAL_PREDECESSOR_TORN_SHA256 = 'stepseal.predecessor.torn_sha256';
/** Length of the predecessor's file up to the end of its last valid line. */
export const ATTR_STEPSEAL_PREDECESSOR_VALID_BYTES = 'stepseal.predecessor.valid_bytes';
/** Retention rule that allowed it. */
export const ATTR_STEPSEAL_PRUNE_POLICY = 'stepseal.prune.policy';
/** Root of its last note, in base64. */
export const ATTR_STEPSEAL_PRUNE_ROOT = 'stepseal.prune.root';
/** Records in it. */
export const ATTR_STEPSEAL_PRUNE_SIZE = 'stepseal.prune.size';
/** Stream whose file is deleted. */
export const ATTR_STEPSEAL_PRUNE_STREAM_ID = 'stepseal.prune.stream_id';
/** SHA-256 of the redaction policy in force, in lower-case hex. */
export const ATTR_STEPSEAL_REDACTION_HASH = 'stepseal.redaction.hash';
/** Records declared lost in this stream so far; the sum of its gap counts. */
export const ATTR_STEPSEAL_REFUSED_TOTAL = 'stepseal.refused_total';
/** Canonical JSON (RFC 8785) of the allow-listed Resource attributes, wrapped by type. */
export const ATTR_STEPSEAL_RESOURCE = 'stepseal.resource';
/** Names of what had to be mended, cut or dropped before sealing, sorted; `unknown` stands for names outside the event. */
export const ATTR_STEPSEAL_SANITISED = 'stepseal.sanitised';
/** Version of the sealing software. */
export const ATTR_STEPSEAL_SOFTWARE_VERSION = 'stepseal.software.version';
/** Verifier key of the stream key, which signs every note of this stream. */
export const ATTR_STEPSEAL_STREAM_VKEY = 'stepseal.stream.vkey';
/** What the receiver answered. */
export const ATTR_STEPSEAL_UNDELIVERED_ANSWER = 'stepseal.undelivered.answer';
/** Its record hash, in lower-case hex. */
export const ATTR_STEPSEAL_UNDELIVERED_HASH = 'stepseal.undelivered.hash';
/** Its number. */
export const ATTR_STEPSEAL_UNDELIVERED_NUMBER = 'stepseal.undelivered.number';
/** Stream of the record that was refused for good. */
export const ATTR_STEPSEAL_UNDELIVERED_STREAM_ID = 'stepseal.undelivered.stream_id';
/** Codes of the findings, each once, those of tampering first. */
export const ATTR_STEPSEAL_VERIFIED_CODES = 'stepseal.verified.codes';
/** Records that the writers themselves declared lost. */
export const ATTR_STEPSEAL_VERIFIED_DECLARED_LOSSES = 'stepseal.verified.declared_losses';
/** Duration of the verification in milliseconds. */
export const ATTR_STEPSEAL_VERIFIED_DURATION_MS = 'stepseal.verified.duration_ms';
/** How much of it was read. */
export const ATTR_STEPSEAL_VERIFIED_EXTENT = 'stepseal.verified.extent';
/** Findings of what cannot be verified. */
export const ATTR_STEPSEAL_VERIFIED_FINDINGS_CANNOT_VERIFY = 'stepseal.verified.findings.cannot_verify';
/** Findings of what is absent. */
export const ATTR_STEPSEAL_VERIFIED_FINDINGS_INCOMPLETE = 'stepseal.verified.findings.incomplete';
/** Findings that are information. */
export const ATTR_STEPSEAL_VERIFIED_FINDINGS_INFO = 'stepseal.verified.findings.info';
/** Findings of tampering. */
export const ATTR_STEPSEAL_VERIFIED_FINDINGS_TAMPERED = 'stepseal.verified.findings.tampered';
/** Verdict of the verification. */
export const ATTR_STEPSEAL_VERIFIED_GRADE = 'stepseal.verified.grade';
/** SHA-256 of the file of known heads as this verification left it, in lower-case hex. */
export const ATTR_STEPSEAL_VERIFIED_KNOWN_HEADS_HASH = 'stepseal.verified.known_heads_hash';
/** Streams whose last verified note is remembered for the next verification. */
export const ATTR_STEPSEAL_VERIFIED_KNOWN_STREAMS = 'stepseal.verified.known_streams';
/** Age of the newest trusted note at the end of the verification, in milliseconds. */
export const ATTR_STEPSEAL_VERIFIED_LAST_NOTE_AGE_MS = 'stepseal.verified.last_note_age_ms';
/** Records under trusted notes in those streams. */
export const ATTR_STEPSEAL_VERIFIED_RECORDS = 'stepseal.verified.records';
/** What was verified; of Elasticsearch the pattern of its data streams. */
export const ATTR_STEPSEAL_VERIFIED_SOURCES = 'stepseal.verified.sources';
/** Streams that were read. */
export const ATTR_STEPSEAL_VERIFIED_STREAMS = 'stepseal.verified.streams';
/** SHA-256 of the trust policy that was used, in lower-case hex. */
export const ATTR_STEPSEAL_VERIFIED_TRUST_POLICY_HASH = 'stepseal.verified.trust_policy_hash';
/** The longest time after a last trusted note that nothing covers, in milliseconds. */
export const ATTR_STEPSEAL_VERIFIED_UNCOVERED_MS = 'stepseal.verified.uncovered_ms';
/** Worker thread id, 0 for the main thread. */
export const ATTR_THREAD_ID = 'thread.id';
/** Keyed hash of the user id. */
export const ATTR_USER_HASH = 'user.hash';
/** The user id in clear; opt-in. */
export const ATTR_USER_ID = 'user.id';
/** Family of the user agent. */
export const ATTR_USER_AGENT_NAME = 'user_agent.name';
/** The User-Agent header in full; opt-in. */
export const ATTR_USER_AGENT_ORIGINAL = 'user_agent.original';
