// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const FIRST_BYTES = 1 << 16;
/** More is let go before the next answer: whoever may write to the index chooses how long one is. */
const KEPT_BYTES = 16 << 20;

/** An answer of more bytes than were to be taken, or one that the server has not the memory for. */
export class AnswerTooLarge extends Error {}

/**
 * Memory in which one answer after the other is received. Buffers of megabytes that come and go would pile up: the
 * collector is slow to notice memory outside its heap.
 */
export class AnswerBuffer {
  private bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);

  /**
   * @returns the whole answer, until the next one is received
   * @throws AnswerTooLarge where it has more bytes than that
   */
  async receive(stream: AsyncIterable<Buffer | string>, mostBytes: number): Promise<Buffer> {
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    let length = 0;
    for await (const part of stream) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      if (length + bytes.length > mostBytes) throw new AnswerTooLarge();
      this.makeRoom(length, bytes.length);
      bytes.copy(this.bytes, length);
      length += bytes.length;
    }
    return this.bytes.subarray(0, length);
  }

  private makeRoom(length: number, more: number): void {
    if (length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, length + more));
    this.bytes.copy(larger, 0, 0, length);
    this.bytes = larger;
  }
}
