// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Characters that a shell takes as they are. */
const PLAIN = /^[A-Za-z0-9_./:@%+=,-]+$/;

/** Quotes a word for a POSIX shell: whoever can write the data directory chooses the names of its files. */
function shellWord(text: string): string {
  if (PLAIN.test(text) && !text.startsWith('-')) return text;
  const word = text.replaceAll("'", `'\\''`);
  return `'${text.startsWith('-') ? `./${word}` : word}'`;
}

/** A command that shows the line at an offset of a file. */
export function showLine(source: string, offset: number): string {
  return `tail -c +${offset + 1} ${shellWord(source)} | head -n 1`;
}

/** A command that shows the record of a number in a file. */
export function showRecord(source: string, number: number): string {
  return `grep -F '"audit.sequence.number":{"intValue":"${number}"}' ${shellWord(source)}`;
}

/** A command that shows the lines of a stream in an export. */
export function showStream(source: string, streamId: string | undefined): string {
  const key = streamId === undefined ? 'audit.sequence.stream_id' : streamId;
  return `grep -n -F ${shellWord(key)} ${shellWord(source)}`;
}

/** A command that verifies a file again, every payload parsed. */
export function verifyAgain(source: string): string {
  return `stepseal verify --strict ${shellWord(source)}`;
}
