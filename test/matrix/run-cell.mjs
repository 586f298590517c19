// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { recordsIn } from './records.mjs';
import { quietEnvironment, runService } from './run-service.mjs';
import { comparable, deliveredEvents, differences, serverSpans } from './telemetry.mjs';

const run = promisify(execFile);

/** Of one step-up that passes, after the passkey was enrolled. */
const STEP_UP = ['step_up.required', 'step_up.challenged', 'step_up.completed', 'step_up.access'];
const EVENTS = ['step_up.enrolled', ...STEP_UP];
const DIFFERENCES_SHOWN = 6;

/**
 * Runs one cell; throws what is wrong with it.
 *
 * @returns what it shows beyond having passed, in words
 */
export async function runCell(cell, directory, node, newerApi) {
  const scratch = mkdtempSync(join(tmpdir(), 'stepseal-matrix-'));
  const removeApi = cell.secondApi ? giveOwnApi(directory, newerApi) : () => {};
  try {
    const dataDir = join(scratch, 'data');
    // `register` delivers to the endpoint that the service's own telemetry goes to.
    const delivers = cell.preloads.some((module) => module.startsWith('@stepseal/'));
    const missing = ({ logs }) => EVENTS.filter((name) => delivers && !deliveredEvents(logs).includes(name));
    const ready = (soFar) => missing(soFar).length === 0;
    const { received } = await runService({ ...cell, directory, node, dataDir, ready });
    checkRecords(recordsIn(dataDir), serverSpans(received.traces));
    if (!ready(received)) throw new Error(`not delivered: ${missing(received).join(', ')}`);
    await checkEvidence(directory, node, scratch);
    return cell.beside ? await compare(cell, directory, node, join(scratch, 'none'), received) : '';
  } finally {
    removeApi();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function checkRecords(records, spans) {
  const names = records.map((record) => record.event_name).sort();
  if (names.join() !== [...EVENTS].sort().join()) throw new Error(`recorded: ${names.join(', ') || 'nothing'}`);
  const attribute = (record, name) => record.attributes[name]?.stringValue;
  const ofStepUp = records.filter((record) => STEP_UP.includes(record.event_name));
  const ids = new Set(ofStepUp.map((record) => attribute(record, 'step_up.id')));
  if (ids.size !== 1) throw new Error('the records of one step-up have several ids');
  const byName = (name) => records.find((record) => record.event_name === name);
  const outcome = attribute(byName('step_up.completed'), 'step_up.outcome');
  if (outcome !== 'passed') throw new Error(`the step-up ended as ${outcome}`);
  const result = attribute(byName('step_up.access'), 'step_up.access.result');
  if (result !== 'granted') throw new Error(`the access was ${result}`);
  for (const { event_name: name, trace_id: traceId, span_id: spanId } of records) {
    if (traceId === undefined || spanId === undefined) throw new Error(`${name} has no trace`);
    if (!spans.some(({ span }) => span.traceId === traceId)) throw new Error(`${name} is in no trace of the service`);
  }
}

/** With the command as it was installed, on the Node of the cell where that has it. */
async function checkEvidence(directory, node, scratch) {
  const stepseal = async (...args) => {
    try {
      await run(node, [join(directory, 'node_modules', 'stepseal', 'dist', 'main.js'), ...args], {
        cwd: scratch,
        env: quietEnvironment(),
      });
    } catch (error) {
      throw new Error(`stepseal ${args[0]} exits with ${error.code}: ${error.stdout}${error.stderr}`);
    }
  };
  await stepseal('trust', 'add', '--from', 'data/keys', '--file', 'trust.json');
  await stepseal('verify', 'data', '--trust', 'trust.json');
}

/** The same service without us has to send the same. */
async function compare(cell, directory, node, dataDir, received) {
  const preloads = cell.preloads.filter((module) => !module.startsWith('@stepseal/'));
  const { received: without } = await runService({ ...cell, preloads, directory, node, dataDir });
  const expected = comparable(without);
  const found = differences(expected, comparable(received));
  const { spans, metrics, logs } = expected;
  if (found.length === 0) return `equal: ${spans.length} spans, ${metrics.length} metrics, ${logs.length} logs`;
  const more = found.length > DIFFERENCES_SHOWN ? [`and ${found.length - DIFFERENCES_SHOWN} more`] : [];
  throw new Error(['it sends something else with us:', ...found.slice(0, DIFFERENCES_SHOWN), ...more].join('\n'));
}

function giveOwnApi(directory, newerApi) {
  const places = ['instrumentation', 'processor'].map((name) =>
    join(directory, 'node_modules', '@stepseal', name, 'node_modules', '@opentelemetry'),
  );
  for (const place of places) {
    mkdirSync(place, { recursive: true });
    cpSync(newerApi, join(place, 'api'), { recursive: true });
  }
  return () => {
    for (const place of places) rmSync(place, { recursive: true, force: true });
  };
}
