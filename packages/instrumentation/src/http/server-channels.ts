// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestFrame } from '../ceremony/frame.ts';

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
 * these are channels that Node publishes on (HTTP/1.1 only), so no other instrumentation is displaced. Anybody in the
 * process can publish on them too, and what a subscriber throws ends the process, so each message is looked at guarded.
 */
export class ServerChannels {
  readonly #frames = new WeakMap<ServerResponse, RequestFrame>();
  readonly #current = new AsyncLocalStorage<RequestFrame>();
  readonly #guard: (run: () => void) => void;
  readonly #onEnd: ResponseEnd;

  constructor(guard: (run: () => void) => void, onEnd: ResponseEnd) {
    this.#guard = guard;
    this.#onEnd = onEnd;
  }

  /** The frame of the request that the running code belongs to. */
  get current(): RequestFrame | undefined {
    return this.#current.getStore();
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
    this.#guard(() => {
      const { request, response } = message as ServerMessage;
      const frame = new RequestFrame(request, response);
      this.#frames.set(response, frame);
      response.once('close', () => this.#guard(() => this.#end(response, true)));
      // The channel is published in the context of this one request, so what is entered here reaches its handlers only.
      this.#current.enterWith(frame);
    });
  };

  readonly #onFinish = (message: unknown): void => {
    this.#guard(() => this.#end((message as ServerMessage).response, false));
  };

  #end(response: ServerResponse, aborted: boolean): void {
    const frame = this.#frames.get(response);
    if (frame === undefined || frame.ended) return;
    frame.ended = true;
    this.#frames.delete(response);
    this.#onEnd(frame, aborted);
  }
}
