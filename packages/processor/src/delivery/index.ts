// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export type { Load, RefusalAnswer } from './carrier.ts';
export { recordFacts } from './record-facts.ts';
export { Redelivery, type RefusedRecord } from './redelivery.ts';
export { type SealedStream, sealedStreams } from './sealed-stream.ts';
