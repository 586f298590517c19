// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { RequestFrame } from '../ceremony/frame.ts';

const REQUEST_START = 'http.server.request.start';
const RESPONSE_FINISH = 'http.server.response.finish';

interface ServerMessage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Frames of the requests on it that are not answered yet, under a symbol of the one who looks on. */
type Connection = Socket & { [frames: symbol]: RequestFrame[] | undefined };

/** @param aborted the connection closed before the whole response was handed to it. */
export type ResponseEnd = (frame: RequestFrame, aborted: boolean) => void;

/**
 * Opens a frame for each request of each `node:http` server and reports how its response ended. Nothing is patched:
 * these are channels that Node publishes on (HTTP/1.1 only), so no other instrumentation is displaced. Anybody in the
 * process can publish on them too, and what a subscriber throws ends the process, so each message is looked at guarded.
 *
 * This is all that most requests cost, so that a request makes nothing but its frame. The frames that are open hang on
 * their connection, which outlives many requests: a listener and a property of each response would cost more, and a weak
 * map burdens every garbage collection.
 */
export class ServerChannels {
  readonly #openFrames: symbol = Symbol('stepseal.frames');
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
    try {
      const { request, response } = message as ServerMessage;
      const frame = new RequestFrame(request, response);
      const connection = request.socket as Connection;
      (connection[this.#openFrames] ?? this.#connected(connection)).push(frame);
      // The channel is published in the context of this one request, so what is entered here reaches its handlers only.
      this.#current.enterWith(frame);
    } catch (error) {
      this.#failed(error);
    }
  };

  readonly #onFinish = (message: unknown): void => {
    try {
      const { request, response } = message as ServerMessage;
      const frames = (request.socket as Connection)[this.#openFrames];
      const frame = frames === undefined ? undefined : taken(frames, response);
      if (frame !== undefined) this.#onEnd(frame, false);
    } catch (error) {
      this.#failed(error);
    }
  };

  #connected(connection: Connection): RequestFrame[] {
    const frames: RequestFrame[] = [];
    connection[this.#openFrames] = frames;
    connection.once('close', () => {
      for (const frame of frames.splice(0)) this.#guard(() => this.#onEnd(frame, true));
    });
    return frames;
  }

  /** Hands the error to the guard, which tells it by its kind. */
  #failed(error: unknown): void {
    this.#guard(() => {
      throw error;
    });
  }
}

/** There are several only where the client sends its next request before it has the answer. */
function taken(frames: RequestFrame[], response: ServerResponse): RequestFrame | undefined {
  if (frames.length === 1 && frames[0]?.response === response) return frames.pop();
  const at = frames.findIndex((frame) => frame.response === response);
  return at === -1 ? undefined : frames.splice(at, 1)[0];
}
