// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export { type Diagnostic, type DiagnosticSink } from './diagnostics.ts';
export { SealingError, type SealingErrorCode } from './errors.ts';
export {
  type AuditPipeline,
  type AuditPipelineOptions,
  type AuditPipelineStatus,
  startAuditPipeline,
} from './pipeline.ts';
