// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ClientAddress } from './client-address.ts';
import type { TokenClaims } from './token-claims.ts';

/** Who is behind a request, as far as it shows. Records and what is remembered between requests get the hashes. */
export interface Subject {
  readonly userId: string | undefined;
  readonly userHash: string | undefined;
  readonly sessionHash: string | undefined;
  /** The session's hash before its id was renewed, where a process of the data directory saw that. */
  readonly formerSessionHash: string | undefined;
  /** RFC 3339. */
  readonly sessionStartedAt: string | undefined;
  /** What ties a request to the one before it, hashed: the session where it outlives a new token, else the user. */
  readonly joinId: string | undefined;
  /**
   * Whether more than a user's id stands behind `joinId`: a session's, which is secret, or the word of the service. Else
   * anybody could have written the token, as long as the service has not let it pass.
   */
  readonly isVouchedFor: boolean;
  readonly claims: TokenClaims | undefined;
  readonly client: ClientAddress | undefined;
  readonly clientHash: string | undefined;
  /** ISO 3166-1, two letters. */
  readonly country: string | undefined;
  readonly locality: string | undefined;
  /** Of a closed list of families. */
  readonly userAgentName: string | undefined;
  readonly deviceHash: string | undefined;
  readonly deviceKnown: boolean | undefined;
}

/** The subject of a call that belongs to no request. */
export const NOBODY: Subject = {
  userId: undefined,
  userHash: undefined,
  sessionHash: undefined,
  formerSessionHash: undefined,
  sessionStartedAt: undefined,
  joinId: undefined,
  isVouchedFor: false,
  claims: undefined,
  client: undefined,
  clientHash: undefined,
  country: undefined,
  locality: undefined,
  userAgentName: undefined,
  deviceHash: undefined,
  deviceKnown: undefined,
};
