// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { currentFrame, RequestFrame } from '../ceremony/frame.ts';

const REQUEST_START = 'http.server.request.start';
const RESPONSE_FINISH = 'http.server.response.finish';

interface ServerMessage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** @param aborted the connection closed before the whole response was handed to it. */
export type ResponseEnd = (frame: RequestFrame, aborted: boolean) => void;

/**
 * Opens a frame for each request of each `node:http` server and reports how its response ended. Nothing is patched:
 * these are channels that Node publishes on (HTTP/1.1 only), so no other instrumentation is displaced.
 */
export class ServerChannels {
  readonly #frames = new WeakMap<ServerResponse, RequestFrame>();
  readonly #onEnd: ResponseEnd;

  constructor(onEnd: ResponseEnd) {
    this.#onEnd = onEnd;
  }

  open(): void {
    subscribe(REQUEST_START, this.#onStart);
    subscribe(RESPONSE_FINISH, this.#onFinish);
  }

  close(): void {
    unsubscribe(REQUEST_START, this.#onStart);
    unsubscribe(RESPONSE_FINISH, this.#onFinish);
  }

  readonly #onStart = (message: unknown): void => {
    const { request, response } = message as ServerMessage;
    const frame = new RequestFrame(request, response);
    this.#frames.set(response, frame);
    // The channel is published in the context of this one request, so what is entered here reaches its handlers only.
    currentFrame.enterWith(frame);
    response.once('close', this.#onClose(response));
  };

  readonly #onFinish = (message: unknown): void => {
    this.#end((message as ServerMessage).response, false);
  };

  #onClose(response: ServerResponse): () => void {
    return () => this.#end(response, true);
  }

  #end(response: ServerResponse, aborted: boolean): void {
    const frame = this.#frames.get(response);
    if (frame === undefined || frame.ended) return;
    frame.ended = true;
    this.#frames.delete(response);
    this.#onEnd(frame, aborted);
  }
}
