// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * Signs with an Ed25519 key that may live anywhere: a file, a key management service, a hardware module. The signature
 * is the 64 raw bytes of RFC 8032 over `message` as it is.
 */
export interface Signer {
  /** Verifier key of the signer in C2SP form: name, key id and public key. */
  readonly vkey: string;
  sign(message: Uint8Array): Promise<Uint8Array>;
  /** For the last note of a process that is about to exit; left out by signers that cannot answer synchronously. */
  signSync?(message: Uint8Array): Uint8Array;
}
