// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export { type ExportedFrom, type ExportedRecord, exporterDocument } from './exporter-document.ts';
export { type Fault, type FaultKind, FaultyFs, type FileCall } from './faulty-fs.ts';
export { decodeLogs, type ReceivedRecord } from './otlp-request.ts';
export { type ArrivedRecord, OtlpSink, type SinkAnswer, type SinkRequest } from './otlp-sink.ts';
export { writeOne, writeStepUp } from './sample-events.ts';
export { SeededRandom, seedBytes } from './seeded-random.ts';
export {
  lineBytes,
  lineHash,
  type NoteLine,
  type RawBytes,
  type RecordLine,
  rawLine,
  type SegmentLine,
  segmentBytes,
  splitSegment,
} from './segment-lines.ts';
export {
  type AnswerOptions,
  type AuthenticationAnswer,
  type AuthenticationRequest,
  type RegistrationAnswer,
  type RegistrationRequest,
  SoftwareAuthenticator,
  type SoftwareAuthenticatorOptions,
} from './software-authenticator.ts';
export {
  type GapOptions,
  type Predecessor,
  type RecordOverrides,
  type SealOptions,
  StreamBuilder,
  type StreamOptions,
  signedNoteLine,
} from './stream-builder.ts';
export {
  cutAfterNote,
  cutAfterRecord,
  dropNotes,
  dropRecords,
  editText,
  insertAt,
  noteAt,
  noteIndex,
  recordAt,
  recordId,
  recordIndex,
  relink,
  replaceAt,
  resign,
  type Signers,
  setAttributes,
  swapLines,
  swapNotes,
  swapRecords,
  withAttributes,
  withPayload,
} from './tamper.ts';
export { type BitFlip, type ByteRange, flipBit, flipBitAt, seededFlips } from './tamper-bits.ts';
export { TestClock } from './test-clock.ts';
export { type TestKey, testKey } from './test-key.ts';
export { adoption, type CrashShape, TestWriter, type WriterOptions, type WrittenStream } from './test-writer.ts';
export { type TestAttributes, type TestValue, typedAttributes, typedValue } from './typed-attributes.ts';
export { uuidV7 } from './uuid-v7.ts';
