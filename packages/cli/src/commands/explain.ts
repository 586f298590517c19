// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Report, readRecords, type Source, verify } from '@stepseal/verifier';
import { type Command, textFlag } from '../command.ts';
import { CliError } from '../errors.ts';
import { type Line, styled } from '../render/line.ts';
import { storyLines } from '../render/story.ts';
import { storyJson } from '../render/story-json.ts';
import { openSources, withSources } from '../sources.ts';
import { collectStories, latestIds, type Story } from '../story/collect-stories.ts';
import { type Standing, standingOf } from '../story/standing.ts';
import { hashesUnderNotes } from '../story/under-notes.ts';
import { readTrustFile, TRUST_FILE_NAME } from '../trust-file.ts';

const LATEST = 5;

export const explainCommand: Command = {
  usage: 'explain [ID] [--dir PATH] [--all] [--trust FILE] [--json]',
  about: [
    'Tells the story of a step-up from its sealed records: why a stronger proof was demanded, of whom, by which method,',
    `whether it passed, how long it took, what access followed, and where the proof lies. Without ID the latest ${LATEST}.`,
    'Exit codes: 0 told, 1 told from records that were tampered with, 3 nothing to tell, 64 usage.',
  ],
  examples: [
    'stepseal explain # the latest step-ups',
    'stepseal explain Zk3q0sXvT9m4 --dir /mnt/archive # one of an archive',
    "stepseal explain --all --json | jq '.stories[] | .id' # for a script",
  ],
  options: {
    dir: { type: 'string', value: 'PATH', brief: 'Directory or segment to read; - for standard input.' },
    all: { type: 'boolean', brief: 'All step-ups, oldest first.' },
    trust: { type: 'string', value: 'FILE', brief: `Whose keys count; default ./${TRUST_FILE_NAME} if there.` },
    json: { type: 'boolean', brief: 'Print JSON: {"version", "grade", "stories"}.' },
  },
  settings: ['data-dir'],
  maxArguments: 1,
  takesIds: true,
  async run(call) {
    const { dataDir } = call.config();
    const trust = readTrustFile(call.cwd, dataDir, textFlag(call, 'trust'));
    const dir = textFlag(call, 'dir');
    const sources = openSources(call, dir === undefined ? [] : [dir], dataDir);
    const [id] = call.arguments;
    const chosen = async (): Promise<ReadonlySet<string> | undefined> => {
      if (id !== undefined) return new Set([id]);
      return call.flags['all'] === true ? undefined : latestIds(allRecords(sources), LATEST);
    };
    const done = call.terminal.progress('Reading');
    const { stories, report, underNotes } = await withSources(sources, async () => {
      const found = await collectStories(allRecords(sources), await chosen());
      const verdict = await verify({ sources, trust: trust?.policy });
      const hashes = new Set(found.flatMap(({ records }) => records.map(({ hash }) => hash)));
      // Where all is well, every record is what it claims to be, and need not be looked up.
      const doubtful = verdict.grade === 'TAMPERED' || verdict.grade === 'CANNOT_VERIFY';
      return {
        stories: found,
        report: verdict,
        underNotes: doubtful ? await hashesUnderNotes(allRecords(sources), verdict, hashes) : undefined,
      };
    }).finally(done);
    if (stories.length === 0) {
      const what = id === undefined ? 'There is no step-up' : `There is no step-up ${id}`;
      throw new CliError('NOT_FOUND', `${what} in ${report.sources.join(', ')}.`);
    }
    const standing = standingOf(report, underNotes);
    if (call.flags['json'] === true) {
      const told = stories.map((story) => storyJson(story, standing));
      call.terminal.printJson({ version: 1, grade: report.grade, stories: told });
    } else {
      call.terminal.print([
        ...stories.flatMap((story) => storyLines(story, standing)),
        ...verdictLine(report, stories, standing),
      ]);
    }
    return report.grade === 'TAMPERED' ? 1 : 0;
  },
};

async function* allRecords(sources: readonly Source[]): ReturnType<typeof readRecords> {
  for (const source of sources) yield* readRecords(source);
}

/** The verdict on what the stories are told from stands below them. */
function verdictLine({ grade, findings }: Report, stories: readonly Story[], standing: Standing): Line[] {
  if (grade === 'SEALED')
    return [[styled('good', grade), '  The records these are told from are sealed and unaltered.']];
  const told = stories.flatMap(({ records }) => records);
  const streams = new Set(told.map(({ stream }) => stream));
  const worst = findings.find(({ stream }) => stream === undefined || streams.has(stream)) ?? findings[0];
  const reason = worst === undefined ? '' : `${worst.code}: ${worst.evidence}`;
  const extent = told.every(standing.isProved)
    ? 'Every record told here is sealed and unaltered, but not all is well with the rest.'
    : 'Not every record told here is proved.';
  const style = grade === 'TAMPERED' ? 'bad' : 'doubtful';
  return [[styled(style, grade), `  ${extent} ${reason} See \`stepseal verify\`.`]];
}
