// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * Writes `stepseal: ` and the line to standard error. Never throws, and never lets a reader of standard error that went
 * away end the application: on a pipe without a reader the stream emits an `error` that nobody handles. Paths and names
 * of variables are written by others, so control and format characters appear as `\u{…}`, and it stays one line.
 */
export function writeErrorLine(line: string): void {
  const { stderr } = process;
  const shown = line.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  try {
    stderr.write(`stepseal: ${shown}\n`, (error) => {
      // The callback comes before the event. One listener for this one error: other people's writes are their own.
      if (error && stderr.listenerCount('error') === 0) stderr.once('error', () => undefined);
    });
  } catch {
    // Standard error is closed: there is nobody to tell.
  }
}
