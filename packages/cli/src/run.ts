// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createRequire } from 'node:module';
import { ConfigError, nearestName } from '@stepseal/processor/config';
import { CATALOGUE } from './catalogue.ts';
import { CliError } from './errors.ts';
import { parseCall, type Surroundings } from './parse-call.ts';
import { suggestCommand } from './suggest-command.ts';
import { systemError } from './system-error.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line and returns its exit code. Never throws: what goes wrong becomes one line with a code. */
export async function run(argv: readonly string[], around: Surroundings): Promise<number> {
  try {
    const [name, rest] = resolveCommand(argv);
    if (name === '--version') {
      around.terminal.print([version()]);
      return 0;
    }
    const entry = CATALOGUE[name];
    if (entry === undefined) throw new CliError('UNKNOWN_COMMAND', `Unknown command ${name}.`);
    return await entryRun(name, rest, around);
  } catch (error) {
    return report(error, around.terminal);
  }
}

async function entryRun(name: string, rest: readonly string[], around: Surroundings): Promise<number> {
  if (rest.includes('--help') || rest.includes('-h')) return entryRun('help', name.split(' '), around);
  const command = await CATALOGUE[name]?.load();
  if (command === undefined) return 3;
  return command.run(parseCall(name, command, rest, around));
}

/** The command's name, of one or two words, and what follows it. */
function resolveCommand(argv: readonly string[]): [name: string, rest: readonly string[]] {
  const [first, second] = argv;
  if (first === undefined || first === '--help' || first === '-h') return ['help', argv.slice(1)];
  if (first === '--version' || first === '-v') return ['--version', []];
  const pair = `${first} ${second ?? ''}`;
  if (Object.hasOwn(CATALOGUE, pair)) return [pair, argv.slice(2)];
  if (Object.hasOwn(CATALOGUE, first)) return [first, argv.slice(1)];
  const members = Object.keys(CATALOGUE).filter((command) => command.startsWith(`${first} `));
  if (members.length > 0 && (second === undefined || second.startsWith('-'))) {
    if (second === '--help' || second === '-h') return ['help', [first]];
    throw new CliError('UNKNOWN_COMMAND', `stepseal ${first} needs one of: ${members.join(', ')}.`);
  }
  if (first.startsWith('-')) {
    const near = nearestName(first, ['--help', '--version']);
    const hint = near === undefined ? 'A command comes first: `stepseal help` lists all.' : `Did you mean ${near}?`;
    throw new CliError('UNKNOWN_OPTION', `Unknown option ${first}. ${hint}`);
  }
  const typed = members.length > 0 ? pair : first;
  throw new CliError('UNKNOWN_COMMAND', `Unknown command ${typed}.${suggestCommand(typed)}`);
}

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof ConfigError) {
    for (const { code, message } of error.problems) terminal.warn(`stepseal: ${code}: ${message}`);
    return 64;
  }
  if (error instanceof CliError) {
    terminal.warn(`stepseal: ${error.code}: ${error.message}`);
    return error.exitCode;
  }
  const ofSystem = systemError(error);
  if (ofSystem !== undefined) return report(ofSystem, terminal);
  if (isCoded(error)) terminal.warn(`stepseal: ${error.code}: ${error.message}`);
  else terminal.warn(`stepseal: INTERNAL: ${error instanceof Error ? error.message : 'unknown error'}`);
  return 3;
}

// By name, so that a command that needs neither keys nor verifier does not load them for their error classes.
function isCoded(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error &&
    ['ElasticError', 'KeyError', 'SealingError', 'VerifierError'].includes(error.name) &&
    'code' in error
  );
}

function version(): string {
  const { version: text } = createRequire(import.meta.url)('../package.json') as { version: string };
  return text;
}
