// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

import type { AttributeDefinition } from '../registry-types.ts';

/** Name of an attribute of the registry. */
export type AttributeName =
  | 'audit.action'
  | 'audit.actor.id'
  | 'audit.actor.type'
  | 'audit.outcome'
  | 'audit.record.id'
  | 'audit.schema.version'
  | 'audit.sequence.end'
  | 'audit.sequence.number'
  | 'audit.sequence.previous_hash'
  | 'audit.sequence.previous_record_id'
  | 'audit.sequence.stream_id'
  | 'audit.source.id'
  | 'audit.source.type'
  | 'audit.target.id'
  | 'audit.target.type'
  | 'client.address'
  | 'error.type'
  | 'geo.country.iso_code'
  | 'geo.locality.name'
  | 'host.name'
  | 'http.request.method'
  | 'http.response.status_code'
  | 'http.route'
  | 'process.pid'
  | 'security_rule.name'
  | 'security_rule.uuid'
  | 'security_rule.version'
  | 'session.id'
  | 'session.previous_id'
  | 'step_up.aal'
  | 'step_up.access.result'
  | 'step_up.acr.achieved'
  | 'step_up.acr.requested'
  | 'step_up.action.link_digest'
  | 'step_up.action.name'
  | 'step_up.action.resource'
  | 'step_up.amr'
  | 'step_up.attempt.max'
  | 'step_up.attempt.number'
  | 'step_up.auth_time'
  | 'step_up.client.hash'
  | 'step_up.client.prefix'
  | 'step_up.clock.offset_bound_ms'
  | 'step_up.clock.synced'
  | 'step_up.correlation'
  | 'step_up.decision'
  | 'step_up.device.hash'
  | 'step_up.device.known'
  | 'step_up.duration_ms'
  | 'step_up.duration_source'
  | 'step_up.enrolment.change'
  | 'step_up.exemption'
  | 'step_up.id'
  | 'step_up.max_age_s'
  | 'step_up.method'
  | 'step_up.methods_offered'
  | 'step_up.outcome'
  | 'step_up.phishing_resistant'
  | 'step_up.requirement_met'
  | 'step_up.review.label'
  | 'step_up.risk.reasons'
  | 'step_up.risk.score_milli'
  | 'step_up.risk.threshold_milli'
  | 'step_up.sample_weight'
  | 'step_up.session.started_at'
  | 'step_up.source.layer'
  | 'step_up.source.library'
  | 'step_up.source.library_version'
  | 'step_up.trigger.detail'
  | 'step_up.trigger.reason'
  | 'step_up.webauthn.backed_up'
  | 'step_up.webauthn.device_type'
  | 'step_up.webauthn.user_verified'
  | 'stepseal.clock.monotonic_ms'
  | 'stepseal.clock.source'
  | 'stepseal.clock.wall_ms'
  | 'stepseal.deployment'
  | 'stepseal.format.version'
  | 'stepseal.gap.cause'
  | 'stepseal.gap.count'
  | 'stepseal.gap.event_names'
  | 'stepseal.gap.first_time'
  | 'stepseal.gap.last_time'
  | 'stepseal.identity.every_stream'
  | 'stepseal.identity.vkey'
  | 'stepseal.next.stream_id'
  | 'stepseal.next.vkey'
  | 'stepseal.predecessor.cause'
  | 'stepseal.predecessor.hash'
  | 'stepseal.predecessor.number'
  | 'stepseal.predecessor.stream_id'
  | 'stepseal.predecessor.torn_bytes'
  | 'stepseal.predecessor.torn_sha256'
  | 'stepseal.predecessor.valid_bytes'
  | 'stepseal.prune.policy'
  | 'stepseal.prune.root'
  | 'stepseal.prune.size'
  | 'stepseal.prune.stream_id'
  | 'stepseal.redaction.hash'
  | 'stepseal.refused_total'
  | 'stepseal.resource'
  | 'stepseal.sanitised'
  | 'stepseal.software.version'
  | 'stepseal.stream.vkey'
  | 'stepseal.undelivered.answer'
  | 'stepseal.undelivered.hash'
  | 'stepseal.undelivered.number'
  | 'stepseal.undelivered.stream_id'
  | 'stepseal.verified.codes'
  | 'stepseal.verified.declared_losses'
  | 'stepseal.verified.duration_ms'
  | 'stepseal.verified.extent'
  | 'stepseal.verified.findings.cannot_verify'
  | 'stepseal.verified.findings.incomplete'
  | 'stepseal.verified.findings.info'
  | 'stepseal.verified.findings.tampered'
  | 'stepseal.verified.grade'
  | 'stepseal.verified.known_heads_hash'
  | 'stepseal.verified.known_streams'
  | 'stepseal.verified.last_note_age_ms'
  | 'stepseal.verified.records'
  | 'stepseal.verified.sources'
  | 'stepseal.verified.streams'
  | 'stepseal.verified.trust_policy_hash'
  | 'stepseal.verified.uncovered_ms'
  | 'thread.id'
  | 'user.hash'
  | 'user.id'
  | 'user_agent.name'
  | 'user_agent.original';

/** Every attribute of the registry, in UTF-16 order of the names. */
export const ATTRIBUTES: Readonly<Record<AttributeName, AttributeDefinition>> = {
  'audit.action': { type: 'string', brief: 'What was done, as an upper-case verb.', maxBytes: 64 },
  'audit.actor.id': {
    type: 'string',
    brief: 'Who acted; equals `user.hash` unless `user.id` is opted in.',
    maxBytes: 256,
  },
  'audit.actor.type': { type: 'string', brief: 'Kind of actor.', values: ['user', 'service', 'system'] },
  'audit.outcome': {
    type: 'string',
    brief: 'Result of the action for readers that know only the audit signal.',
    values: ['success', 'failure', 'unknown'],
    fallback: 'unknown',
  },
  'audit.record.id': {
    type: 'string',
    brief: 'Identifier of this record, a UUIDv7 in lower case; the same in every delivery.',
    maxBytes: 36,
    chain: true,
  },
  'audit.schema.version': {
    type: 'string',
    brief: 'Version of this registry that the record follows.',
    maxBytes: 32,
    chain: true,
  },
  'audit.sequence.end': {
    type: 'boolean',
    brief: 'True on the last record of a stream that was closed in order.',
    chain: true,
  },
  'audit.sequence.number': {
    type: 'int',
    brief: 'Place of the record in its stream, counted 1, 2, 3 without a gap.',
    chain: true,
  },
  'audit.sequence.previous_hash': {
    type: 'string',
    brief: "SHA-256 of the previous record's payload, in lower-case hex.",
    maxBytes: 64,
    chain: true,
  },
  'audit.sequence.previous_record_id': {
    type: 'string',
    brief: "The previous record's `audit.record.id`.",
    maxBytes: 36,
    chain: true,
  },
  'audit.sequence.stream_id': {
    type: 'string',
    brief: 'Stream the record belongs to, a UUIDv7 in lower case, one per process instance and thread.',
    maxBytes: 36,
    chain: true,
  },
  'audit.source.id': {
    type: 'string',
    brief: 'Where the action came from; equals `step_up.client.prefix` unless the full address is opted in.',
    maxBytes: 64,
  },
  'audit.source.type': { type: 'string', brief: 'Kind of source.', maxBytes: 32 },
  'audit.target.id': {
    type: 'string',
    brief: 'What was acted on; a route template or a keyed hash, never a raw URL.',
    maxBytes: 256,
  },
  'audit.target.type': { type: 'string', brief: 'Kind of target.', maxBytes: 64 },
  'client.address': { type: 'string', brief: 'Full client address; opt-in.', maxBytes: 64 },
  'error.type': {
    type: 'string',
    brief: "Why it failed, from a closed list; never a library's message, because some embed the challenge.",
    values: [
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
    ],
    fallback: 'other',
  },
  'geo.country.iso_code': {
    type: 'string',
    brief: 'Country of the client, resolved before the address is shortened (ISO 3166-1 alpha-2).',
    maxBytes: 2,
  },
  'geo.locality.name': {
    type: 'string',
    brief: 'Town of the client, resolved before the address is shortened.',
    maxBytes: 128,
  },
  'host.name': { type: 'string', brief: 'Name of the host.', maxBytes: 255 },
  'http.request.method': {
    type: 'string',
    brief: 'HTTP request method.',
    values: ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE', '_OTHER'],
    fallback: '_OTHER',
  },
  'http.response.status_code': { type: 'int', brief: 'HTTP response status code.', maximum: 999 },
  'http.route': { type: 'string', brief: 'Route template; never a raw URL or a query.', maxBytes: 256 },
  'process.pid': { type: 'int', brief: 'Process id.' },
  'security_rule.name': { type: 'string', brief: 'Name of the rule that decided.', maxBytes: 256 },
  'security_rule.uuid': { type: 'string', brief: 'Identifier of the rule.', maxBytes: 64 },
  'security_rule.version': { type: 'string', brief: 'Version of the rule.', maxBytes: 64 },
  'session.id': { type: 'string', brief: 'Keyed hash of the session id, which is a bearer secret.', maxBytes: 128 },
  'session.previous_id': {
    type: 'string',
    brief: 'Keyed hash of the session id before it was renewed.',
    maxBytes: 128,
  },
  'step_up.aal': { type: 'int', brief: 'Authenticator assurance level reached (NIST SP 800-63B), 1 to 3.', maximum: 3 },
  'step_up.access.result': {
    type: 'string',
    brief: 'What the system then did.',
    values: ['granted', 'blocked', 'session_expired', 'session_revoked', 'deferred'],
  },
  'step_up.acr.achieved': { type: 'string', brief: 'Authentication context class that was reached.', maxBytes: 256 },
  'step_up.acr.requested': {
    type: 'string[]',
    brief: 'Authentication context classes that would have been accepted (RFC 9470 `acr_values`).',
    maxBytes: 256,
    maxItems: 8,
  },
  'step_up.action.link_digest': {
    type: 'string',
    brief: 'Keyed hash of amount, currency and payee (PSD2 dynamic linking).',
    maxBytes: 64,
  },
  'step_up.action.name': { type: 'string', brief: 'The action the step-up guards, of low cardinality.', maxBytes: 256 },
  'step_up.action.resource': { type: 'string', brief: 'Keyed hash of the thing acted on.', maxBytes: 64 },
  'step_up.amr': {
    type: 'string[]',
    brief: 'Authentication method references as the identity provider gave them (RFC 8176).',
    maxBytes: 64,
    maxItems: 16,
  },
  'step_up.attempt.max': { type: 'int', brief: 'Answers allowed before a lock.' },
  'step_up.attempt.number': { type: 'int', brief: 'Count of answers checked in this step-up, this one included.' },
  'step_up.auth_time': {
    type: 'string',
    brief: 'When the user last authenticated actively, RFC 3339 in UTC.',
    maxBytes: 32,
  },
  'step_up.client.hash': { type: 'string', brief: 'Keyed hash of the full client address.', maxBytes: 64 },
  'step_up.client.prefix': { type: 'string', brief: 'Client network, /24 for IPv4 and /48 for IPv6.', maxBytes: 64 },
  'step_up.clock.offset_bound_ms': {
    type: 'int',
    brief: "Largest offset of the host's clock from true time, in milliseconds.",
  },
  'step_up.clock.synced': { type: 'boolean', brief: "Whether the host's clock was known to be synchronised." },
  'step_up.correlation': {
    type: 'string',
    brief: 'How `step_up.id` was found.',
    values: ['derived', 'explicit', 'inferred'],
  },
  'step_up.decision': {
    type: 'string',
    brief: 'What the policy decided.',
    values: ['not_required', 'required', 'exempt', 'denied', 'error'],
  },
  'step_up.device.hash': { type: 'string', brief: 'Keyed hash of what tells the device from others.', maxBytes: 64 },
  'step_up.device.known': { type: 'boolean', brief: 'Whether the user was seen on this device before.' },
  'step_up.duration_ms': { type: 'int', brief: 'Time from challenge to end, in milliseconds.' },
  'step_up.duration_source': {
    type: 'string',
    brief: 'How the duration was measured.',
    values: ['local', 'derived', 'paired'],
  },
  'step_up.enrolment.change': {
    type: 'string',
    brief: 'What happened to the factor.',
    values: ['added', 'removed', 'reset'],
  },
  'step_up.exemption': {
    type: 'string',
    brief: 'Why a stronger proof was waived.',
    values: [
      'trusted_device',
      'recent_auth',
      'low_value',
      'trusted_beneficiary',
      'recurring',
      'transaction_risk',
      'corporate',
      'other',
    ],
    fallback: 'other',
  },
  'step_up.id': {
    type: 'string',
    brief:
      'Joins all records of one step-up, in any process; a keyed hash of the challenge, state, session or transaction id.',
    maxBytes: 64,
  },
  'step_up.max_age_s': {
    type: 'int',
    brief: 'Longest time since active authentication that would have been accepted, in seconds (RFC 9470 `max_age`).',
  },
  'step_up.method': {
    type: 'string',
    brief: 'Method of the stronger proof.',
    values: [
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
    ],
    fallback: 'other',
  },
  'step_up.methods_offered': {
    type: 'string[]',
    brief: 'Methods the user could choose from, with the values of `step_up.method`.',
    maxBytes: 32,
    maxItems: 16,
  },
  'step_up.outcome': {
    type: 'string',
    brief: 'How the step-up ended; never whether access was given.',
    values: ['passed', 'failed', 'denied', 'denied_fraud', 'expired', 'abandoned', 'locked_out', 'error'],
  },
  'step_up.phishing_resistant': { type: 'boolean', brief: 'Whether the method resists phishing.' },
  'step_up.requirement_met': {
    type: 'boolean',
    brief: 'Whether the demanded proof was at hand when access was decided.',
  },
  'step_up.review.label': {
    type: 'string',
    brief: 'What a later review found.',
    values: ['legitimate', 'fraud', 'false_positive'],
  },
  'step_up.risk.reasons': {
    type: 'string[]',
    brief: 'Names of the signals that raised the score.',
    maxBytes: 64,
    maxItems: 16,
  },
  'step_up.risk.score_milli': { type: 'int', brief: 'Risk score in thousandths.' },
  'step_up.risk.threshold_milli': { type: 'int', brief: 'Threshold the score was compared with, in thousandths.' },
  'step_up.sample_weight': {
    type: 'int',
    brief: 'How many evaluations this record stands for, where `not_required` is sampled.',
  },
  'step_up.session.started_at': { type: 'string', brief: 'When the session began, RFC 3339 in UTC.', maxBytes: 32 },
  'step_up.source.layer': {
    type: 'string',
    brief: 'Layer that saw the event.',
    values: ['app', 'idp', 'gateway', 'mesh', 'client'],
  },
  'step_up.source.library': {
    type: 'string',
    brief: "Library, or Node's own module, that saw the event.",
    maxBytes: 128,
  },
  'step_up.source.library_version': { type: 'string', brief: 'Version of that library.', maxBytes: 64 },
  'step_up.trigger.detail': {
    type: 'string',
    brief: "More on the reason, from a closed vocabulary or the rule's own text; never user input.",
    maxBytes: 256,
  },
  'step_up.trigger.reason': {
    type: 'string',
    brief: 'Why a stronger proof was demanded.',
    values: [
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
    ],
    fallback: 'unknown',
  },
  'step_up.webauthn.backed_up': { type: 'boolean', brief: 'Whether the credential is backed up at present.' },
  'step_up.webauthn.device_type': {
    type: 'string',
    brief: 'Whether the credential is bound to one device.',
    values: ['single_device', 'multi_device'],
  },
  'step_up.webauthn.user_verified': {
    type: 'boolean',
    brief: 'Whether the authenticator verified the user, by PIN or biometric.',
  },
  'stepseal.clock.monotonic_ms': { type: 'int', brief: 'Monotonic time at sealing, in milliseconds.' },
  'stepseal.clock.source': { type: 'string', brief: 'Where wall time came from.', maxBytes: 64 },
  'stepseal.clock.wall_ms': { type: 'int', brief: 'Wall time at sealing, milliseconds since 1970.' },
  'stepseal.deployment': {
    type: 'string',
    brief: 'Deployment the stream belongs to; key name and first part of the origin of its notes.',
    maxBytes: 200,
  },
  'stepseal.format.version': { type: 'string', brief: 'Version of the evidence format.', maxBytes: 16 },
  'stepseal.gap.cause': {
    type: 'string',
    brief: 'Why they were lost.',
    values: ['write_error', 'disk_full', 'not_writable', 'no_key', 'refused', 'overflow'],
  },
  'stepseal.gap.count': { type: 'int', brief: 'Records that were lost, never 0.' },
  'stepseal.gap.event_names': {
    type: 'string[]',
    brief: 'Names of the events that were lost.',
    maxBytes: 128,
    maxItems: 32,
  },
  'stepseal.gap.first_time': { type: 'string', brief: 'Time of the first one lost, RFC 3339 in UTC.', maxBytes: 32 },
  'stepseal.gap.last_time': { type: 'string', brief: 'Time of the last one lost, RFC 3339 in UTC.', maxBytes: 32 },
  'stepseal.identity.every_stream': {
    type: 'boolean',
    brief:
      "True where the stream after a roll carries the identity's signature too, and is not to be believed without.",
  },
  'stepseal.identity.vkey': {
    type: 'string',
    brief: "Verifier key of the identity key, which signs the stream's open note beside the stream key.",
    maxBytes: 512,
  },
  'stepseal.next.stream_id': { type: 'string', brief: 'Stream that continues this one.', maxBytes: 36 },
  'stepseal.next.vkey': { type: 'string', brief: "Verifier key of the next stream's key.", maxBytes: 512 },
  'stepseal.predecessor.cause': {
    type: 'string',
    brief: 'How the predecessor ended, or why there is none.',
    values: ['first', 'roll', 'closed', 'crash', 'io_error'],
  },
  'stepseal.predecessor.hash': {
    type: 'string',
    brief: 'Record hash of that record, in lower-case hex.',
    maxBytes: 64,
  },
  'stepseal.predecessor.number': {
    type: 'int',
    brief: "Number of the predecessor's last valid record; with cause `io_error` its last synced one.",
  },
  'stepseal.predecessor.stream_id': { type: 'string', brief: 'Stream this one continues.', maxBytes: 36 },
  'stepseal.predecessor.torn_bytes': { type: 'int', brief: 'Bytes after that.' },
  'stepseal.predecessor.torn_sha256': {
    type: 'string',
    brief: 'SHA-256 of those bytes, in lower-case hex.',
    maxBytes: 64,
  },
  'stepseal.predecessor.valid_bytes': {
    type: 'int',
    brief: "Length of the predecessor's file up to the end of its last valid line.",
  },
  'stepseal.prune.policy': { type: 'string', brief: 'Retention rule that allowed it.', maxBytes: 256 },
  'stepseal.prune.root': { type: 'string', brief: 'Root of its last note, in base64.', maxBytes: 44 },
  'stepseal.prune.size': { type: 'int', brief: 'Records in it.' },
  'stepseal.prune.stream_id': { type: 'string', brief: 'Stream whose file is deleted.', maxBytes: 36 },
  'stepseal.redaction.hash': {
    type: 'string',
    brief: 'SHA-256 of the redaction policy in force, in lower-case hex.',
    maxBytes: 64,
  },
  'stepseal.refused_total': {
    type: 'int',
    brief: 'Records declared lost in this stream so far; the sum of its gap counts.',
  },
  'stepseal.resource': {
    type: 'string',
    brief: 'Canonical JSON (RFC 8785) of the allow-listed Resource attributes, wrapped by type.',
    maxBytes: 8192,
  },
  'stepseal.sanitised': {
    type: 'string[]',
    brief:
      'Names of what had to be mended, cut or dropped before sealing, sorted; `unknown` stands for names outside the event.',
    maxBytes: 64,
    maxItems: 128,
    chain: true,
  },
  'stepseal.software.version': { type: 'string', brief: 'Version of the sealing software.', maxBytes: 64 },
  'stepseal.stream.vkey': {
    type: 'string',
    brief: 'Verifier key of the stream key, which signs every note of this stream.',
    maxBytes: 512,
  },
  'stepseal.undelivered.answer': { type: 'string', brief: 'What the receiver answered.', maxBytes: 256 },
  'stepseal.undelivered.hash': { type: 'string', brief: 'Its record hash, in lower-case hex.', maxBytes: 64 },
  'stepseal.undelivered.number': { type: 'int', brief: 'Its number.' },
  'stepseal.undelivered.stream_id': {
    type: 'string',
    brief: 'Stream of the record that was refused for good.',
    maxBytes: 36,
  },
  'stepseal.verified.codes': {
    type: 'string[]',
    brief: 'Codes of the findings, each once, those of tampering first.',
    maxBytes: 64,
    maxItems: 32,
  },
  'stepseal.verified.declared_losses': { type: 'int', brief: 'Records that the writers themselves declared lost.' },
  'stepseal.verified.duration_ms': { type: 'int', brief: 'Duration of the verification in milliseconds.' },
  'stepseal.verified.extent': {
    type: 'string',
    brief: 'How much of it was read.',
    values: ['full', 'grown'],
    fallback: 'grown',
  },
  'stepseal.verified.findings.cannot_verify': { type: 'int', brief: 'Findings of what cannot be verified.' },
  'stepseal.verified.findings.incomplete': { type: 'int', brief: 'Findings of what is absent.' },
  'stepseal.verified.findings.info': { type: 'int', brief: 'Findings that are information.' },
  'stepseal.verified.findings.tampered': { type: 'int', brief: 'Findings of tampering.' },
  'stepseal.verified.grade': {
    type: 'string',
    brief: 'Verdict of the verification.',
    values: ['WITNESSED', 'ANCHORED', 'SEALED', 'INCOMPLETE', 'CANNOT_VERIFY', 'TAMPERED'],
    fallback: 'CANNOT_VERIFY',
  },
  'stepseal.verified.known_heads_hash': {
    type: 'string',
    brief: 'SHA-256 of the file of known heads as this verification left it, in lower-case hex.',
    maxBytes: 64,
  },
  'stepseal.verified.known_streams': {
    type: 'int',
    brief: 'Streams whose last verified note is remembered for the next verification.',
  },
  'stepseal.verified.last_note_age_ms': {
    type: 'int',
    brief: 'Age of the newest trusted note at the end of the verification, in milliseconds.',
  },
  'stepseal.verified.records': { type: 'int', brief: 'Records under trusted notes in those streams.' },
  'stepseal.verified.sources': {
    type: 'string[]',
    brief: 'What was verified; of Elasticsearch the pattern of its data streams.',
    maxBytes: 256,
    maxItems: 16,
  },
  'stepseal.verified.streams': { type: 'int', brief: 'Streams that were read.' },
  'stepseal.verified.trust_policy_hash': {
    type: 'string',
    brief: 'SHA-256 of the trust policy that was used, in lower-case hex.',
    maxBytes: 64,
  },
  'stepseal.verified.uncovered_ms': {
    type: 'int',
    brief: 'The longest time after a last trusted note that nothing covers, in milliseconds.',
  },
  'thread.id': { type: 'int', brief: 'Worker thread id, 0 for the main thread.' },
  'user.hash': { type: 'string', brief: 'Keyed hash of the user id.', maxBytes: 128 },
  'user.id': { type: 'string', brief: 'The user id in clear; opt-in.', maxBytes: 256 },
  'user_agent.name': { type: 'string', brief: 'Family of the user agent.', maxBytes: 64 },
  'user_agent.original': { type: 'string', brief: 'The User-Agent header in full; opt-in.', maxBytes: 512 },
};
