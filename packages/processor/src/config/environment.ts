// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ConfigProblem } from './errors.ts';
import { SETTINGS, type Setting } from './settings.ts';
import { didYouMean } from './suggest.ts';

const CONFIG_FILE_VARIABLE = 'STEPSEAL_CONFIG_FILE';

// Kubernetes hands every pod such variables for each service of its namespace, one called `stepseal` included.
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

// What asks Elasticsearch or Kibana reads these itself (packages/cli); Collectors of the project's configuration have them too.
const OTHER_SERVERS = /^STEPSEAL_(ELASTICSEARCH|KIBANA)_/;

export interface ReadEnvironment {
  /** Path given with STEPSEAL_CONFIG_FILE. */
  readonly file?: string;
  readonly texts: ReadonlyMap<Setting, string>;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly string[];
}

/** The `STEPSEAL_*` variables. An empty one counts as unset; the value of an unknown one is never repeated. */
export function readEnvironment(env: NodeJS.ProcessEnv): ReadEnvironment {
  const byVariable = new Map(SETTINGS.map((setting) => [setting.variable, setting]));
  const texts = new Map<Setting, string>();
  const problems: ConfigProblem[] = [];
  const warnings: string[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('STEPSEAL_') || name === CONFIG_FILE_VARIABLE || text === undefined || text === '') continue;
    const setting = byVariable.get(name);
    if (setting !== undefined) texts.set(setting, text);
    else if (!SERVICE_LINK.test(name) && !OTHER_SERVERS.test(name)) {
      // The environment is shared: what is like no setting may be another tool's, or another version's.
      const hint = didYouMean(name, [...byVariable.keys(), CONFIG_FILE_VARIABLE]);
      if (hint === '') warnings.push(`CONFIG_UNKNOWN_VARIABLE: ${name} is no setting and is left out.`);
      else problems.push({ code: 'CONFIG_UNKNOWN_VARIABLE', message: `Unknown variable ${name}.${hint}` });
    }
  }
  const file = env[CONFIG_FILE_VARIABLE];
  return { texts, problems, warnings, ...(file !== undefined && file !== '' && { file }) };
}
