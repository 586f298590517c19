// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { systemCode } from './errors.ts';
import { type FileSystem, syncDirectory } from './file-system.ts';
import { readFirstLine } from './first-line.ts';
import { holdsNewerFormat } from './newer-format.ts';
import type { ProcessTable, ThreadIdentity } from './process-identity.ts';

/**
 * A claim is a numbered file `owner.000001` in the writer's directory, linked into place, so that it appears whole and
 * at most once; the highest number owns. Taking over is linking the next number. See docs/design/owner-claims.md.
 *
 * Trust: claims keep honest processes apart. Someone who can write the directory can forge one; evidence does not rest
 * on them.
 */
const OWNER = /^owner\.(\d{6})(\.released)?$/;
const WRITER = /^[0-9a-f]{16}$/;
const DIRECTORY_MODE = 0o750;
const OWNER_MODE = 0o640;

/**
 * A thread that cannot be asked about is taken for dead when its directory has not changed for this long: two and a half
 * of the heartbeats that a living writer seals.
 */
const SILENT_MS = 150_000;

/** A writer's directory, held by this thread. */
export interface OwnerClaim {
  /** The writer's directory: its segments lie here. */
  readonly directory: string;
  /** 16 hexadecimal digits: the directory's name. */
  readonly writerId: string;
  /** Whether a later claim has displaced this one. */
  superseded(): boolean;
  /** Lets the next start have the directory, this thread's own included. */
  release(): void;
}

export interface ClaimOptions {
  readonly files: FileSystem;
  readonly processes: ProcessTable;
  readonly dataDir: string;
  /** Names a new directory. */
  readonly newWriterId: () => string;
  /** Wall milliseconds. */
  readonly now: () => number;
}

/**
 * Claims the directory of a writer whose owner is gone, or makes a new one.
 *
 * @throws what the file system threw
 */
export function claimWriter(options: ClaimOptions): OwnerClaim {
  const { files, dataDir } = options;
  const writers = join(dataDir, 'writers');
  files.mkdirSync(dataDir, { recursive: true, mode: DIRECTORY_MODE });
  const created = files.mkdirSync(writers, { recursive: true, mode: DIRECTORY_MODE });
  if (created !== undefined) syncDirectory(files, dataDir);
  const self = options.processes.self();
  for (const writerId of files
    .readdirSync(writers)
    .filter((name) => WRITER.test(name))
    .sort()) {
    try {
      const claim = claimDirectory(options, self, writers, writerId);
      if (claim !== undefined) return claim;
    } catch {
      // One spoilt directory stops nobody; if it is the whole disk, making a new one says so.
    }
  }
  for (;;) {
    const writerId = options.newWriterId();
    files.mkdirSync(join(writers, writerId), { recursive: true, mode: DIRECTORY_MODE });
    syncDirectory(files, writers);
    const claim = claimDirectory(options, self, writers, writerId);
    if (claim !== undefined) return claim;
  }
}

/**
 * Claims one writer's directory, if its owner is gone: to look after what it left.
 *
 * @returns undefined while somebody has it
 * @throws what the file system threw
 */
export function claimAbandoned(options: Omit<ClaimOptions, 'newWriterId'>, writerId: string): OwnerClaim | undefined {
  const newWriterId = (): string => writerId;
  const full: ClaimOptions = { ...options, newWriterId };
  return claimDirectory(full, options.processes.self(), join(options.dataDir, 'writers'), writerId);
}

function claimDirectory(
  options: ClaimOptions,
  self: ThreadIdentity,
  writers: string,
  writerId: string,
): OwnerClaim | undefined {
  const { files } = options;
  const directory = join(writers, writerId);
  const newest = newestOwner(files, directory);
  if (newest !== undefined && !newest.released && !isGone(options, directory, newest.name)) return undefined;
  if (holdsNewerFormat(files, directory)) return undefined;
  const number = (newest?.number ?? 0) + 1;
  const path = join(directory, ownerName(number));
  if (!linkOwner(files, directory, path, self)) return undefined;
  const release = (): void => {
    try {
      files.renameSync(path, `${path}.released`);
    } catch {}
  };
  try {
    syncDirectory(files, directory);
    // A claimant with an old listing may have filled a number that was cleared away: only the highest one owns.
    // And newer software may have come and gone since this directory was looked at.
    if (newestOwner(files, directory)?.number !== number || holdsNewerFormat(files, directory)) {
      files.unlinkSync(path);
      return undefined;
    }
  } catch (error) {
    release();
    throw error;
  }
  clearOlder(files, directory, number);
  return { directory, writerId, superseded: () => newestOwner(files, directory)?.number !== number, release };
}

interface Owner {
  readonly name: string;
  readonly number: number;
  readonly released: boolean;
}

function owners(files: FileSystem, directory: string): Owner[] {
  const found: Owner[] = [];
  for (const name of files.readdirSync(directory)) {
    const match = OWNER.exec(name);
    if (match !== null) found.push({ name, number: Number(match[1]), released: match[2] !== undefined });
  }
  return found;
}

function newestOwner(files: FileSystem, directory: string): Owner | undefined {
  let newest: Owner | undefined;
  for (const owner of owners(files, directory)) {
    if (newest === undefined || owner.number > newest.number) newest = owner;
  }
  return newest;
}

function isGone(options: ClaimOptions, directory: string, name: string): boolean {
  const { files } = options;
  const path = join(directory, name);
  const thread = readOwner(files, path);
  const liveness = thread === undefined ? 'unknown' : options.processes.liveness(thread);
  if (liveness !== 'unknown') return liveness === 'dead';
  // Another pid namespace, or a claim whose content a power cut took: only silence tells.
  const changed = files
    .readdirSync(directory)
    .filter((entry) => entry.endsWith('.ndjson') || entry === name)
    .map((entry) => files.statSync(join(directory, entry)).mtimeMs);
  return options.now() - Math.max(...changed) > SILENT_MS;
}

function readOwner(files: FileSystem, path: string): ThreadIdentity | undefined {
  try {
    const value: unknown = JSON.parse(readFirstLine(files, path)?.toString('utf8') ?? '');
    return typeof value === 'object' && value !== null && 'bootId' in value ? (value as ThreadIdentity) : undefined;
  } catch {
    return undefined;
  }
}

/** @returns false when somebody else was there first */
function linkOwner(files: FileSystem, directory: string, path: string, self: ThreadIdentity): boolean {
  const content = Buffer.from(`${JSON.stringify(self)}\n`);
  const draft = join(directory, `draft.${self.nonce}`);
  writeNew(files, draft, content);
  try {
    files.linkSync(draft, path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') return false;
    // File systems without hard links: exclusive creation has one winner too, but its content may be missing for a moment.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    try {
      writeNew(files, path, content);
    } catch (failure) {
      if (systemCode(failure) === 'EEXIST') return false;
      throw failure;
    }
  } finally {
    files.unlinkSync(draft);
  }
  return true;
}

function writeNew(files: FileSystem, path: string, content: Buffer): void {
  const fd = files.openSync(path, 'wx', OWNER_MODE);
  try {
    for (let at = 0; at < content.length; ) at += files.writeSync(fd, content, at, content.length - at);
  } finally {
    files.closeSync(fd);
  }
}

function clearOlder(files: FileSystem, directory: string, number: number): void {
  for (const owner of owners(files, directory)) {
    // The one before stays for people who want to know who died.
    if (owner.number < number - 1) {
      try {
        files.unlinkSync(join(directory, owner.name));
      } catch {}
    }
  }
}

function ownerName(number: number): string {
  return `owner.${String(number).padStart(6, '0')}`;
}
