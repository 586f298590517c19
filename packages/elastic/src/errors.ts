// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * What can go wrong between here and Elasticsearch.
 *
 * - `ELASTIC_NODE_TOO_OLD`: the client needs a newer Node than the one that runs.
 * - `ELASTIC_SETTING_INVALID`: an address, credential, file or retention that cannot be used.
 * - `ELASTIC_UNREACHABLE`: no answer, or no trusted TLS connection.
 * - `ELASTIC_UNAUTHENTICATED`: the server does not accept the credentials.
 * - `ELASTIC_FORBIDDEN`: the credentials lack a privilege, which the message names.
 * - `ELASTIC_FOREIGN`: something of the same name is there that Stepseal did not make.
 * - `ELASTIC_NEWER`: what is there was installed by a newer version.
 * - `ELASTIC_REFUSED`: any other refusal of the server.
 */
export type ElasticErrorCode =
  | 'ELASTIC_NODE_TOO_OLD'
  | 'ELASTIC_SETTING_INVALID'
  | 'ELASTIC_UNREACHABLE'
  | 'ELASTIC_UNAUTHENTICATED'
  | 'ELASTIC_FORBIDDEN'
  | 'ELASTIC_FOREIGN'
  | 'ELASTIC_NEWER'
  | 'ELASTIC_REFUSED';

const BRAND = Symbol.for('stepseal.elastic.error');

/** An error told apart by `code`. Messages hold no credential and nothing of a document. `instanceof` holds across copies of the package. */
export class ElasticError extends Error {
  readonly code: ElasticErrorCode;

  constructor(code: ElasticErrorCode, message: string) {
    // No cause: the client's errors carry the request, its headers included.
    super(message);
    this.name = 'ElasticError';
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
  }
}
