// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join, resolve } from 'node:path';
import { type Call, type Command, textFlag } from '../command.ts';
import { ELASTICSEARCH_SOURCE_OPTIONS } from '../elasticsearch-connection.ts';
import { CliError } from '../errors.ts';
import { checkIndexOptions, namesIndex } from '../index-source.ts';
import { recordLine } from '../render/record-line.ts';
import { recordJson } from '../render/step-up-json.ts';
import { shortPath } from '../short-path.ts';
import { statIfPresent } from '../stat.ts';
import { SEALING_EVENTS } from '../story/sealing-events.ts';
import { DirectoryTail, type Notice, type TailStart } from '../tail/directory-tail.ts';
import type { TailedRecord } from '../tail/stream-tail.ts';
import { Wake } from '../tail/wake.ts';

const POSITION = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\d{1,15})$/;
export const tailCommand: Command = {
  usage: 'tail [--after STREAM:NUMBER,...] [--all] [--unsealed] [--once] [--elasticsearch URL] [--json]',
  about: [
    'Prints records of a data directory as they come, each when a signed note covers it, in the order of its stream. It',
    'follows all writers, rolled and new streams. Signatures are not checked here: `stepseal verify` does.',
    'With --json it is a feed that resumes: keep the highest number of each stream, and hand them to --after.',
    'Ends with 0 at SIGINT, SIGTERM and when its reader goes away.',
  ],
  examples: [
    'stepseal tail # what happens from now on',
    'stepseal tail --json --after 019340a1-0000-7000-8000-0a1b2c3d4e5f:41 | my-forwarder # go on behind record 41',
    'stepseal tail --all --once --json > records.ndjson # all that is there, then end',
  ],
  options: {
    dir: { type: 'string', value: 'DIR', brief: 'Data directory to follow.' },
    after: { type: 'string', value: 'STREAM:NUMBER,...', brief: 'Begin behind these; other writers from their start.' },
    all: { type: 'boolean', brief: 'Begin at the start of all that is there.' },
    unsealed: { type: 'boolean', brief: 'Print records at once, before a note covers them.' },
    sealing: { type: 'boolean', brief: 'Also the records that open, seal and close streams.' },
    once: { type: 'boolean', brief: 'Print what is there now, and end.' },
    json: { type: 'boolean', brief: 'Print NDJSON: {"stream", "number", "event", "time", ...} a line.' },
    ...ELASTICSEARCH_SOURCE_OPTIONS,
    elasticsearch: { type: 'string', value: 'URL', brief: 'Follow this Elasticsearch, not a data directory.' },
  },
  settings: ['data-dir'],
  maxArguments: 0,
  async run(call) {
    checkIndexOptions(call);
    const start: TailStart = {
      after: positions(textFlag(call, 'after')),
      all: call.flags['all'] === true,
      unsealed: call.flags['unsealed'] === true,
    };
    const stop = new AbortController();
    const end = (): void => stop.abort();
    process.once('SIGINT', end).once('SIGTERM', end);
    call.terminal.gone.addEventListener('abort', end);
    try {
      if (namesIndex(call)) await followIndex(call, start, stop.signal);
      else await followDirectory(call, start, stop.signal);
    } finally {
      process.off('SIGINT', end).off('SIGTERM', end);
    }
    return 0;
  },
};

async function followDirectory(call: Call, start: TailStart, stop: AbortSignal): Promise<void> {
  const directory = dataDirectory(call);
  if (statIfPresent(join(directory, 'writers')) === undefined) {
    call.terminal.warn(`stepseal: Nothing has been recorded in ${shortPath(call.cwd, directory)} yet.`);
  }
  const tail = new DirectoryTail(directory, start);
  const wake = new Wake();
  try {
    while (!stop.aborted) {
      await printAll(call, tail.advance(), stop);
      if (call.flags['once'] === true) return;
      if (!wake.watch(tail.directories)) await wake.next(stop);
    }
  } finally {
    wake.close();
  }
}

async function followIndex(call: Call, start: TailStart, stop: AbortSignal): Promise<void> {
  const once = call.flags['once'] === true;
  // Not before it is needed: the client is large.
  const { openIndexTail } = await import('../elasticsearch/open-index-tail.ts');
  const tail = await openIndexTail(call, { ...start, patient: !once });
  try {
    while (!stop.aborted) {
      await tail.turn((items) => printAll(call, items, stop));
      if (once) return;
      await tail.pause(stop);
    }
  } finally {
    await tail.close();
  }
}

type Items = Iterable<TailedRecord | Notice> | AsyncIterable<TailedRecord | Notice>;

async function printAll(call: Call, items: Items, stop: AbortSignal): Promise<void> {
  const { terminal, flags } = call;
  for await (const item of items) {
    if (stop.aborted) return;
    if ('notice' in item) printNotice(call, item);
    else if (flags['sealing'] !== true && SEALING_EVENTS.has(item.eventName)) continue;
    else if (flags['json'] === true) terminal.printJsonLine(feedLine(item));
    else terminal.print([recordLine(item, item.sealed ? undefined : 'not sealed yet')]);
    await terminal.drained();
  }
}

/** Stream and number first: they are what a reader keeps. */
function feedLine(record: TailedRecord): unknown {
  const { stream, number, ...rest } = recordJson(record, undefined);
  return { stream, number, sealed: record.sealed, ...rest };
}

function printNotice({ terminal, flags }: Call, notice: Notice): void {
  if (flags['json'] === true) terminal.printJsonLine(notice);
  else terminal.warn(`stepseal: ${notice.message}`);
}

function dataDirectory(call: Call): string {
  const dir = textFlag(call, 'dir');
  const directory = dir === undefined ? call.config().dataDir : resolve(call.cwd, dir);
  const place = shortPath(call.cwd, directory);
  const stat = statIfPresent(directory);
  if (stat === undefined) throw new CliError('SOURCE_MISSING', `There is no ${place}: nothing has been recorded here.`);
  if (stat.isDirectory()) return directory;
  throw new CliError('BAD_ARGUMENT', `${place} is not a data directory: only one that is written to can be followed.`);
}

function positions(text: string | undefined): Map<string, number> {
  const after = new Map<string, number>();
  for (const part of text?.split(',') ?? []) {
    const [, stream, number] = POSITION.exec(part) ?? [];
    if (stream === undefined) {
      throw new CliError(
        'BAD_ARGUMENT',
        'Option --after needs STREAM:NUMBER, as the feed prints them; several with commas.',
      );
    }
    after.set(stream, Number(number));
  }
  return after;
}
