// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export { FormatError, type FormatErrorCode } from '../errors.ts';
export { canonicalJson, type JsonValue } from './canonical.ts';
export { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
export { encodeEvent, encodeEventDetailed, isRegistryEvent } from './event-encoder.ts';
export { BODY_MAX_BYTES, type ChainFields, type EncodedEvent, type EventRecord } from './event-encoder-types.ts';
export { FORMAT_VERSION, LIMITS } from './limits.ts';
export { leafHash, MerkleTree, nodeHash } from './merkle.ts';
export {
  consistencyProof,
  inclusionProof,
  rootHash,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proof.ts';
export { formatNote, parseNote, type SignatureLine, type SignedNote } from './note.ts';
export { type Chain, proveChain } from './payload-chain.ts';
export { encodePayload } from './payload-encode.ts';
export { isPayload, parsePayload } from './payload-parse.ts';
export { recordHash } from './record-hash.ts';
export { isNoteLine, noteLine, parseNoteLine } from './segment-line.ts';
export { verifySignature, verifySignatureAsync } from './signature.ts';
export { isDeploymentName, isUuidV7, parseStreamOrigin, streamOrigin } from './stream-origin.ts';
export { parseStrictJson, type StrictJsonLimits } from './strict-json.ts';
export type { Payload, TypedValue } from './typed-value.ts';
export { formatVkey, keyId, parseVkey, type VerifierKey } from './vkey.ts';
