// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Option } from '../command.ts';

/** Options that `verify` takes with `--watch` only. */
export const WATCH_OPTIONS: Readonly<Record<string, Option>> = {
  interval: { type: 'string', value: 'TIME', brief: 'Of a watch: from one round to the next, 1s to 7d; default 1min.' },
  'full-every': { type: 'string', value: 'N', brief: 'Of a watch: read everything in every Nth round; default 60.' },
  'watch-dir': {
    type: 'string',
    value: 'DIR',
    brief: 'Of a watch: keys, records and known heads of the verifier; default .stepseal-verifier.',
  },
  'watch-deployment': {
    type: 'string',
    value: 'NAME',
    brief: 'Of a watch: deployment of its records; default DEPLOYMENT/verifier.',
  },
  endpoint: {
    type: 'string',
    value: 'URL',
    brief: "Of a watch: the Collector's that its records go to; default delivery.endpoint.",
  },
};
