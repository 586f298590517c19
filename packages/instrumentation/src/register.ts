// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// `node --import @stepseal/instrumentation/register app.js`: capture and sealing with no line of code.

import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import {
  type AuditPipeline,
  type AuditPipelineOptions,
  startAuditPipeline,
  systemProcessTable,
  writeErrorLine,
} from '@stepseal/processor';
import { CONFIG_FILE_NAME, loadConfig, type ResolvedConfig } from '@stepseal/processor/config';
import { type KeySet, loadOrCreateKeys } from '@stepseal/processor/keys';
import { StepUpInstrumentation } from './instrumentation.ts';
import { HOOKED_MODULES } from './libraries/hooked-modules.ts';
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
    for (const warning of config.warnings) writeErrorLine(warning);
    if (config.disabled) {
      if (config.required) refuse('REQUIRED_BUT_DISABLED', 'OTEL_SDK_DISABLED is true while evidence is required.');
      writeErrorLine('OTEL_SDK_DISABLED is true: no step-up is recorded.');
      return;
    }
    const keys = loadOrCreateKeys(config, { create: true });
    for (const warning of keys.warnings) writeErrorLine(warning);
    const pipeline = openPipeline(config, keys);
    if (isMainThread) sayWhere(config, keys, pipeline);
    capture(config, keys, pipeline);
  } catch (error) {
    const { code, message } = describe(error);
    if (evidenceIsRequired()) refuse(code, message);
    writeErrorLine(`${code}: ${message} The application runs; no step-up is recorded.`);
  }
}

function openPipeline(config: ResolvedConfig, keys: KeySet): AuditPipeline {
  return startAuditPipeline({
    deployment: config.deployment,
    dataDir: config.dataDir,
    identity: keys.identity,
    seal: config.seal,
    roll: config.roll,
    ...deliveryOf(config),
    dataGroupReadable: config.dataGroupReadable,
    retention: config.retention,
    resource: config.resource,
    redactionHash: redactionHash(config),
    required: config.required,
    commitPolicy: config.commit.policy,
  });
}

/** Settings that are not set are left out: the pipeline has no empty paths. */
function deliveryOf({ delivery, otlpHeaders }: ResolvedConfig): Pick<AuditPipelineOptions, 'delivery'> {
  const { endpoint, proxy, ...rest } = delivery;
  if (endpoint === 'none') return {};
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
  return { delivery: { endpoint, headers: otlpHeaders, ...(proxy === 'none' ? {} : { proxy }), ...set } };
}

function capture(config: ResolvedConfig, keys: KeySet, pipeline: AuditPipeline): void {
  hookEsModules(HOOKED_MODULES.map(({ name }) => name));
  const instrumentation = new StepUpInstrumentation({
    pseudonymKey: keys.pseudonym,
    correlationKey: keys.correlation,
    identity: config.identity,
    client: config.client,
    ceremony: {
      abandonAfterMs: config.ceremony.abandonAfterMs,
      shared: {
        dataDir: config.dataDir,
        processes: systemProcessTable(),
        groupReadable: config.dataGroupReadable,
        // While the writer holds records in memory, an end may still be lost with this process.
        settled: () => pipeline.status().state === 'open',
      },
    },
    commit: () => pipeline.commit(),
    onProblem: (code, message) => writeErrorLine(`${code}: ${message}`),
  });
  instrumentation.setLoggerProvider(pipeline.loggerProvider);
  pipeline.describe(() => ({ instrumented: instrumentation.libraries, counts: { ...instrumentation.counts } }));
}

function sayWhere(config: ResolvedConfig, keys: KeySet, pipeline: AuditPipeline): void {
  const place = short(config.dataDir);
  const made = keys.createdIn === undefined ? '' : `made new keys in ${short(keys.createdIn)}, replicas need copies; `;
  const sealing =
    pipeline.status().state === 'blocked'
      ? `step-ups of ${config.deployment} will be sealed in ${place} once it can be written`
      : `sealing step-ups of ${config.deployment} in ${place}`;
  writeErrorLine(`${made}${sealing}, identity ${keys.fingerprint}`);
}

function refuse(code: string, message: string): never {
  writeErrorLine(`${code}: ${message} The process ends, because \`required\` is set.`);
  process.exit(EXIT_CONFIG);
}

/**
 * Asked when the configuration itself may be what is broken, so each place is looked at on its own. A variable that is
 * empty counts as unset, one that is neither yes nor no as yes. A file that cannot be read requires nothing.
 */
function evidenceIsRequired(): boolean {
  const variable = process.env['STEPSEAL_REQUIRED'] ?? '';
  if (variable !== '') return !['0', 'false'].includes(variable.toLowerCase());
  try {
    const path = resolve(process.env['STEPSEAL_CONFIG_FILE'] || CONFIG_FILE_NAME);
    return /"required"\s*:\s*true/.test(readFileSync(path, 'utf8'));
  } catch {
    return false;
  }
}

function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: 'START_FAILED', message: 'Stepseal could not start.' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'START_FAILED';
  return { code, message: /[.!?]$/.test(error.message) ? error.message : `${error.message}.` };
}

function short(path: string): string {
  const shorter = relative(process.cwd(), path);
  return shorter !== '' && !shorter.startsWith('..') ? shorter : path;
}
