// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** How a piece of text is set apart where colour is on. */
export type Style = 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'doubtful';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** One line of output. Its text may come from hostile data: the terminal escapes it. */
export type Line = string | readonly (string | Span)[];

export function styled(style: Style, text: string): Span {
  return { text, style };
}

const SGR: Record<Style, string> = { plain: '', strong: '1', dim: '2', good: '1;32', bad: '1;31', doubtful: '1;33' };

/** The bytes of a line: every control character escaped, styles as terminal sequences where `colour` is on. */
export function formatLine(line: Line, colour: boolean): string {
  const spans = typeof line === 'string' ? [line] : line;
  return spans
    .map((span) => {
      if (typeof span === 'string') return escapeText(span);
      const text = escapeText(span.text);
      return colour && span.style !== 'plain' ? `\u001B[${SGR[span.style]}m${text}\u001B[0m` : text;
    })
    .join('');
}

/**
 * Shows what cannot be seen: control and format characters (terminal sequences, line breaks, direction overrides, zero
 * widths), unassigned ones and lone surrogates become `\u{…}`. Records, file names and trust files are written by
 * others, and a terminal obeys what it is shown.
 */
function escapeText(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** JSON with the same characters escaped in JSON's own way. */
export function formatJson(value: unknown): string {
  return escapeJson(JSON.stringify(value, undefined, 2));
}

/** The same in one line. */
export function formatJsonLine(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

function escapeJson(text: string): string {
  return text.replaceAll(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, unit) => character.charCodeAt(unit))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
