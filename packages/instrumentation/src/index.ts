// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export type { CaptureCounts } from './ceremony/ceremonies.ts';
export { type LoadedLibrary, StepUpInstrumentation } from './instrumentation.ts';
export type { ProblemCode, StepUpInstrumentationConfig } from './types.ts';
