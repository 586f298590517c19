// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// `node --import @stepseal/instrumentation/register app.js`: capture and sealing with no line of code.

import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { type AuditPipeline, startAuditPipeline } from '@stepseal/processor';
import { CONFIG_FILE_NAME, loadConfig, type ResolvedConfig } from '@stepseal/processor/config';
import { type KeySet, loadOrCreateKeys } from '@stepseal/processor/keys';
import { StepUpInstrumentation } from './instrumentation.ts';
import { SIMPLEWEBAUTHN } from './libraries/simplewebauthn.ts';
import { hookEsModules } from './library-hooks.ts';
import { redactionHash } from './redaction-hash.ts';

/** EX_CONFIG of sysexits.h. */
const EXIT_CONFIG = 78;
const STARTED = Symbol.for('stepseal.register');

register();

/**
 * Nothing that goes wrong here may keep the application from running: one line says what, and no step-up is recorded.
 * Only where evidence is required (`STEPSEAL_REQUIRED=1`) the process ends instead.
 */
function register(): void {
  if (Reflect.get(globalThis, STARTED) === true) return;
  Reflect.set(globalThis, STARTED, true);
  try {
    const config = loadConfig();
    for (const warning of config.warnings) say(warning);
    if (config.disabled) {
      if (config.required) refuse('REQUIRED_BUT_DISABLED', 'OTEL_SDK_DISABLED is true while evidence is required.');
      say('OTEL_SDK_DISABLED is true: no step-up is recorded.');
      return;
    }
    const keys = loadOrCreateKeys(config, { create: true });
    for (const warning of keys.warnings) say(warning);
    const pipeline = openPipeline(config, keys);
    if (isMainThread) sayWhere(config, keys);
    capture(config, keys, pipeline);
  } catch (error) {
    const { code, message } = describe(error);
    if (evidenceIsRequired()) refuse(code, message);
    say(`${code}: ${message} The application runs; no step-up is recorded.`);
  }
}

function openPipeline(config: ResolvedConfig, keys: KeySet): AuditPipeline {
  return startAuditPipeline({
    deployment: config.deployment,
    dataDir: config.dataDir,
    identity: keys.identity,
    seal: config.seal,
    roll: config.roll,
    resource: config.resource,
    redactionHash: redactionHash({
      userIdInClear: config.identity.userIdInClear,
      fullClientAddress: config.client.fullAddress,
    }),
    required: config.required,
  });
}

function capture(config: ResolvedConfig, keys: KeySet, pipeline: AuditPipeline): void {
  hookEsModules([SIMPLEWEBAUTHN]);
  const instrumentation = new StepUpInstrumentation({
    pseudonymKey: keys.pseudonym,
    correlationKey: keys.correlation,
    identity: config.identity,
    client: config.client,
    onProblem: (code, message) => say(`${code}: ${message}`),
  });
  registerInstrumentations({ instrumentations: [instrumentation], loggerProvider: pipeline.loggerProvider });
}

function sayWhere(config: ResolvedConfig, keys: KeySet): void {
  const place = short(config.dataDir);
  if (keys.createdIn === undefined) {
    say(`sealing step-ups of ${config.deployment} in ${place}, identity ${keys.fingerprint}`);
  } else {
    say(`made new keys in ${short(keys.createdIn)}, identity ${keys.fingerprint}; sealing step-ups in ${place}`);
  }
}

function refuse(code: string, message: string): never {
  say(`${code}: ${message} The process ends because STEPSEAL_REQUIRED is set.`);
  process.exit(EXIT_CONFIG);
}

/** Asked when the configuration itself may be what is broken, so each place is looked at on its own. */
function evidenceIsRequired(): boolean {
  const variable = process.env['STEPSEAL_REQUIRED'];
  if (variable !== undefined) return !['0', 'false'].includes(variable.toLowerCase());
  const path = resolve(process.env['STEPSEAL_CONFIG_FILE'] ?? CONFIG_FILE_NAME);
  try {
    return existsSync(path) && /"required"\s*:\s*true/.test(readFileSync(path, 'utf8'));
  } catch {
    return true;
  }
}

function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: 'START_FAILED', message: 'Stepseal could not start.' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'START_FAILED';
  return { code, message: error.message };
}

function short(path: string): string {
  const shorter = relative(process.cwd(), path);
  return shorter !== '' && !shorter.startsWith('..') ? shorter : path;
}

function say(line: string): void {
  process.stderr.write(`stepseal: ${line}\n`);
}
