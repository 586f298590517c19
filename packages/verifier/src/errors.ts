// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * Codes of errors thrown by the verifier. Tampering is never an error: it is a {@link Finding}.
 *
 * - `TRUST_POLICY_INVALID`: the trust policy file is not of the documented form.
 * - `KNOWN_HEADS_INVALID`: the known-heads file is not of the documented form.
 * - `SOURCE_UNREADABLE`: a path does not exist or cannot be opened, or an Elasticsearch does not let itself be read.
 */
export type VerifierErrorCode = 'TRUST_POLICY_INVALID' | 'KNOWN_HEADS_INVALID' | 'SOURCE_UNREADABLE';

const BRAND = Symbol.for('stepseal.verifier.error');

/** An error of use or environment, told apart by `code`. `instanceof` holds across copies of the package. */
export class VerifierError extends Error {
  readonly code: VerifierErrorCode;

  constructor(code: VerifierErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VerifierError';
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
  }
}
