// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, globSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordHash } from '@stepseal/core/format';
import { createKeys } from '@stepseal/processor/keys';

const PROGRAM = fileURLToPath(new URL('../fixtures/application.mjs', import.meta.url));

/** Events a second of each application. */
const PER_SECOND = 220;

/** A service under steady load in a process of its own, and what it says, apart from Stepseal, that it emitted. */
export class Application {
  readonly deployment: string;
  readonly dataDir: string;
  /** The public key to trust. */
  readonly vkey: string;
  readonly #directory: string;
  #runs = 0;
  #child: ChildProcess | undefined;

  /** @param name also of its deployment */
  constructor(directory: string, name: string) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
    this.deployment = `chaos/${name}`;
    this.dataDir = join(directory, 'data');
    this.vkey = createKeys(join(directory, 'keys')).signer(this.deployment).vkey;
  }

  /** @param endpoint of its Collector, without a path */
  start(endpoint: string): void {
    const job = {
      deployment: this.deployment,
      dataDir: this.dataDir,
      identityFile: join(this.#directory, 'keys', 'identity.pem'),
      endpoint: `${endpoint}/v1/logs`,
      perSecond: PER_SECOND,
      tag: `run${this.#runs++}`,
    };
    const [emitted, log] = ['emitted', 'application.log'].map((name) => openSync(join(this.#directory, name), 'a'));
    this.#child = spawn(process.execPath, [PROGRAM, JSON.stringify(job)], {
      // Its standard input ends with this process, and that ends it.
      stdio: ['pipe', log, log, emitted],
    });
    for (const file of [emitted, log]) closeSync(file as number);
  }

  kill(): Promise<void> {
    return this.#ended(() => this.#child?.kill('SIGKILL'));
  }

  /** Lets it seal, deliver as far as that goes in three minutes, and shut down. */
  finish(): Promise<void> {
    return this.#ended(() => this.#child?.stdin?.end());
  }

  /** How many it has emitted so far, without reading them: all lines have the same length. */
  get count(): number {
    return Math.floor(statSync(join(this.#directory, 'emitted')).size / 'run0-0000000 1700000000000 '.length);
  }

  /** Ids in the order in which they were emitted. */
  emitted(): readonly string[] {
    return this.#lines().map(([id]) => id);
  }

  /** Events a second, over the time of each of its runs. */
  rate(): number {
    const runs = Map.groupBy(this.#lines(), ([id]) => id.slice(0, id.indexOf('-')));
    const ms = [...runs.values()].map((lines) => Number(lines.at(-1)?.[1]) - Number(lines[0]?.[1]));
    return (this.#lines().length / ms.reduce((sum, each) => sum + each, 0)) * 1_000;
  }

  log(): string {
    return read(join(this.#directory, 'application.log'));
  }

  /** The sealed bytes of every record, by record hash. */
  sealed(): ReadonlyMap<string, string> {
    const lines = globSync(join(this.dataDir, 'writers/*/*.ndjson')).flatMap((file) =>
      // A line that a kill has cut off belongs to a record that was never emitted.
      read(file)
        .split('\n')
        .slice(0, -1)
        .filter((line) => !line.startsWith('{"note"')),
    );
    return new Map(lines.map((line) => [recordHash(line), line]));
  }

  #lines(): readonly [id: string, time: string][] {
    const lines = read(join(this.#directory, 'emitted')).split('\n').slice(0, -1);
    return lines.map((line) => line.split(' ') as [string, string]);
  }

  async #ended(end: () => void): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    end();
    const late = setTimeout(() => child.kill('SIGKILL'), 240_000);
    await gone;
    clearTimeout(late);
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
