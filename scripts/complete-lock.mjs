// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Adds to package-lock.json the platform packages that npm left out. Tools such as biome and oxlint ship one optional
// package a platform; a registry mirror that carries only some of them makes `npm install` write a lock file that
// `npm ci` then rejects as out of step. Name, version and platform follow from the parent's exact version and from the
// package's name, so the entries are written here, without an integrity hash. Run it after `npm install <package>`.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const CPU = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];
const EXACT = /^\d+\.\d+\.\d+$/;

/** Entries by path for every exact optional dependency that a lock file names and does not hold. */
export function missingPlatformPackages(lock) {
  const missing = {};
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!EXACT.test(version) || holds(lock, path, name)) continue;
      const platform = platformOf(name);
      if (platform === undefined) continue;
      missing[`node_modules/${name}`] = { version, ...platform, dev: true, optional: true };
    }
  }
  return missing;
}

function holds(lock, parent, name) {
  return `${parent}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages;
}

function platformOf(name) {
  const parts = name.split('/').at(-1).split('-');
  const os = parts.find((part) => OS.includes(part));
  const cpu = parts.find((part) => CPU.includes(part));
  if (os === undefined || cpu === undefined) return undefined;
  if (os !== 'linux') return { cpu: [cpu], os: [os] };
  return { cpu: [cpu], libc: [parts.some((part) => part.startsWith('musl')) ? 'musl' : 'glibc'], os: [os] };
}

function main() {
  const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingPlatformPackages(lock);
  const paths = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(paths) }, null, 2)}\n`);
  console.log(`package-lock.json: ${Object.keys(missing).length} platform packages added`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
