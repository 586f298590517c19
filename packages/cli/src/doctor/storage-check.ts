// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { byteSize } from '../render/bytes.ts';
import { TRUST_FILE_NAME } from '../trust-file-name.ts';
import type { Diagnosis, DoctorFinding, Fact, Patient } from './diagnosis.ts';

/** Numbers of statfs(2) by which Linux names file systems. */
const NETWORK: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x01021997: '9P',
  0x00c36400: 'Ceph',
  0x0bd00bd0: 'Lustre',
  0x47504653: 'GPFS',
};
const WITHOUT_LINKS: Readonly<Record<number, string>> = { 0x4d44: 'FAT', 0x2011bab0: 'exFAT' };
const LOW_BYTES = 256 * 1024 * 1024;

/** Where records are written: whether it can be, on what, and with how much room. */
export function checkStorage({ config }: Patient): Diagnosis {
  const { dataDir } = config;
  const findings: DoctorFinding[] = [];
  const there = nearest(dataDir);
  const facts: Fact[] = [{ name: 'data', value: there === dataDir ? dataDir : `${dataDir} (not made yet)` }];
  if (!writable(there))
    findings.push({
      code: 'NOT_WRITABLE',
      severity: 'problem',
      what: `${there} cannot be written by this user.`,
      why: 'A service of this user keeps its records in memory and loses them when it ends.',
      action: "Let the service's user write the directory, or set dataDir.",
    });
  const { type, freeBytes } = fileSystem(there);
  if (freeBytes !== undefined) facts.push({ name: 'disk free', value: byteSize(freeBytes) });
  if (freeBytes !== undefined && freeBytes < LOW_BYTES)
    findings.push({
      code: 'DISK_LOW',
      severity: 'problem',
      what: `${byteSize(freeBytes)} are free where records are written.`,
      why: 'When the disk is full, records wait in memory, and what does not fit there is declared lost.',
      action: 'Make room, set retention, or give the data directory a disk of its own.',
    });
  findings.push(...ofFileSystem(type), ...trustInside(dataDir));
  return { facts, findings };
}

/** Also for tests: the number is all that is known of a file system. */
export function ofFileSystem(type: number | undefined): DoctorFinding[] {
  const network = type === undefined ? undefined : NETWORK[type];
  const bare = type === undefined ? undefined : WITHOUT_LINKS[type];
  if (network !== undefined)
    return [
      {
        code: 'NETWORK_FILE_SYSTEM',
        severity: 'warning',
        what: `The data directory lies on ${network}.`,
        why: 'What a write confirmed there may still be lost, and two machines may take one writer directory for theirs.',
        action: 'Use a local disk; copy closed segments elsewhere.',
      },
    ];
  if (bare === undefined) return [];
  return [
    {
      code: 'NO_HARD_LINKS',
      severity: 'warning',
      what: `The data directory lies on ${bare}, which has no hard links.`,
      why: 'A claim on a writer directory that a power failure cuts short then keeps others from it for a while.',
      action: 'Use a file system with hard links, such as ext4 or XFS.',
    },
  ];
}

function trustInside(dataDir: string): DoctorFinding[] {
  const inside = [dataDir, join(dataDir, 'keys'), join(dataDir, 'writers')]
    .map((directory) => join(directory, TRUST_FILE_NAME))
    .find((file) => existsSync(file));
  return inside === undefined
    ? []
    : [
        {
          code: 'TRUST_IN_DATA',
          severity: 'problem',
          what: `A trust file lies inside the data directory: ${inside}.`,
          why: 'Who can change the records could change whose signatures count.',
          action: 'Move it to whoever verifies.',
        },
      ];
}

function nearest(path: string): string {
  for (let directory = path; ; directory = dirname(directory)) {
    if (existsSync(directory) || directory === dirname(directory)) return directory;
  }
}

function writable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return statSync(directory).isDirectory();
  } catch {
    return false;
  }
}

function fileSystem(directory: string): { type: number | undefined; freeBytes: number | undefined } {
  try {
    const { type, bavail, bsize } = statfsSync(directory);
    // Numbers above 2^31 come negative on some platforms.
    return { type: type < 0 ? type + 2 ** 32 : type, freeBytes: bavail * bsize };
  } catch {
    return { type: undefined, freeBytes: undefined };
  }
}
