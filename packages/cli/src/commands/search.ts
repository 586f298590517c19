// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { resolve } from 'node:path';
import type { ResolvedConfig } from '@stepseal/processor/config';
import { type Call, type Command, textFlag } from '../command.ts';
import { CliError } from '../errors.ts';
import { ARCHIVE_OPTIONS, openArchive, withArchive } from '../open-archive.ts';
import { type Line, styled } from '../render/line.ts';
import { recordLine } from '../render/record-line.ts';
import { recordJson, stepUpJson } from '../render/step-up-json.ts';
import { stepUpTable } from '../render/step-up-table.ts';
import type { Archive, Query, Tally } from '../search/archive.ts';
import { readFilters } from '../search/filters.ts';
import { readPseudonymKey } from '../search/pseudonym.ts';
import { timeWindow } from '../search/time-window.ts';
import type { Hashes, Judgement } from '../story/judge.ts';
import { stepUpFacts } from '../story/step-up-facts.ts';
import type { ToldRecord } from '../story/told-record.ts';
import type { TrustFile } from '../trust-file.ts';
import { TRUST_FILE_NAME } from '../trust-file-name.ts';

const DEFAULT_LIMIT = 50;
/** All records of so many step-ups fit into memory with ease. */
const MOST_STEP_UPS = 10_000;
/** Part of an estimate that it may be off by: some seven times the standard error of how the server counts. */
const ESTIMATE_OFF = 0.03;
/** Records printed between two looks at whether they are taken. */
const PAGE = 256;

export const searchCommand: Command = {
  usage: 'search [WORD...] [--user ID] [--outcome VALUE] [--since TIME] [--events] [--elasticsearch URL] [--json]',
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
    'stepseal search --elasticsearch https://es.example:9200 --api-key-file auditor.key --user alice # in an index',
  ],
  options: {
    ...ARCHIVE_OPTIONS,
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
    const archive = await openArchive(call, config.dataDir);
    return withArchive(archive, () => search(call, config, archive));
  },
};

async function search(call: Call, config: ResolvedConfig, archive: Archive): Promise<number> {
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
  const trust = call.flags['verify'] === true ? await trustOf(call, config) : undefined;
  const verified = (hashes: Hashes): Promise<Judgement> | undefined =>
    call.flags['verify'] === true ? archive.judge(trust?.policy, hashes) : undefined;
  const show = call.flags['events'] === true ? showRecords : showStepUps;
  const { tally, judgement } = await show(call, archive, query, verified);
  for (const sentence of tally.unread) tell(`Not read: ${sentence}`);
  if (tally.empty) throw nothingRecorded(archive);
  if (allowed !== undefined && isNear(tally, allowed)) {
    tell(`About ${tally.matched} match, which is an estimate: whether it is more than ${allowed} cannot be told.`);
    return judgement?.report.grade === 'TAMPERED' ? 1 : 3;
  }
  if (allowed !== undefined && tally.matched > allowed) return 1;
  if (judgement?.report.grade === 'TAMPERED') return 1;
  // Cron must not take "could not look" for "none found".
  const unsure = tally.counted === 'at least' || tally.unread.length + doubts.length > 0;
  return allowed !== undefined && unsure ? 3 : 0;
}

/** Whether the number may as well lie on the other side. */
function isNear({ matched, counted }: Tally, allowed: number): boolean {
  return counted === 'about' && Math.abs(matched - allowed) <= matched * ESTIMATE_OFF;
}

async function trustOf(call: Call, config: ResolvedConfig): Promise<TrustFile | undefined> {
  // Not before it is needed: it loads the verifier.
  const { readTrustFile } = await import('../trust-file.ts');
  const dir = textFlag(call, 'dir');
  const directories = dir === undefined ? [config.dataDir] : [config.dataDir, resolve(call.cwd, dir)];
  return readTrustFile(call.cwd, directories, textFlag(call, 'trust'));
}

interface Shown {
  readonly tally: Tally;
  readonly judgement: Judgement | undefined;
}

type Verified = (hashes: Hashes) => Promise<Judgement> | undefined;

async function showStepUps(call: Call, archive: Archive, query: Query, verified: Verified): Promise<Shown> {
  if (query.limit > MOST_STEP_UPS) {
    throw new CliError(
      'BAD_ARGUMENT',
      `Option --limit takes at most ${MOST_STEP_UPS} step-ups; --events has no limit.`,
    );
  }
  const { terminal, flags } = call;
  const done = terminal.progress('Searching');
  const found = await archive.findStepUps(query).finally(done);
  const stories = flags['newest-first'] === true ? found.stories.toReversed() : found.stories;
  const judgement = await verified(() =>
    Promise.resolve(new Set(stories.flatMap(({ records }) => records.map(({ hash }) => hash)))),
  );
  const standing = judgement?.standing;
  if (flags['ndjson'] === true) for (const story of stories) terminal.printJsonLine(stepUpJson(story, standing));
  else if (flags['json'] === true) {
    terminal.printJson({ ...head(found, judgement), stepUps: stories.map((story) => stepUpJson(story, standing)) });
  } else if (!found.empty) {
    const marks = standing && stories.map(({ records }) => markOf(records, judgement));
    terminal.print([
      ...(stories.length === 0 ? [] : [...stepUpTable(stories.map(stepUpFacts), flags['wide'] === true, marks), '']),
      ...summary(found, stories.length, 'step-up', judgement),
    ]);
  }
  return { tally: found, judgement };
}

async function showRecords(call: Call, archive: Archive, query: Query, verified: Verified): Promise<Shown> {
  if (query.filters.some(({ absent }) => absent)) {
    throw new CliError('BAD_ARGUMENT', 'Option --outcome open is about whole step-ups: leave --events out.');
  }
  const { terminal, flags } = call;
  const done = terminal.progress('Searching');
  const found = await archive.findRecords(query, flags['newest-first'] === true).finally(done);
  const judgement = await verified(async () => {
    const hashes = new Set<string>();
    for await (const { hash } of found.records()) hashes.add(hash);
    return hashes;
  });
  const json: unknown[] = [];
  let shown = 0;
  for await (const record of found.records()) {
    shown += 1;
    if (flags['json'] === true) json.push(recordJson(record, judgement?.standing));
    else if (flags['ndjson'] === true) terminal.printJsonLine(recordJson(record, judgement?.standing));
    else terminal.print([recordLine(record, judgement && markOf([record], judgement))]);
    if (shown % PAGE === 0) await terminal.drained();
    if (terminal.gone.aborted) break;
  }
  const tally = await found.tally();
  if (terminal.gone.aborted) return { tally, judgement };
  if (flags['json'] === true) terminal.printJson({ ...head(tally, judgement), records: json });
  else if (flags['ndjson'] !== true && !tally.empty) {
    terminal.print([...(shown === 0 ? [] : ['']), ...summary(tally, shown, 'record', judgement)]);
  }
  return { tally, judgement };
}

function head(found: Tally, judgement: Judgement | undefined): Record<string, unknown> {
  return {
    version: 1,
    grade: judgement?.report.grade ?? null,
    matched: found.matched,
    counted: found.counted,
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

const COUNTED: Readonly<Record<Tally['counted'], string>> = {
  exactly: '',
  about: 'About ',
  'at least': 'At least ',
};

function summary(
  { matched, counted, loose }: Tally,
  shown: number,
  what: string,
  judgement: Judgement | undefined,
): Line[] {
  const verb = matched === 1 ? 'matches' : 'match';
  const count = `${COUNTED[counted]}${matched === 0 ? 'No' : matched} ${what}${matched === 1 ? '' : 's'} ${verb}`;
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

function nothingRecorded({ description }: Archive): CliError {
  return new CliError('NOT_FOUND', `There is no record in ${description}: nothing was searched.`);
}
