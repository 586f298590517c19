// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const colour = process.stdout.isTTY && !process.env.NO_COLOR;

/** A numbered step of the demonstration. */
export function step(number, title) {
  console.log(`\n${bold(`${number}. ${title}`)}`);
}

export function note(line) {
  console.log(`   ${line}`);
}

/** Output of another program, set apart from our own words. */
export function quote(text) {
  for (const line of text.trimEnd().split('\n')) console.log(`   ${dim('│')} ${line}`.trimEnd());
}

export function bold(text) {
  return colour ? `\u001b[1m${text}\u001b[22m` : text;
}

function dim(text) {
  return colour ? `\u001b[2m${text}\u001b[22m` : text;
}
