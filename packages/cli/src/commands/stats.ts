// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Command, textFlag } from '../command.ts';
import { CliError } from '../errors.ts';
import { styled } from '../render/line.ts';
import { statsJson, statsLines } from '../render/stats.ts';
import { timeWindow } from '../search/time-window.ts';
import { openSources, withSources } from '../sources.ts';
import { statistics } from '../stats/figures.ts';
import { tally } from '../stats/tally.ts';

export const statsCommand: Command = {
  usage: 'stats [--since TIME] [--until TIME] [--dir PATH] [--json]',
  about: [
    'Figures of step-ups: how many passed, were abandoned or are open, how long they took, how often users were asked;',
    'as a whole, by reason and by method. A step-up counts in the window in which it began. Nothing is verified.',
    'Exit codes: 0 done, 3 cannot be done, 64 usage.',
  ],
  examples: [
    'stepseal stats --since 30d # the last thirty days',
    'stepseal stats --since 2026-11-01 --until 2026-12-01 --json | jq .byMethod # November, for a report',
  ],
  options: {
    dir: { type: 'string', value: 'PATH', brief: 'Directory or segment to read; - for standard input.' },
    since: {
      type: 'string',
      value: 'TIME',
      brief: 'From this time on: 90d, 2h, 2026-11-01, 2026-11-01T09:30:00Z (UTC).',
    },
    until: { type: 'string', value: 'TIME', brief: 'Before this time.' },
    json: {
      type: 'boolean',
      brief: 'Print JSON: {"version", "all", "byReason", "byMethod", "users", "decisions", ...}.',
    },
  },
  settings: ['data-dir'],
  maxArguments: 0,
  async run(call) {
    const dir = textFlag(call, 'dir');
    const window = timeWindow(call);
    const sources = openSources(call, dir === undefined ? [] : [dir], call.config().dataDir);
    return withSources(sources, async () => {
      const segments = (await Promise.all(sources.map((source) => source.segments()))).flat();
      const done = call.terminal.progress('Counting');
      const { stepUps, bytes, unread } = tally(segments);
      done();
      const denied = sources.flatMap(({ unreadable = [] }) => unreadable.map((name) => `${name} cannot be read.`));
      for (const sentence of [...denied, ...unread]) call.terminal.warn(`stepseal: Not read: ${sentence}`);
      if (bytes === 0) {
        const names = sources.map(({ description }) => description).join(', ');
        throw new CliError('NOT_FOUND', `There is no record in ${names}: nothing was counted.`);
      }
      const stats = statistics(stepUps.values(), window);
      if (call.flags['json'] === true) {
        call.terminal.printJson({ version: 1, unread: [...denied, ...unread], ...statsJson(stats) });
      } else {
        call.terminal.print([...statsLines(stats), '', [styled('dim', 'Not verified: see `stepseal verify`.')]]);
      }
      return 0;
    });
  },
};
