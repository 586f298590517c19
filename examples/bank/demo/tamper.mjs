// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { chmodSync, cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Copies the records (never the keys) and hands over the copy's path. */
export function copyRecords(from, to) {
  cpSync(join(from, 'writers'), join(to, 'writers'), { recursive: true });
  return to;
}

/** Where the refused answer was recorded. */
function findRefusal(directory) {
  for (const file of globSync(join(directory, 'writers/*/*.ndjson')).sort()) {
    const lines = readFileSync(file, 'utf8').split('\n');
    const at = lines.findIndex(
      (line) => line.includes('"event_name":"step_up.completed"') && line.includes(outcome('failed')),
    );
    if (at === -1) continue;
    const { attributes } = JSON.parse(lines[at]);
    return {
      file,
      lines,
      at,
      stream: attributes['audit.sequence.stream_id'].stringValue,
      number: Number(attributes['audit.sequence.number'].intValue),
    };
  }
  throw new Error('no refused answer was recorded');
}

/** Makes the refusal a pass: one word, and the line keeps its length. */
export function turnIntoPass(directory) {
  const refusal = findRefusal(directory);
  refusal.lines[refusal.at] = refusal.lines[refusal.at].replace(outcome('failed'), outcome('passed'));
  rewrite(refusal.file, refusal.lines);
  return refusal;
}

/** Cuts the file off before the refusal: the record, what follows it, and the signed notes that would tell. */
export function cutBefore(directory) {
  const refusal = findRefusal(directory);
  rewrite(refusal.file, [...refusal.lines.slice(0, refusal.at), '']);
  return refusal;
}

function rewrite(file, lines) {
  chmodSync(file, 0o644);
  writeFileSync(file, lines.join('\n'));
}

function outcome(value) {
  return `"step_up.outcome":{"stringValue":"${value}"}`;
}
