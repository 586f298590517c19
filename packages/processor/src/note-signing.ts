// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { formatCheckpoint, formatNote, parseVkey, streamOrigin } from '@stepseal/core/format';
import type { Signer } from './keys/signer.ts';

/** Milliseconds that a signer far away has. One that takes longer is asked again; what it answers then counts for nothing. */
const ANSWER_MS = 30_000;

/** A sealing record whose note is not in the file yet. */
export interface PendingNote {
  /** The sealing record's number, which is the size of the tree it closes. */
  readonly size: number;
  /** Root over the leaves of 1 to `size`, in base64. */
  readonly root: string;
}

/** The text that the note signs: a checkpoint of the stream. */
export function noteText(deployment: string, streamId: string, note: PendingNote): string {
  return formatCheckpoint({ origin: streamOrigin(deployment, streamId), size: note.size, root: note.root });
}

/** The note over `text` with one signature line for each signer, in their order. */
export async function signNote(text: string, signers: readonly Signer[]): Promise<string> {
  const message = Buffer.from(text);
  const signatures = await Promise.all(
    signers.map((signer) => (signer.signSync === undefined ? inTime(signer.sign(message)) : signer.sign(message))),
  );
  return assemble(text, signers, signatures);
}

async function inTime(signature: Promise<Uint8Array>): Promise<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the signer did not answer in time')), ANSWER_MS).unref();
  });
  try {
    return await Promise.race([signature, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** As {@link signNote}, at once; undefined when one of the signers cannot do that. */
export function signNoteNow(text: string, signers: readonly Signer[]): string | undefined {
  const message = Buffer.from(text);
  const signatures: Uint8Array[] = [];
  for (const signer of signers) {
    if (signer.signSync === undefined) return undefined;
    signatures.push(signer.signSync(message));
  }
  return assemble(text, signers, signatures);
}

function assemble(text: string, signers: readonly Signer[], signatures: readonly Uint8Array[]): string {
  return formatNote(
    text,
    signers.map((signer, at) => {
      const { name, keyId } = parseVkey(signer.vkey);
      return { name, keyId, signature: signatures[at] as Uint8Array };
    }),
  );
}
