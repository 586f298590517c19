// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** The Collector's modules at the version used here ask for this Go. */
const GO = [1, 26];
/** Elasticsearch 9 runs on Java 21 and later. */
const JAVA = 21;

/** The tools that the real servers need, as far as they are here; without a Collector, Go is not among them. */
export function findTools({ collector = true, env = process.env } = {}) {
  const go = collector ? findGo(env) : undefined;
  const jdk = findJdk(env);
  const maven = onPath('mvn', env);
  const missing = [
    ...(collector && go === undefined ? [`Go ${GO.join('.')} or later (https://go.dev), to build the Collector`] : []),
    ...(jdk === undefined ? [`a JDK ${JAVA} or later, to run Elasticsearch (JAVA_HOME, or below /usr/lib/jvm)`] : []),
    ...(maven === undefined ? ['Maven (mvn), to fetch Elasticsearch'] : []),
  ];
  return { go, jdk, maven, missing };
}

function findGo(env) {
  const program = onPath('go', env);
  if (program === undefined) return undefined;
  const { stdout } = spawnSync(program, ['env', 'GOVERSION'], { encoding: 'utf8', env });
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  const enough = Number(major) > GO[0] || (Number(major) === GO[0] && Number(minor) >= GO[1]);
  return enough ? program : undefined;
}

/** The lowest one that suffices, by the `release` file that every JDK has. */
function findJdk(env) {
  const homes = new Set();
  for (const name of ['ES_JAVA_HOME', 'JAVA_HOME']) if (env[name]) homes.add(env[name]);
  const java = onPath('java', env);
  if (java !== undefined) homes.add(dirname(dirname(realpathSync(java))));
  for (const place of ['/usr/lib/jvm', '/Library/Java/JavaVirtualMachines']) {
    for (const name of existsSync(place) ? readdirSync(place) : []) {
      homes.add(join(place, name)).add(join(place, name, 'Contents', 'Home'));
    }
  }
  const found = [...homes]
    .map((home) => ({ home, version: javaVersion(home) }))
    .filter(({ version }) => version >= JAVA);
  return found.sort((a, b) => a.version - b.version)[0]?.home;
}

function javaVersion(home) {
  try {
    const release = readFileSync(join(home, 'release'), 'utf8');
    if (!existsSync(join(home, 'bin', 'java'))) return 0;
    return Number(/^JAVA_VERSION="(\d+)/m.exec(release)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function onPath(name, env) {
  const places = (env.PATH ?? '').split(delimiter).filter((place) => place !== '');
  return places.map((place) => join(place, name)).find((path) => existsSync(path));
}
