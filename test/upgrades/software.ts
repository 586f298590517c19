// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGES = ['core', 'processor', 'verifier'];

export interface Versions {
  readonly software: string;
  readonly format: string;
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-upgrades-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/**
 * The built packages, installed once more under another version: what runs before or after an upgrade. A newer format is
 * made by its number alone, which is all that software of today can know of it.
 */
export class Software {
  readonly versions: Versions;
  readonly #home: string;

  constructor(versions: Versions) {
    this.versions = versions;
    this.#home = mkdtempSync(join(tmpdir(), 'stepseal-software-'));
    const modules = join(this.#home, 'node_modules');
    mkdirSync(join(modules, '@stepseal'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', '@opentelemetry'), join(modules, '@opentelemetry'));
    for (const name of PACKAGES) {
      const [from, to] = [join(ROOT, 'packages', name), join(modules, '@stepseal', name)];
      cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true });
      const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as object;
      writeFileSync(join(to, 'package.json'), JSON.stringify({ ...manifest, version: versions.software }));
    }
    replace(
      join(modules, '@stepseal', 'core', 'dist', 'format', 'limits.js'),
      "FORMAT_VERSION = '1'",
      `FORMAT_VERSION = '${versions.format}'`,
    );
    for (const script of ['emit.mjs', 'verify.mjs'])
      cpSync(fileURLToPath(new URL(`fixtures/${script}`, import.meta.url)), join(this.#home, script));
  }

  remove(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** A process of this software that emits, reports each id, and ends as it is told. */
  start(job: object): ChildProcess {
    return spawn(process.execPath, [join(this.#home, 'emit.mjs'), JSON.stringify(job)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }

  /** What this software's verifier says of the directory. */
  verify(dataDir: string, trust: string): { grade: string; findings: { code: string; severity: string }[] } {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [join(this.#home, 'verify.mjs'), JSON.stringify({ dataDir, trust })],
      { encoding: 'utf8', timeout: 30_000 },
    );
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as ReturnType<Software['verify']>;
  }
}

function replace(file: string, before: string, after: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(before)) throw new Error(`${file} has no ${before}`);
  writeFileSync(file, text.replace(before, after));
}
