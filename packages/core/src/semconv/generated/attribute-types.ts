// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run `npm run generate`.

import type {
  AuditActorType,
  AuditOutcome,
  ErrorType,
  HttpRequestMethod,
  StepUpAccessResult,
  StepUpCorrelation,
  StepUpDecision,
  StepUpDurationSource,
  StepUpEnrolmentChange,
  StepUpExemption,
  StepUpMethod,
  StepUpOutcome,
  StepUpReviewLabel,
  StepUpSourceLayer,
  StepUpTriggerReason,
  StepUpWebauthnDeviceType,
  StepsealGapCause,
  StepsealPredecessorCause,
  StepsealVerifiedExtent,
  StepsealVerifiedGrade,
} from './values.ts';

/** Attributes an application may set, by name. Which of them an event carries is in `EVENTS`. */
export interface RegistryAttributes {
  /** What was done, as an upper-case verb. */
  'audit.action'?: string | undefined;
  /** Who acted; equals `user.hash` unless `user.id` is opted in. */
  'audit.actor.id'?: string | undefined;
  /** Kind of actor. */
  'audit.actor.type'?: AuditActorType | undefined;
  /** Result of the action for readers that know only the audit signal. */
  'audit.outcome'?: AuditOutcome | undefined;
  /** Where the action came from; equals `step_up.client.prefix` unless the full address is opted in. */
  'audit.source.id'?: string | undefined;
  /** Kind of source. */
  'audit.source.type'?: string | undefined;
  /** What was acted on; a route template or a keyed hash, never a raw URL. */
  'audit.target.id'?: string | undefined;
  /** Kind of target. */
  'audit.target.type'?: string | undefined;
  /** Full client address; opt-in. */
  'client.address'?: string | undefined;
  /** Why it failed, from a closed list; never a library's message, because some embed the challenge. */
  'error.type'?: ErrorType | undefined;
  /** Country of the client, resolved before the address is shortened (ISO 3166-1 alpha-2). */
  'geo.country.iso_code'?: string | undefined;
  /** Town of the client, resolved before the address is shortened. */
  'geo.locality.name'?: string | undefined;
  /** Name of the host. */
  'host.name'?: string | undefined;
  /** HTTP request method. */
  'http.request.method'?: HttpRequestMethod | undefined;
  /** HTTP response status code. */
  'http.response.status_code'?: number | undefined;
  /** Route template; never a raw URL or a query. */
  'http.route'?: string | undefined;
  /** Process id. */
  'process.pid'?: number | undefined;
  /** Name of the rule that decided. */
  'security_rule.name'?: string | undefined;
  /** Identifier of the rule. */
  'security_rule.uuid'?: string | undefined;
  /** Version of the rule. */
  'security_rule.version'?: string | undefined;
  /** Keyed hash of the session id, which is a bearer secret. */
  'session.id'?: string | undefined;
  /** Keyed hash of the session id before it was renewed. */
  'session.previous_id'?: string | undefined;
  /** Authenticator assurance level reached (NIST SP 800-63B), 1 to 3. */
  'step_up.aal'?: number | undefined;
  /** What the system then did. */
  'step_up.access.result'?: StepUpAccessResult | undefined;
  /** Authentication context class that was reached. */
  'step_up.acr.achieved'?: string | undefined;
  /** Authentication context classes that would have been accepted (RFC 9470 `acr_values`). */
  'step_up.acr.requested'?: readonly string[] | undefined;
  /** Keyed hash of amount, currency and payee (PSD2 dynamic linking). */
  'step_up.action.link_digest'?: string | undefined;
  /** The action the step-up guards, of low cardinality. */
  'step_up.action.name'?: string | undefined;
  /** Keyed hash of the thing acted on. */
  'step_up.action.resource'?: string | undefined;
  /** Authentication method references as the identity provider gave them (RFC 8176). */
  'step_up.amr'?: readonly string[] | undefined;
  /** Answers allowed before a lock. */
  'step_up.attempt.max'?: number | undefined;
  /** Count of answers checked in this step-up, this one included. */
  'step_up.attempt.number'?: number | undefined;
  /** When the user last authenticated actively, RFC 3339 in UTC. */
  'step_up.auth_time'?: string | undefined;
  /** Keyed hash of the full client address. */
  'step_up.client.hash'?: string | undefined;
  /** Client network, /24 for IPv4 and /48 for IPv6. */
  'step_up.client.prefix'?: string | undefined;
  /** Largest offset of the host's clock from true time, in milliseconds. */
  'step_up.clock.offset_bound_ms'?: number | undefined;
  /** Whether the host's clock was known to be synchronised. */
  'step_up.clock.synced'?: boolean | undefined;
  /** How `step_up.id` was found. */
  'step_up.correlation'?: StepUpCorrelation | undefined;
  /** What the policy decided. */
  'step_up.decision'?: StepUpDecision | undefined;
  /** Keyed hash of what tells the device from others. */
  'step_up.device.hash'?: string | undefined;
  /** Whether the user was seen on this device before. */
  'step_up.device.known'?: boolean | undefined;
  /** Time from challenge to end, in milliseconds. */
  'step_up.duration_ms'?: number | undefined;
  /** How the duration was measured. */
  'step_up.duration_source'?: StepUpDurationSource | undefined;
  /** What happened to the factor. */
  'step_up.enrolment.change'?: StepUpEnrolmentChange | undefined;
  /** Why a stronger proof was waived. */
  'step_up.exemption'?: StepUpExemption | undefined;
  /** Joins all records of one step-up, in any process; a keyed hash of the challenge, state, session or transaction id. */
  'step_up.id'?: string | undefined;
  /** Longest time since active authentication that would have been accepted, in seconds (RFC 9470 `max_age`). */
  'step_up.max_age_s'?: number | undefined;
  /** Method of the stronger proof. */
  'step_up.method'?: StepUpMethod | undefined;
  /** Methods the user could choose from, with the values of `step_up.method`. */
  'step_up.methods_offered'?: readonly string[] | undefined;
  /** How the step-up ended; never whether access was given. */
  'step_up.outcome'?: StepUpOutcome | undefined;
  /** Whether the method resists phishing. */
  'step_up.phishing_resistant'?: boolean | undefined;
  /** Whether the demanded proof was at hand when access was decided. */
  'step_up.requirement_met'?: boolean | undefined;
  /** What a later review found. */
  'step_up.review.label'?: StepUpReviewLabel | undefined;
  /** Names of the signals that raised the score. */
  'step_up.risk.reasons'?: readonly string[] | undefined;
  /** Risk score in thousandths. */
  'step_up.risk.score_milli'?: number | undefined;
  /** Threshold the score was compared with, in thousandths. */
  'step_up.risk.threshold_milli'?: number | undefined;
  /** How many evaluations this record stands for, where `not_required` is sampled. */
  'step_up.sample_weight'?: number | undefined;
  /** When the session began, RFC 3339 in UTC. */
  'step_up.session.started_at'?: string | undefined;
  /** Layer that saw the event. */
  'step_up.source.layer'?: StepUpSourceLayer | undefined;
  /** Library, or Node's own module, that saw the event. */
  'step_up.source.library'?: string | undefined;
  /** Version of that library. */
  'step_up.source.library_version'?: string | undefined;
  /** More on the reason, from a closed vocabulary or the rule's own text; never user input. */
  'step_up.trigger.detail'?: string | undefined;
  /** Why a stronger proof was demanded. */
  'step_up.trigger.reason'?: StepUpTriggerReason | undefined;
  /** Whether the credential is backed up at present. */
  'step_up.webauthn.backed_up'?: boolean | undefined;
  /** Whether the credential is bound to one device. */
  'step_up.webauthn.device_type'?: StepUpWebauthnDeviceType | undefined;
  /** Whether the authenticator verified the user, by PIN or biometric. */
  'step_up.webauthn.user_verified'?: boolean | undefined;
  /** Monotonic time at sealing, in milliseconds. */
  'stepseal.clock.monotonic_ms'?: number | undefined;
  /** Where wall time came from. */
  'stepseal.clock.source'?: string | undefined;
  /** Wall time at sealing, milliseconds since 1970. */
  'stepseal.clock.wall_ms'?: number | undefined;
  /** Deployment the stream belongs to; key name and first part of the origin of its notes. */
  'stepseal.deployment'?: string | undefined;
  /** Version of the evidence format. */
  'stepseal.format.version'?: string | undefined;
  /** Why they were lost. */
  'stepseal.gap.cause'?: StepsealGapCause | undefined;
  /** Records that were lost, never 0. */
  'stepseal.gap.count'?: number | undefined;
  /** Names of the events that were lost. */
  'stepseal.gap.event_names'?: readonly string[] | undefined;
  /** Time of the first one lost, RFC 3339 in UTC. */
  'stepseal.gap.first_time'?: string | undefined;
  /** Time of the last one lost, RFC 3339 in UTC. */
  'stepseal.gap.last_time'?: string | undefined;
  /** True where the stream after a roll carries the identity's signature too, and is not to be believed without. */
  'stepseal.identity.every_stream'?: boolean | undefined;
  /** Verifier key of the identity key, which signs the stream's open note beside the stream key. */
  'stepseal.identity.vkey'?: string | undefined;
  /** Stream that continues this one. */
  'stepseal.next.stream_id'?: string | undefined;
  /** Verifier key of the next stream's key. */
  'stepseal.next.vkey'?: string | undefined;
  /** How the predecessor ended, or why there is none. */
  'stepseal.predecessor.cause'?: StepsealPredecessorCause | undefined;
  /** Record hash of that record, in lower-case hex. */
  'stepseal.predecessor.hash'?: string | undefined;
  /** Number of the predecessor's last valid record; with cause `io_error` its last synced one. */
  'stepseal.predecessor.number'?: number | undefined;
  /** Stream this one continues. */
  'stepseal.predecessor.stream_id'?: string | undefined;
  /** Bytes after that. */
  'stepseal.predecessor.torn_bytes'?: number | undefined;
  /** SHA-256 of those bytes, in lower-case hex. */
  'stepseal.predecessor.torn_sha256'?: string | undefined;
  /** Length of the predecessor's file up to the end of its last valid line. */
  'stepseal.predecessor.valid_bytes'?: number | undefined;
  /** Retention rule that allowed it. */
  'stepseal.prune.policy'?: string | undefined;
  /** Root of its last note, in base64. */
  'stepseal.prune.root'?: string | undefined;
  /** Records in it. */
  'stepseal.prune.size'?: number | undefined;
  /** Stream whose file is deleted. */
  'stepseal.prune.stream_id'?: string | undefined;
  /** SHA-256 of the redaction policy in force, in lower-case hex. */
  'stepseal.redaction.hash'?: string | undefined;
  /** Records declared lost in this stream so far; the sum of its gap counts. */
  'stepseal.refused_total'?: number | undefined;
  /** Canonical JSON (RFC 8785) of the allow-listed Resource attributes, wrapped by type. */
  'stepseal.resource'?: string | undefined;
  /** Version of the sealing software. */
  'stepseal.software.version'?: string | undefined;
  /** Verifier key of the stream key, which signs every note of this stream. */
  'stepseal.stream.vkey'?: string | undefined;
  /** What the receiver answered. */
  'stepseal.undelivered.answer'?: string | undefined;
  /** Its record hash, in lower-case hex. */
  'stepseal.undelivered.hash'?: string | undefined;
  /** Its number. */
  'stepseal.undelivered.number'?: number | undefined;
  /** Stream of the record that was refused for good. */
  'stepseal.undelivered.stream_id'?: string | undefined;
  /** Codes of the findings, each once, those of tampering first. */
  'stepseal.verified.codes'?: readonly string[] | undefined;
  /** Records that the writers themselves declared lost. */
  'stepseal.verified.declared_losses'?: number | undefined;
  /** Duration of the verification in milliseconds. */
  'stepseal.verified.duration_ms'?: number | undefined;
  /** How much of it was read. */
  'stepseal.verified.extent'?: StepsealVerifiedExtent | undefined;
  /** Findings of what cannot be verified. */
  'stepseal.verified.findings.cannot_verify'?: number | undefined;
  /** Findings of what is absent. */
  'stepseal.verified.findings.incomplete'?: number | undefined;
  /** Findings that are information. */
  'stepseal.verified.findings.info'?: number | undefined;
  /** Findings of tampering. */
  'stepseal.verified.findings.tampered'?: number | undefined;
  /** Verdict of the verification. */
  'stepseal.verified.grade'?: StepsealVerifiedGrade | undefined;
  /** SHA-256 of the file of known heads as this verification left it, in lower-case hex. */
  'stepseal.verified.known_heads_hash'?: string | undefined;
  /** Streams whose last verified note is remembered for the next verification. */
  'stepseal.verified.known_streams'?: number | undefined;
  /** Age of the newest trusted note at the end of the verification, in milliseconds. */
  'stepseal.verified.last_note_age_ms'?: number | undefined;
  /** Records under trusted notes in those streams. */
  'stepseal.verified.records'?: number | undefined;
  /** What was verified; of Elasticsearch the pattern of its data streams. */
  'stepseal.verified.sources'?: readonly string[] | undefined;
  /** Streams that were read. */
  'stepseal.verified.streams'?: number | undefined;
  /** SHA-256 of the trust policy that was used, in lower-case hex. */
  'stepseal.verified.trust_policy_hash'?: string | undefined;
  /** The longest time after a last trusted note that nothing covers, in milliseconds. */
  'stepseal.verified.uncovered_ms'?: number | undefined;
  /** Worker thread id, 0 for the main thread. */
  'thread.id'?: number | undefined;
  /** Keyed hash of the user id. */
  'user.hash'?: string | undefined;
  /** The user id in clear; opt-in. */
  'user.id'?: string | undefined;
  /** Family of the user agent. */
  'user_agent.name'?: string | undefined;
  /** The User-Agent header in full; opt-in. */
  'user_agent.original'?: string | undefined;
}
