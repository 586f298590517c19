// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { resolve } from 'node:path';
import type { Segment, Source } from '@stepseal/verifier';
import { type Call, type Command, textFlag } from '../command.ts';
import { CliError } from '../errors.ts';
import { type Line, styled } from '../render/line.ts';
import { recordLine } from '../render/record-line.ts';
import { recordJson, stepUpJson } from '../render/step-up-json.ts';
import { stepUpTable } from '../render/step-up-table.ts';
import { readFilters } from '../search/filters.ts';
import { readPseudonymKey } from '../search/pseudonym.ts';
import { type Found, findRecords, findStepUps, type Query } from '../search/search.ts';
import { timeWindow } from '../search/time-window.ts';
import { openSources, withSources } from '../sources.ts';
import { type Judgement, judge } from '../story/judge.ts';
import { stepUpFacts } from '../story/step-up-facts.ts';
import type { ToldRecord } from '../story/told-record.ts';
import { readTrustFile, TRUST_FILE_NAME } from '../trust-file.ts';

const DEFAULT_LIMIT = 50;
/** All records of so many step-ups fit into memory with ease. */
const MOST_STEP_UPS = 10_000;
/** Records printed between two looks at whether they are taken. */
const PAGE = 256;

export const searchCommand: Command = {
  usage: 'search [WORD...] [--user ID] [--outcome VALUE] [--since TIME] [--events] [--json]',
  about: [
    'Finds step-ups in the sealed records: one line each, with who, why, how, how it ended, how long it took and what',
    'access followed. A step-up is found when each filter is met by one of its records. WORD is looked for in all texts.',
    'Several values of one option are separated by commas. Nothing is verified unless --verify is given.',
    'Exit codes: 0 done, 1 more than --fail-if-more allows (or tampered, with --verify), 3 cannot be done, 64 usage.',
  ],
  examples: [
    'stepseal search --user alice --since 90d # every step-up of one user',
    'stepseal search --access unmet --since 1d --fail-if-more 0 # access without the proof; from cron',
    'stepseal search --outcome failed,locked_out --ndjson | jq -r .user.hash | sort | uniq -c # for a script',
  ],
  options: {
    dir: { type: 'string', value: 'PATH', brief: 'Directory or segment to read; - for standard input.' },
    user: { type: 'string', value: 'ID', brief: 'User: the id in clear, or its hash as recorded.' },
    session: { type: 'string', value: 'ID', brief: 'Session: the id in clear, or its hash as recorded.' },
    id: { type: 'string', value: 'ID', brief: 'step_up.id.' },
    outcome: { type: 'string', value: 'VALUE', brief: 'passed, failed, locked_out and so on; open: not ended.' },
    method: { type: 'string', value: 'VALUE', brief: 'webauthn, totp and so on.' },
    trigger: { type: 'string', value: 'REASON', brief: 'Why it was demanded: acr_insufficient and so on.' },
    action: {
      type: 'string',
      value: 'NAME',
      brief: 'Guarded action, such as "POST /transfers"; or a route: /transfers.',
    },
    access: { type: 'string', value: 'VALUE', brief: 'granted, blocked and so on; unmet: granted without the proof.' },
    event: { type: 'string', value: 'NAME', brief: 'Event, such as completed, or stepseal.gap with --events.' },
    since: {
      type: 'string',
      value: 'TIME',
      brief: 'From this time on: 90d, 2h, 2026-11-01, 2026-11-01T09:30:00Z (UTC).',
    },
    until: { type: 'string', value: 'TIME', brief: 'Before this time.' },
    events: { type: 'boolean', brief: 'Single records instead of step-ups; all filters must be met by one record.' },
    limit: { type: 'string', value: 'N', brief: `Show the latest N; default ${DEFAULT_LIMIT}; all, with --events.` },
    'newest-first': { type: 'boolean', brief: 'Latest first; default is oldest first.' },
    wide: { type: 'boolean', brief: 'Also action, session, device and location.' },
    'fail-if-more': { type: 'string', value: 'N', brief: 'Exit with 1 where more than N match.' },
    verify: { type: 'boolean', brief: 'Verify too, and mark what is not proved. Takes longer.' },
    trust: { type: 'string', value: 'FILE', brief: `With --verify: whose keys count; default ./${TRUST_FILE_NAME}.` },
    json: { type: 'boolean', brief: 'Print JSON: {"version", "matched", "stepUps" or "records", ...}.' },
    ndjson: { type: 'boolean', brief: 'Print one JSON object a line for each step-up or record.' },
  },
  settings: ['data-dir', 'keys-pseudonym-file'],
  maxArguments: 20,
  async run(call) {
    const config = call.config();
    const dir = textFlag(call, 'dir');
    const sources = openSources(call, dir === undefined ? [] : [dir], config.dataDir);
    const tell = (sentence: string): void => call.terminal.warn(`stepseal: ${sentence}`);
    const doubts: string[] = [];
    const query: Query = {
      filters: readFilters(
        call,
        () => readPseudonymKey(call, config),
        (sentence) => doubts.push(sentence),
      ),
      window: timeWindow(call),
      limit: limitOf(call),
    };
    doubts.forEach(tell);
    const allowed = wholeNumber(call, 'fail-if-more');
    const directories = dir === undefined ? [config.dataDir] : [config.dataDir, resolve(call.cwd, dir)];
    const trust =
      call.flags['verify'] === true ? readTrustFile(call.cwd, directories, textFlag(call, 'trust')) : undefined;
    return withSources(sources, async () => {
      const segments = (await Promise.all(sources.map((source) => source.segments()))).flat();
      const verified = (hashes: () => Set<string>): Promise<Judgement> | undefined =>
        call.flags['verify'] === true ? judge(sources, trust?.policy, hashes) : undefined;
      const show = call.flags['events'] === true ? showRecords : showStepUps;
      const { found, judgement } = await show(call, segments, query, verified);
      const unread = [
        ...sources.flatMap(({ unreadable = [] }) => unreadable.map((name) => `${name} cannot be read.`)),
        ...found.unread,
      ];
      for (const sentence of unread) tell(`Not read: ${sentence}`);
      if (found.bytes === 0) throw nothingRecorded(sources);
      if (allowed !== undefined && found.matched > allowed) return 1;
      if (judgement?.report.grade === 'TAMPERED') return 1;
      // Cron must not take "could not look" for "none found".
      return allowed !== undefined && unread.length + doubts.length > 0 ? 3 : 0;
    });
  },
};

interface Shown {
  readonly found: Found;
  readonly judgement: Judgement | undefined;
}

type Verified = (hashes: () => Set<string>) => Promise<Judgement> | undefined;

async function showStepUps(call: Call, segments: readonly Segment[], query: Query, verified: Verified): Promise<Shown> {
  if (query.limit > MOST_STEP_UPS) {
    throw new CliError(
      'BAD_ARGUMENT',
      `Option --limit takes at most ${MOST_STEP_UPS} step-ups; --events has no limit.`,
    );
  }
  const { terminal, flags } = call;
  const done = terminal.progress('Searching');
  const found = await findStepUps(segments, query).finally(done);
  const stories = flags['newest-first'] === true ? found.stories.toReversed() : found.stories;
  const judgement = await verified(() => new Set(stories.flatMap(({ records }) => records.map(({ hash }) => hash))));
  const standing = judgement?.standing;
  if (flags['ndjson'] === true) for (const story of stories) terminal.printJsonLine(stepUpJson(story, standing));
  else if (flags['json'] === true) {
    terminal.printJson({ ...head(found, judgement), stepUps: stories.map((story) => stepUpJson(story, standing)) });
  } else if (found.bytes > 0) {
    const marks = standing && stories.map(({ records }) => markOf(records, judgement));
    terminal.print([
      ...(stories.length === 0 ? [] : [...stepUpTable(stories.map(stepUpFacts), flags['wide'] === true, marks), '']),
      ...summary(found, stories.length, 'step-up', judgement),
    ]);
  }
  return { found, judgement };
}

async function showRecords(call: Call, segments: readonly Segment[], query: Query, verified: Verified): Promise<Shown> {
  if (query.filters.some(({ absent }) => absent)) {
    throw new CliError('BAD_ARGUMENT', 'Option --outcome open is about whole step-ups: leave --events out.');
  }
  const { terminal, flags } = call;
  const done = terminal.progress('Searching');
  const found = await findRecords(segments, query, flags['newest-first'] === true).finally(done);
  const judgement = await verified(() => new Set([...found.records()].map(({ hash }) => hash)));
  const json: unknown[] = [];
  let read = 0;
  let shown = 0;
  let last: ToldRecord | undefined;
  for (const record of found.records()) {
    read += 1;
    // A copy of a segment tells nothing new; its lines have the same times.
    if (record.hash === last?.hash) continue;
    last = record;
    shown += 1;
    if (flags['json'] === true) json.push(recordJson(record, judgement?.standing));
    else if (flags['ndjson'] === true) terminal.printJsonLine(recordJson(record, judgement?.standing));
    else terminal.print([recordLine(record, judgement && markOf([record], judgement))]);
    if (shown % PAGE === 0) await terminal.drained();
    if (terminal.gone.aborted) return { found, judgement };
  }
  const counted = withoutStrays(found, Math.min(found.matched, query.limit) - read, read - shown);
  if (flags['json'] === true) terminal.printJson({ ...head(counted, judgement), records: json });
  else if (flags['ndjson'] !== true && found.bytes > 0) {
    terminal.print([...(shown === 0 ? [] : ['']), ...summary(counted, shown, 'record', judgement)]);
  }
  return { found: counted, judgement };
}

/** Lines that turned out to be no records, or gone, are not counted but said; copies are not counted. */
function withoutStrays(found: Found, strays: number, copies: number): Found {
  const sentence = `${strays} line(s) that matched are no records, or were gone when they were read.`;
  const unread = strays === 0 ? found.unread : [...found.unread, sentence];
  return { ...found, matched: found.matched - strays - copies, unread };
}

function head(found: Found, judgement: Judgement | undefined): Record<string, unknown> {
  return {
    version: 1,
    grade: judgement?.report.grade ?? null,
    matched: found.matched,
    outsideStepUps: found.loose,
    unread: found.unread,
  };
}

/** The code of the worst that was found at these records, or that one of them is not proved; empty where all is well. */
function markOf(records: readonly ToldRecord[], judgement: Judgement | undefined): string {
  if (judgement === undefined) return '';
  const { standing } = judgement;
  const alarm = records.map((record) => standing.alarm(record)).find((code) => code !== undefined);
  return alarm ?? (records.every(standing.isProved) ? '' : 'not proved');
}

function summary({ matched, loose }: Found, shown: number, what: string, judgement: Judgement | undefined): Line[] {
  const verb = matched === 1 ? 'matches' : 'match';
  const count = `${matched === 0 ? 'No' : matched} ${what}${matched === 1 ? '' : 's'} ${verb}`;
  const rest = shown < matched ? `; the latest ${shown} are shown (--limit)` : '';
  const others = loose === 0 ? '' : ` ${loose} matching record(s) belong to no step-up: --events shows them.`;
  return [`${count}${rest}.${others}`, verdictLine(judgement)];
}

function verdictLine(judgement: Judgement | undefined): Line {
  if (judgement === undefined) return [styled('dim', 'Not verified: --verify marks what is not proved.')];
  const { grade } = judgement.report;
  if (grade === 'SEALED') return [styled('good', grade), '  Every record that was searched is sealed and unaltered.'];
  return [styled(grade === 'TAMPERED' ? 'bad' : 'doubtful', grade), '  See `stepseal verify`.'];
}

function limitOf(call: Call): number {
  if (textFlag(call, 'limit') === 'all') return Number.MAX_SAFE_INTEGER;
  const limit = wholeNumber(call, 'limit') ?? DEFAULT_LIMIT;
  if (limit === 0) throw new CliError('BAD_ARGUMENT', 'Option --limit needs a number of 1 or more.');
  return limit;
}

function wholeNumber(call: Call, flag: string): number | undefined {
  const text = textFlag(call, flag);
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CliError('BAD_ARGUMENT', `Option --${flag} needs a whole number.`);
}

function nothingRecorded(sources: readonly Source[]): CliError {
  const names = sources.map(({ description }) => description).join(', ');
  return new CliError('NOT_FOUND', `There is no record in ${names}: nothing was searched.`);
}
