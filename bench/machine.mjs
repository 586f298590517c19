// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, release, tmpdir, totalmem, type } from 'node:os';

const PEERS = [
  '@opentelemetry/sdk-logs',
  '@opentelemetry/exporter-logs-otlp-proto',
  '@opentelemetry/api',
  'canonicalize',
];

/** What the figures depend on, as name and value. */
export function machine() {
  return [
    ['processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['disk', disk()],
    ['system', `${type()} ${release()}`],
    ['Node', `${process.version}, V8 ${process.versions.v8}, OpenSSL ${process.versions.openssl}`],
    ...PEERS.map((name) => [name, versionOf(name)]),
  ];
}

function versionOf(name) {
  const { resolve } = createRequire(import.meta.url);
  const entry = resolve(name);
  const folder = entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}/`.length);
  return JSON.parse(readFileSync(`${folder}package.json`, 'utf8')).version;
}

/** File system and kind of disk of the directory for temporary files, where everything is measured. */
function disk() {
  try {
    const mounts = readFileSync('/proc/self/mounts', 'utf8').trimEnd().split('\n');
    const [, [device, , fileSystem]] = mounts
      .map((line) => line.split(' '))
      .map((fields) => [fields[1] === '/' ? 0 : fields[1].length, fields])
      .filter(([, [, point]]) => `${tmpdir()}/`.startsWith(point === '/' ? '/' : `${point}/`))
      .reduce((longest, mount) => (mount[0] >= longest[0] ? mount : longest));
    return `${fileSystem} on ${kindOf(device.replace('/dev/', ''))}`;
  } catch {
    return 'unknown';
  }
}

function kindOf(device) {
  if (/^(vd|xvd)/.test(device)) return 'a virtual disk';
  if (device.startsWith('nvme')) return 'NVMe';
  const rotational = readFileSync(`/sys/block/${device.replace(/\d+$/, '')}/queue/rotational`, 'utf8').trim();
  return rotational === '1' ? 'a rotating disk' : 'a solid-state disk';
}
