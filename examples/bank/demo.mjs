// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// The whole of Stepseal in a minute: capture, search, story, verdict, and two forgeries that are found out.
//
//   node examples/bank/demo.mjs                    with Stepseal
//   node examples/bank/demo.mjs --without-import   the same run without it: nothing is recorded, and it says so
//   --dir DIRECTORY                                where to put the run; default .stepseal-demo beside this file

import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freshRun } from './demo/fresh-run.mjs';
import { bold, note, quote, step } from './demo/say.mjs';
import { Scenes } from './demo/scenes.mjs';
import { Bank } from './demo/services.mjs';
import { stepseal } from './demo/stepseal.mjs';
import { copyRecords, cutBefore, turnIntoPass } from './demo/tamper.mjs';
import { IMPORT, PATIENCE_S, settings } from './demo/with-stepseal.mjs';

const ENDED_WITHIN_MS = 60_000;

const { values: flags } = parseArgs({ options: { 'without-import': { type: 'boolean' }, dir: { type: 'string' } } });
const withImport = flags['without-import'] !== true;
const here = fileURLToPath(new URL('.', import.meta.url));
const run = freshRun(resolve(flags.dir ?? join(here, '.stepseal-demo')));
const data = join(run, 'data');
const trust = join(run, 'trust.json');
const heads = join(run, 'known-heads.json');

const bank = new Bank();
try {
  const scenes = await openTheBank();
  await play(scenes);
  await bank.stop();
  note('Both services have ended.');
  if (!withImport) nothingRecorded();
  search();
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

async function openTheBank() {
  const hook = withImport ? IMPORT : [];
  step(1, 'A bank of two services, which know nothing of Stepseal');
  note(`node ${[...hook, 'services/auth.mjs'].join(' ')}`);
  note(`node ${[...hook, 'services/transfers.mjs'].join(' ')}`);
  return new Scenes(await bank.start(settings({ STEPSEAL_DATA_DIR: data }, hook)));
}

async function play(scenes) {
  step(2, 'What its customers, two thieves and a bug do there');
  await scenes.walksAway();
  const comeBack = await scenes.takesTooLong();
  const tooLate = wait((PATIENCE_S + 1) * 1000);
  if (withImport) howSoonItIsFound(Date.now());
  await scenes.provesHimself();
  await scenes.thiefHasNoPasskey();
  await scenes.mistypesTwice();
  await scenes.guessesUntilLockedOut();
  await scenes.isLetThroughByABug();
  await tooLate;
  await comeBack();
  if (withImport) await untilAllHaveEnded();
}

/** From the bank's 401 to the moment when another program finds it, its own start included. */
function howSoonItIsFound(demandedAtMs) {
  while (found(['--outcome', 'open', '--action', 'POST /transfers']).length === 0) {
    if (Date.now() - demandedAtMs > ENDED_WITHIN_MS) throw new Error('the demand does not show in stepseal search');
  }
  note(`Found by \`stepseal search\` ${Date.now() - demandedAtMs} ms after the 401.`);
}

async function untilAllHaveEnded() {
  const end = Date.now() + ENDED_WITHIN_MS;
  while (found(['--outcome', 'open']).length > 0) {
    if (Date.now() > end) throw new Error('the step-ups that nobody answered were not ended');
    await wait(200);
  }
}

function nothingRecorded() {
  if (existsSync(data)) throw new Error('records were written although nothing was to record them');
  throw new Error(
    'nothing was recorded. Without --import @stepseal/instrumentation/register no step-up leaves a trace.',
  );
}

function search() {
  step(3, 'What happened, found by another program in the files alone');
  quiet(['trust', 'add', '--from', join(data, 'keys'), '--deployment', 'example-bank', '--file', trust], 0);
  shown(['search', '--dir', data], 0);
  note('Which factors were enrolled:');
  shown(['search', '--events', '--event', 'enrolled', '--dir', data], 0);
  note('And who got in without the proof that was asked of him:');
  shown(['search', '--access', 'unmet', '--dir', data, '--fail-if-more', '0'], 1);
}

function tellTheStories() {
  step(4, 'Four of these step-ups, told as stories');
  for (const [what, filters] of [
    ['passed, access granted', ['--method', 'webauthn', '--outcome', 'passed']],
    ['failed, access blocked', ['--outcome', 'failed']],
    ['passed, access granted', ['--method', 'totp', '--outcome', 'passed']],
    ['access was granted without the proof', ['--access', 'unmet']],
  ]) {
    const [stepUp] = found(filters);
    if (stepUp === undefined) throw new Error(`no step-up is found with ${filters.join(' ')}`);
    const told = shown(['explain', stepUp.id, '--dir', data, '--trust', trust], 0);
    if (!told.includes(what)) throw new Error(`no story ends with "${what}"`);
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
    `npx stepseal search --dir ${at(data)} --wide`,
    `npx stepseal stats --dir ${at(data)}`,
    `npx stepseal verify ${at(data)} --trust ${at(trust)} --known-heads ${at(heads)}`,
    `npx stepseal drill ${at(data)} --trust ${at(trust)}`,
    'npx stepseal help',
    'npm start -- --without-import',
  ]) {
    note(line);
  }
  note('');
  note('In a service of your own: npm install @stepseal/instrumentation, and');
  note('node --import @stepseal/instrumentation/register app.js');
}

/** The step-ups that meet the filters. */
function found(filters) {
  return JSON.parse(quiet(['search', '--dir', data, '--json', ...filters], 0)).stepUps;
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
