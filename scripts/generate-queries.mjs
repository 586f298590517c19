// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Writes docs/queries.md from docs/queries/*.yaml. With --check nothing is written; the exit code is 1 if it is out of
// step with them.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = join(root, 'docs/queries');
const PAGE = 'docs/queries.md';
const GROUPS = ['step-ups', 'people', 'trail'];

/** Longest line of a request on the page. */
const WIDTH = 110;

const groups = await Promise.all(
  GROUPS.map(async (name) => parse(await readFile(join(directory, `${name}.yaml`), 'utf8'))),
);
const wanted = page(await readFile(join(directory, 'introduction.md'), 'utf8'), groups);
const current = await readFile(join(root, PAGE), 'utf8').catch(() => undefined);
if (current !== wanted) {
  if (process.argv.includes('--check')) {
    console.error(`${PAGE} is out of step with docs/queries (run npm run generate)`);
    process.exitCode = 1;
  } else {
    await writeFile(join(root, PAGE), wanted);
    console.log(`written: ${PAGE}`);
  }
}

function page(introduction, all) {
  const contents = all.flatMap(({ title, recipes }) => [
    `- ${title}`,
    ...recipes.map(({ question }) => `  - [${question}](#${anchor(question)})`),
  ]);
  const sections = all.flatMap(({ title, recipes }) => [`## ${title}`, ...recipes.map(section)]);
  const head = '<!-- Generated from docs/queries; edit that and run `npm run generate`. -->';
  return `${[head, introduction.trim(), contents.join('\n'), ...sections].join('\n\n')}\n`;
}

function section({ question, about, parameters = {}, kql, esql, request, rows, columns, then }) {
  const given = Object.entries(parameters).map(([name, meaning]) => `\`${name}\` is ${meaning}.`);
  const parts = [`### ${question}`];
  if (about !== undefined || given.length > 0) parts.push([about, ...given].filter(Boolean).join(' '));
  if (kql !== undefined) parts.push(fenced('text', kql.trim()));
  parts.push(fenced('text', esql.trim()));
  parts.push('<details><summary>The same as a search request</summary>', fenced('json', json(request)));
  parts.push(table(rows, columns));
  if (then !== undefined) parts.push(then.trim());
  parts.push('</details>');
  return parts.join('\n\n');
}

/** Where each column is in the answer: of nested lists, what is in the inner one has the outer one's path before it. */
function table(rows, columns) {
  const lists = rows.map((_, level) => rows.slice(0, level + 1).join('/*'));
  const cells = Object.entries(columns).map(([name, place]) => {
    const slash = place.indexOf('/');
    return `| \`${name}\` | \`${lists[Number(place.slice(0, slash))]}/*${place.slice(slash)}\` |`;
  });
  return ['| column | in the answer |', '| --- | --- |', ...cells].join('\n');
}

function fenced(language, text) {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** JSON with whatever fits on one line there. */
function json(value, indent = '') {
  const line = JSON.stringify(value, null, 1)
    .replaceAll(/\n\s*/g, ' ')
    .replaceAll(/\[ | \]/g, (bracket) => bracket.trim());
  if (indent.length + line.length <= WIDTH || typeof value !== 'object') return line;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const members = Array.isArray(value)
    ? value.map((member) => inner + json(member, inner))
    : Object.entries(value).map(([name, member]) => `${inner}${JSON.stringify(name)}: ${json(member, inner)}`);
  return `${open}\n${members.join(',\n')}\n${indent}${close}`;
}

/** As GitHub makes it of a heading. */
function anchor(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
