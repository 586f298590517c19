// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Makes a clone ready to run: dependencies installed, packages built, a Node chosen. Does nothing, and says nothing,
// when nothing is missing. Needs no dependency, and runs on whatever Node the machine has.

import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { capture, root, run } from './run.mjs';

/** The oldest Node that the instrumentation and the tests run on. */
const OLDEST = [22, 15];

/** Installs and builds what is missing. Returns the Node to run with; ends the process when there is none. */
export async function ready() {
  if (!isInstalled(root)) await install();
  await build();
  const { node, remark, problem } = chooseNode(root, process);
  if (problem !== undefined) fail(problem);
  if (remark !== undefined) console.log(remark);
  return node;
}

/** Whether node_modules holds what package-lock.json names; platform packages of other platforms may be absent. */
export function isInstalled(directory) {
  const installedFile = join(directory, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = readPackages(installedFile);
  return Object.entries(readPackages(join(directory, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '' || wanted.optional) return true;
    return installed[path] !== undefined && installed[path].version === wanted.version;
  });
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

async function install() {
  console.log('Installing dependencies (npm ci); the first time takes about a minute.');
  const started = Date.now();
  // npm shows its progress on a terminal only; elsewhere a line now and then says that it is alive.
  const sayAlive = () => process.stdout.isTTY || console.log(`  still installing, ${secondsSince(started)} s`);
  const beat = setInterval(sayAlive, 10_000);
  // The Node that npm itself runs on, which may be another than this one: it knows the machine's certificates.
  const { npm_execpath: npm, npm_node_execpath: node = process.execPath } = process.env;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await (npm ? run(node, [npm, ...args]) : run('npm', args)).finally(() => clearInterval(beat));
  if (code !== 0) fail('The installation failed; what npm says about it stands above.');
  console.log(`Installed in ${secondsSince(started)} s.`);
}

async function build() {
  const first = !existsSync(join(root, 'packages', 'cli', 'dist', 'main.js'));
  if (first) console.log('Building the packages (tsc -b).');
  const started = Date.now();
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await capture(process.execPath, [tsc, '-b']);
  if (code !== 0) fail(`${output.trimEnd()}\nThe build failed.`);
  if (first) console.log(`Built in ${secondsSince(started)} s.`);
  linkCommand();
}

/** npm links a command only when its file exists, and at installation it is not built yet. */
function linkCommand() {
  const main = join(root, 'packages', 'cli', 'dist', 'main.js');
  const link = join(root, 'node_modules', '.bin', 'stepseal');
  if (process.platform === 'win32' || !existsSync(main)) return;
  chmodSync(main, 0o755);
  if (existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync('../stepseal/dist/main.js', link);
}

/** The project's own Node, or the machine's where it is not installed and the machine's is new enough. */
export function chooseNode(directory, { platform, version, execPath }) {
  const folder = join(directory, 'node_modules', 'node');
  const own = join(folder, 'bin', platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(own)) return { node: own };
  const { version: pin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const why = `The project's own Node ${pin} is not installed (npm's install scripts seem to be off)`;
  const [major, minor] = version.slice(1).split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
    return { node: execPath, remark: `${why}; using this machine's ${version}.` };
  }
  const oldest = OLDEST.join('.');
  const problem =
    `${why}, and this machine's ${version} is older than ${oldest}.\n` +
    `Run \`npm rebuild node --ignore-scripts=false\`, or use Node ${oldest} or later.`;
  return { problem };
}

function secondsSince(started) {
  return Math.round((Date.now() - started) / 1000);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
