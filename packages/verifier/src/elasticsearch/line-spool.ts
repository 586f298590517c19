// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { appendFileSync } from 'node:fs';

/** Held before it is written; bounds memory whatever the index holds. */
const HELD_BYTES = 1 << 20;
/** Of UTF-8, for a UTF-16 code unit. */
const MOST_BYTES = 3;
const LF = 0x0a;

/** Adds lines to temporary files, which only this process can write. Quick where many in a row are of one file. */
export class LineSpool {
  private readonly held = Buffer.allocUnsafeSlow(HELD_BYTES);
  private length = 0;
  private path = '';

  add(path: string, line: Buffer | string): void {
    if (path !== this.path) this.flush();
    this.path = path;
    const isText = typeof line === 'string';
    const mostBytes = (isText ? line.length * MOST_BYTES : line.length) + 1;
    if (mostBytes > HELD_BYTES - this.length) this.flush();
    if (mostBytes > HELD_BYTES) {
      append(path, line);
      append(path, '\n');
      return;
    }
    this.length += isText ? this.held.write(line, this.length) : line.copy(this.held, this.length);
    this.held[this.length++] = LF;
  }

  flush(): void {
    if (this.length > 0) append(this.path, this.held.subarray(0, this.length));
    this.length = 0;
  }
}

function append(path: string, what: Buffer | string): void {
  appendFileSync(path, what, { mode: 0o600 });
}
