// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { resolve } from 'node:path';
import type { Report } from '@stepseal/verifier';
import { type Command, textFlag } from '../command.ts';
import { CliError } from '../errors.ts';
import { ARCHIVE_OPTIONS, openArchive, withArchive } from '../open-archive.ts';
import { type Line, styled } from '../render/line.ts';
import { storyLines } from '../render/story.ts';
import { storyJson } from '../render/story-json.ts';
import type { Archive } from '../search/archive.ts';
import { idFilter } from '../search/filters.ts';
import type { Story } from '../story/collect-stories.ts';
import type { Standing } from '../story/standing.ts';
import { readTrustFile } from '../trust-file.ts';
import { TRUST_FILE_NAME } from '../trust-file-name.ts';

const LATEST = 5;

export const explainCommand: Command = {
  usage: 'explain [ID] [--dir PATH] [--all] [--quick] [--trust FILE] [--elasticsearch URL] [--json]',
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
    ...ARCHIVE_OPTIONS,
    all: { type: 'boolean', brief: 'All step-ups, oldest first.' },
    quick: { type: 'boolean', brief: 'Verify only the streams that hold the records told; faster, and proves less.' },
    trust: { type: 'string', value: 'FILE', brief: `Whose keys count; default ./${TRUST_FILE_NAME} if there.` },
    json: { type: 'boolean', brief: 'Print JSON: {"version", "grade", "checked", "stories"}.' },
  },
  settings: ['data-dir'],
  maxArguments: 1,
  takesIds: true,
  async run(call) {
    const { dataDir } = call.config();
    const dir = textFlag(call, 'dir');
    const directories = dir === undefined ? [dataDir] : [dataDir, resolve(call.cwd, dir)];
    const trust = readTrustFile(call.cwd, directories, textFlag(call, 'trust'));
    const archive = await openArchive(call, dataDir);
    const [id] = call.arguments;
    const done = call.terminal.progress('Reading');
    const { stories, report, standing, quick } = await withArchive(archive, async () => {
      const told = await tell(archive, id, call.flags['all'] === true);
      if (told.length === 0) {
        const what = id === undefined ? 'There is no step-up' : `There is no step-up ${id}`;
        throw new CliError('NOT_FOUND', `${what} in ${archive.description}.`);
      }
      const hashes = (): Promise<Set<string>> =>
        Promise.resolve(new Set(told.flatMap(({ records }) => records.map(({ hash }) => hash))));
      const quickly =
        call.flags['quick'] === true ? await archive.judgeStreams(told, trust?.policy, hashes) : undefined;
      // What cannot be told from these streams alone, such as whose keys they are, the others may tell.
      if (quickly?.report.grade === 'SEALED') return { stories: told, quick: true, ...quickly };
      return { stories: told, quick: false, ...(await archive.judge(trust?.policy, hashes)) };
    }).finally(done);
    if (call.flags['json'] === true) {
      const told = stories.map((story) => storyJson(story, standing));
      call.terminal.printJson({ version: 1, grade: report.grade, checked: quick ? 'streams' : 'all', stories: told });
    } else {
      call.terminal.print([
        ...stories.flatMap((story) => storyLines(story, standing)),
        ...verdictLine(report, stories, standing, quick),
      ]);
    }
    return report.grade === 'TAMPERED' ? 1 : 0;
  },
};

/** One step-up, the latest, or all, each record with the one that seals it. */
async function tell(archive: Archive, id: string | undefined, all: boolean): Promise<readonly Story[]> {
  if (id === undefined && all) return archive.allStepUps();
  const filters = id === undefined ? [] : [idFilter(id)];
  const { stories } = await archive.findStepUps({ filters, window: undefined, limit: id === undefined ? LATEST : 1 });
  await archive.findSeals(stories);
  return stories;
}

/** The verdict on what the stories are told from stands below them. */
function verdictLine(
  { grade, findings }: Report,
  stories: readonly Story[],
  standing: Standing,
  quick: boolean,
): Line[] {
  if (grade === 'SEALED') {
    const rest = quick ? ' Only their streams were checked: `stepseal verify` checks all.' : '';
    return [[styled('good', grade), `  The records these are told from are sealed and unaltered.${rest}`]];
  }
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
