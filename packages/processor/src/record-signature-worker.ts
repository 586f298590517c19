// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parentPort } from 'node:worker_threads';
import type { SigningAnswer, SigningRequest } from './record-signatures.ts';
import { RecordSigner } from './record-signer.ts';

// Entry of the thread that signs records. Requests come in the order in which streams and notes were written, and each
// note is answered, in the same order.

let current: { streamId: string; signer: RecordSigner } | undefined;

function open(request: Extract<SigningRequest, { kind: 'opened' }>): void {
  // The stream before this one gets no more notes.
  end();
  current = { streamId: request.streamId, signer: new RecordSigner(request.path, request.key) };
}

function end(): void {
  const ending = current?.signer;
  current = undefined;
  ending?.close();
}

function answer(request: SigningRequest): SigningAnswer | undefined {
  try {
    if (request.kind === 'opened') {
      open(request);
      return undefined;
    }
    if (current?.streamId !== request.streamId) return { signed: false };
    if (current.signer.signTo(request.size, request.root)) end();
    return { signed: true };
  } catch (error) {
    try {
      end();
    } catch {}
    return { signed: false, problem: error instanceof Error ? error.message : 'unknown' };
  }
}

parentPort?.on('message', (request: SigningRequest) => {
  const result = answer(request);
  if (result !== undefined) parentPort?.postMessage(result);
});
