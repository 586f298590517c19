// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';
import { ServerProcess } from './server-process.mjs';

const READY_MS = 300_000;
/** Elasticsearch refuses to run as root: then it runs as this user (nobody). */
const NOBODY = 65_534;

/**
 * One node of Elasticsearch on free ports of the loopback interface, with security on and a password of its own.
 *
 * @param {{ home: string, jdk: string, directory: string, roles?: string, heap?: string, port?: number }} settings
 *   `directory` takes configuration, data and log; `roles` is the text of `roles.yml`
 */
export async function startElasticsearch({ home, jdk, directory, roles = '', heap = '1g', port }) {
  const config = join(directory, 'config');
  const asRoot = process.getuid?.() === 0;
  const owner = asRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const env = {
    PATH: process.env.PATH,
    ES_JAVA_HOME: jdk,
    ES_PATH_CONF: config,
    ES_JAVA_OPTS: `-Xms${heap} -Xmx${heap}`,
    // Else each start leaves a directory of its own among the temporary files of the machine.
    ES_TMPDIR: join(directory, 'tmp'),
    HOME: directory,
  };
  const http = port ?? (await freePort());
  const fresh = !hasEntries(config);
  const password = fresh ? randomBytes(18).toString('base64url') : undefined;
  if (fresh) {
    cpSync(join(home, 'config'), config, { recursive: true });
    for (const name of ['data', 'logs', 'tmp']) mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(config, 'roles.yml'), roles);
  }
  writeFileSync(join(config, 'elasticsearch.yml'), nodeSettings(directory, http, await freePort()));
  if (asRoot) own(directory);
  const run = (program, args, input) => {
    const { status, stderr, stdout, error } = spawnSync(join(home, 'bin', program), args, {
      env,
      input,
      ...owner,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${program} ${args[0]} failed: ${error?.message ?? stdout + stderr}`);
  };
  // Makes the keystore, too.
  if (password !== undefined) run('elasticsearch-keystore', ['add', '-f', '-x', 'bootstrap.password'], password);
  const server = new ServerProcess(join(home, 'bin', 'elasticsearch'), [], {
    cwd: directory,
    env,
    log: join(directory, 'logs', 'console.log'),
    // The program only launches the server: killed alone, it would leave that behind.
    group: true,
    ...owner,
  });
  const url = `http://127.0.0.1:${http}`;
  await server.ready(async () => (await fetch(`${url}/_cluster/health`)).status > 0, READY_MS);
  return { server, url, port: http, password, addUser };

  /** A user by file: this distribution cannot make any by API. */
  function addUser(name, secret, role) {
    run('elasticsearch-users', ['useradd', name, '-p', secret, '-r', role]);
  }
}

function nodeSettings(directory, http, transport) {
  return `${[
    'cluster.name: stepseal-test',
    'node.name: one',
    'discovery.type: single-node',
    'network.host: 127.0.0.1',
    `http.port: ${http}`,
    `transport.port: ${transport}`,
    `path.data: ${JSON.stringify(join(directory, 'data'))}`,
    `path.logs: ${JSON.stringify(join(directory, 'logs'))}`,
    'cluster.routing.allocation.disk.threshold_enabled: false',
    // How often it looks whether there are new users.
    'resource.reload.interval.high: 500ms',
    'xpack.security.enabled: true',
    'xpack.security.http.ssl.enabled: false',
    'xpack.security.transport.ssl.enabled: false',
    'xpack.security.autoconfiguration.enabled: false',
  ].join('\n')}\n`;
}

function hasEntries(directory) {
  try {
    return readdirSync(directory).length > 0;
  } catch {
    return false;
  }
}

function own(directory) {
  for (const entry of readdirSync(directory, { recursive: true })) chownSync(join(directory, entry), NOBODY, NOBODY);
  chownSync(directory, NOBODY, NOBODY);
}
