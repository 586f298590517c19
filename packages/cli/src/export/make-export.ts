// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { directorySource, type Report, type TrustPolicy, verify } from '@stepseal/verifier';
import { liesInside } from '../data-directory.ts';
import { endedBySignal } from '../ended-by-signal.ts';
import { CliError } from '../errors.ts';
import { formatJson, formatLine } from '../render/line.ts';
import { type Part, reportJson } from '../render/report-json.ts';
import { isoTime } from '../render/time.ts';
import { verdictLines } from '../render/verdict.ts';
import { copyStream } from './copy-stream.ts';
import { MANIFEST_NAME, type Manifest } from './manifest.ts';
import { readmeText } from './readme-text.ts';
import { isLive, selectSpans, type Window } from './select-spans.ts';
import { streamSpans } from './stream-span.ts';

const VERDICT_JSON = 'verdict.json';
const VERDICT_TEXT = 'verdict.txt';
const README = 'README.txt';
const TEXTS = [VERDICT_JSON, VERDICT_TEXT, README, MANIFEST_NAME];

export interface ExportOptions {
  readonly from: string;
  readonly to: string;
  readonly window: Window;
  readonly trust: TrustPolicy | undefined;
  /** As it is shown to people. */
  readonly trustFile: string | undefined;
  readonly nowMs: number;
  /** Name and version of this command. */
  readonly madeBy: string;
}

export interface Exported {
  readonly report: Report;
  /** The part that the export holds, ms; `sinceMs` undefined where it begins with the first record. */
  readonly sinceMs: number | undefined;
  readonly untilMs: number;
  readonly streams: number;
  readonly ofStreams: number;
  readonly bytes: number;
}

/**
 * Copies the streams of a time to an empty directory, verifies the copy and writes what an auditor needs beside it. An
 * export that is not made whole, or is ended by a signal, leaves nothing.
 */
export async function makeExport({
  from,
  to,
  window,
  trust,
  trustFile,
  nowMs,
  madeBy,
}: ExportOptions): Promise<Exported> {
  refuseTarget(from, to);
  const all = await streamSpans(from);
  const spans = selectSpans(all, window);
  if (spans.length === 0) throw new CliError('NOT_FOUND', 'No stream holds records of that time.');
  const live = spans.filter((span) => isLive(span, nowMs));
  // What a stream that is being written goes on to say is not in the copy: the part ends with its last note.
  const untilMs = Math.min(window.untilMs, nowMs, ...live.map(({ end }) => end.noteMs ?? nowMs));
  const sinceMs = window.sinceMs === Number.NEGATIVE_INFINITY ? undefined : window.sinceMs;
  const made = !existsSync(to);
  const remove = (): void => {
    // It was empty: these names are what was put there.
    for (const name of new Set([...spans.map((span) => span.name.split(sep)[0] as string), ...TEXTS]))
      rmSync(join(to, name), { recursive: true, force: true });
    if (made) rmdirSync(to);
  };
  const leave = endedBySignal(remove);
  try {
    mkdirSync(to, { recursive: true });
    const files: Manifest['files'][number][] = [];
    for (const span of spans) {
      const limit = isLive(span, nowMs) ? span.end.noteEnd : undefined;
      files.push({ path: span.name, ...copyStream(span.path, join(to, span.name), limit) });
      // Copying holds everything up: only here a signal is heard.
      await nextTurn();
    }
    const report = await verify({ sources: [directorySource(to)], trust, since: sinceMs, until: untilMs });
    const part = { sinceMs, untilMs };
    const written = [
      writeText(to, VERDICT_JSON, `${formatJson(reportJson(report, trustFile, part))}\n`),
      writeText(to, VERDICT_TEXT, plainText(report, part, trustFile)),
      writeText(to, README, readmeText(part)),
    ];
    const manifest: Manifest = {
      version: 1,
      since: isoTime(sinceMs),
      until: isoTime(untilMs) ?? '',
      madeBy,
      grade: report.grade,
      identities: identitiesOf(report).map(({ deployment, fingerprint }) => ({ deployment, fingerprint })),
      files: [...files, ...written],
    };
    writeText(to, MANIFEST_NAME, `${formatJson(manifest)}\n`);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { report, sinceMs, untilMs, streams: spans.length, ofStreams: all.length, bytes };
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    if (existsSync(to)) remove();
    if (cause instanceof CliError || reason === undefined) throw cause;
    throw new CliError(
      'NOT_WRITABLE',
      `The export to ${to} could not be made whole (${reason}); nothing of it is left.`,
      {
        cause,
      },
    );
  } finally {
    leave();
  }
}

/** The identities whose signatures the copied streams carry. */
export function identitiesOf({ streams }: Report): { deployment: string; fingerprint: string; vkey: string }[] {
  const found = new Map<string, { deployment: string; fingerprint: string; vkey: string }>();
  for (const { deployment = '?', identityFingerprint: fingerprint, identityVkey: vkey } of streams) {
    if (fingerprint !== undefined && vkey !== undefined)
      found.set(`${deployment} ${fingerprint}`, { deployment, fingerprint, vkey });
  }
  return [...found.values()];
}

function refuseTarget(from: string, to: string): void {
  if (liesInside(to, from))
    throw new CliError('BAD_ARGUMENT', `${to} lies inside ${from}: export to a directory outside of it.`);
  let names: string[];
  try {
    names = readdirSync(to);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    if (reason === 'ENOENT') return;
    throw new CliError('NOT_WRITABLE', `${to} cannot be used (${reason}).`, { cause });
  }
  if (names.length > 0)
    throw new CliError('BAD_ARGUMENT', `${to} is not empty: name a directory that is, or that does not exist.`);
}

function writeText(directory: string, name: string, text: string): Manifest['files'][number] {
  writeFileSync(join(directory, name), text, { flag: 'wx', mode: 0o444 });
  return { path: name, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
}

function plainText(report: Report, part: Part, trustFile: string | undefined): string {
  const lines = verdictLines(report, { trustFile, knownHeads: undefined, part });
  return lines.map((line) => `${formatLine(line, false)}\n`).join('');
}
