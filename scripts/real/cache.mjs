// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where fetched and built servers are kept: outside the repository, since they are large and no part of it. Of root not
 * in its home, which is closed to the user as whom Elasticsearch then runs.
 */
function cacheDirectory(env = process.env) {
  const ofUser = process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache');
  return resolve(env.STEPSEAL_CACHE_DIR ?? join(env.XDG_CACHE_HOME ?? ofUser, 'stepseal'));
}

/**
 * A directory of the cache under a name that holds its version. `make` fills a draft, which is renamed into place when
 * it is whole: what was broken off half-way is not taken for a server.
 *
 * @param {(draft: string) => Promise<void>} make
 * @returns {Promise<string>} the path
 */
export async function cached(name, make, env = process.env) {
  const place = join(cacheDirectory(env), name);
  if (existsSync(place)) return place;
  const draft = `${place}.draft-${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    await make(draft);
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another run may have been faster.
    if (!existsSync(place)) throw error;
  }
  return place;
}
