// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from '@opentelemetry/api';
import type { Subject } from '../identity/subject.ts';
import type { Ceremony } from './ceremony.ts';
import type { ChallengeIssued } from './observation.ts';

export interface PendingChallenge {
  readonly call: ChallengeIssued;
  /** Monotonic milliseconds. */
  readonly issuedAtMs: number;
}

/** One request and what libraries did in it. Each request has its own, also on a connection that is kept alive. */
export class RequestFrame {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The other end of the connection. Asked for at once: Node cannot tell it when the connection is gone. */
  readonly peerAddress: string | undefined;
  /** Wall clock, milliseconds: the time that a token's age is measured at. */
  readonly startedAtMs: number = Date.now();
  /** Challenges made in this request. Told only when the response shows whether they belong to a 401. */
  readonly challenges: PendingChallenge[] = [];
  /** Trace context of the first library call; a response may end outside the request's own context. */
  context: Context | undefined;
  /** Who gave a good answer in this request. */
  proved: Subject | undefined;
  /** The step-up that an answer of this request belongs to. */
  answered: Ceremony | undefined;
  /** What the service told of this request itself, and of which step-up: the first that it told of. */
  told: { ceremony: Ceremony | undefined; readonly calls: Set<string> } | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
    this.peerAddress = request.socket.remoteAddress;
  }
}
