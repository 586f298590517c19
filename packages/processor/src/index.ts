// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export type { Clock } from './clock.ts';
export type { SealedRecordExporter } from './delivery/exporter-carrier.ts';
export type { OtlpDeliveryOptions } from './delivery/otlp-options.ts';
export type { AnswerClass, DeliveryCounters, DeliveryStatus } from './delivery/status.ts';
export type { Diagnostic, DiagnosticSink } from './diagnostics.ts';
export { SealingError, type SealingErrorCode } from './errors.ts';
export type { FileSystem } from './file-system.ts';
export type { CaptureFacts } from './health.ts';
export { type Measure, MeterBinding } from './meter-binding.ts';
export { type AuditPipeline, type AuditPipelineOptions, startAuditPipeline } from './pipeline.ts';
export { type Liveness, type ProcessTable, systemProcessTable, type ThreadIdentity } from './process-identity.ts';
export type { RandomFill } from './record-id.ts';
export type { RetentionSettings } from './retention/settings.ts';
export type { SealedLogRecord } from './sealed-record.ts';
export type { SealingOptions, SealingStatus } from './sealing.ts';
export { SealingLogRecordProcessor, type SealingLogRecordProcessorOptions } from './sealing-log-record-processor.ts';
export type { SpoolLimits } from './spool.ts';
export { writeErrorLine } from './standard-error.ts';
export type { RollSettings, SealSettings, WriterProgress, WriterState } from './writer-options.ts';
