// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export { type DeliveryCursor, readCursor } from './cursor.ts';
export { type HealthReport, type InstrumentedLibrary, readHealth } from './health-report.ts';
export { ownerLiveness } from './liveness.ts';
export { readSetAside, type SetAsideEntry } from './set-aside.ts';
export { listWriters, type SegmentFile, type WriterListing, type WriterOwner } from './writers.ts';
