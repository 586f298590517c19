// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// The whole of Stepseal in a minute: capture, story, verdict, and two forgeries that are found out.
//
//   node examples/bank/demo.mjs                    with Stepseal
//   node examples/bank/demo.mjs --without-import   the same run without it: nothing is recorded, and it says so
//   --dir DIRECTORY                                where to put the run; default .stepseal-demo beside this file

import { existsSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Customer } from './client.mjs';
import { bold, note, quote, step } from './demo/say.mjs';
import { Bank } from './demo/services.mjs';
import { stepseal } from './demo/stepseal.mjs';
import { copyRecords, cutBefore, turnIntoPass } from './demo/tamper.mjs';

const { values: flags } = parseArgs({ options: { 'without-import': { type: 'boolean' }, dir: { type: 'string' } } });
const withImport = flags['without-import'] !== true;
const here = fileURLToPath(new URL('.', import.meta.url));
const run = freshDirectory();
const data = join(run, 'data');
const trust = join(run, 'trust.json');
const heads = join(run, 'known-heads.json');

const bank = new Bank();
try {
  await useTheBank();
  if (!withImport) nothingRecorded();
  tellTheStories();
  verifyTheRecords();
  editACopy();
  shortenACopy();
  whatNext();
} catch (error) {
  bank.kill();
  console.error(`\nThe demonstration failed: ${error.message}`);
  process.exitCode = 1;
}

async function useTheBank() {
  const hook = withImport ? ['--import', '@stepseal/instrumentation/register'] : [];
  step(1, 'A bank of two services, which know nothing of Stepseal');
  note(`node ${[...hook, 'services/auth.mjs'].join(' ')}`);
  note(`node ${[...hook, 'services/transfers.mjs'].join(' ')}`);
  const addresses = await bank.start({
    nodeOptions: ['--disable-warning=ExperimentalWarning', ...hook],
    env: { STEPSEAL_DATA_DIR: data, STEPSEAL_DEPLOYMENT: 'example-bank' },
    cwd: here,
  });

  step(2, 'A customer moves money, and is asked for a passkey first');
  const honest = new Customer('customer-1042', addresses);
  await honest.signIn();
  await honest.registerPasskey();
  show('transfer of 20', await honest.transfer(20, 'account-7'), 201);
  const demand = show('transfer of 5000', await honest.transfer(5000, 'account-7'), 401);
  note(`WWW-Authenticate: ${demand.challenge}`);
  show('passkey answer', await honest.stepUp(demand), 200);
  show('transfer of 5000', await honest.transfer(5000, 'account-7'), 201);

  step(3, 'A thief has stolen the session of another customer, but not the passkey');
  const robbed = new Customer('customer-2077', addresses);
  await robbed.signIn();
  await robbed.registerPasskey();
  const second = show('transfer of 9000', await robbed.transfer(9000, 'account-666'), 401);
  show('passkey answer, wrong key', await robbed.stepUp(second, { wrongKey: true }), 403);
  show('transfer of 9000', await robbed.transfer(9000, 'account-666'), 401);

  await bank.stop();
  note('Both services have ended.');
}

function nothingRecorded() {
  if (existsSync(data)) throw new Error('records were written although nothing was to record them');
  throw new Error(
    'nothing was recorded. Without --import @stepseal/instrumentation/register no step-up leaves a trace.',
  );
}

function tellTheStories() {
  step(4, 'What happened, told by another program from the files alone');
  quiet(['trust', 'add', '--from', join(data, 'keys'), '--deployment', 'example-bank', '--file', trust], 0);
  const told = shown(['explain', '--dir', data, '--all', '--trust', trust], 0);
  for (const ending of ['passed, access granted', 'failed, access blocked']) {
    if (!told.includes(ending)) throw new Error(`no story ends with "${ending}"`);
  }
}

function verifyTheRecords() {
  step(5, 'Whether the records are whole and unaltered');
  const verdict = shown(['verify', data, '--trust', trust, '--known-heads', heads], 0);
  if (!verdict.startsWith('SEALED')) throw new Error('the records did not verify as SEALED');
}

function editACopy() {
  step(6, 'A copy, in which the failed answer was edited into a passed one');
  const copy = copyRecords(data, join(run, 'edited-copy'));
  const { stream, number } = turnIntoPass(copy);
  caught(copy, stream, number);
}

function shortenACopy() {
  step(7, 'A copy, cut off before the failed answer, signed notes and all');
  note('What is left is genuine in itself. The heads that step 5 remembered give it away.');
  const copy = copyRecords(data, join(run, 'shortened-copy'));
  const { stream, number } = cutBefore(copy);
  caught(copy, stream, number);
}

/** Expects the verdict TAMPERED, with a finding that names the stream and covers the record. */
function caught(copy, stream, number) {
  const args = ['verify', copy, '--trust', trust, '--known-heads', heads];
  const text = quiet(args, 1);
  note(`$ stepseal ${args.map(short).join(' ')}`);
  quote(text.slice(0, text.indexOf('\n\n')));
  const report = JSON.parse(quiet([...args, '--json'], 1));
  const finding = report.findings.find(
    (found) => found.severity === 'tampered' && found.stream === stream && found.from <= number && number <= found.to,
  );
  if (finding === undefined)
    throw new Error(`record ${number} of stream ${stream} was changed, and no finding names it`);
  note(`Caught: ${finding.code}, record ${number} of stream ${stream}.`);
}

function whatNext() {
  console.log(`\n${bold('Everything went as it should. What to type next:')}`);
  const at = (path) => relative(process.cwd(), path);
  for (const line of [
    `npx stepseal explain --dir ${at(data)} --trust ${at(trust)}`,
    `npx stepseal verify ${at(data)} --trust ${at(trust)} --known-heads ${at(heads)}`,
    `npx stepseal verify ${at(join(run, 'edited-copy'))} --trust ${at(trust)}`,
    'npx stepseal help',
    'npm start -- --without-import',
  ]) {
    note(line);
  }
  note('');
  note('In a service of your own: npm install @stepseal/instrumentation, and');
  note('node --import @stepseal/instrumentation/register app.js');
}

function show(what, result, expected) {
  note(`${what}: ${result.status}`);
  if (result.status !== expected) throw new Error(`${what} was answered with ${result.status} instead of ${expected}`);
  return result;
}

function shown(args, expected) {
  note(`$ stepseal ${args.map(short).join(' ')}`);
  const text = quiet(args, expected);
  quote(text);
  return text;
}

function quiet(args, expected) {
  const { status, stdout, stderr } = stepseal(args);
  if (status === expected) return stdout;
  quote(stdout + stderr);
  throw new Error(`stepseal ${args[0]} ended with ${status} instead of ${expected}`);
}

function short(word) {
  return word.startsWith(run) ? relative(run, word) : word;
}

/** Each run has a directory of its own, so that none finds what another left. */
function freshDirectory() {
  const runs = resolve(flags.dir ?? join(here, '.stepseal-demo'));
  mkdirSync(runs, { recursive: true });
  for (let number = 1; ; number += 1) {
    const directory = join(runs, `run-${number}`);
    try {
      mkdirSync(directory);
      return directory;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}
