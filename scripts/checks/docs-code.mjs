// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Type-checks every fenced ts and js block of the documentation against the built packages. Each block is a module of
// its own; blank lines before it keep the document's line numbers. A block that is no program is fenced as `text`.

import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, root } from '../run.mjs';

const DOCUMENTS = ['*.md', 'docs/**/*.md', 'packages/*/*.md', 'examples/*/*.md'];
const BLOCK = /^```(ts|js|mjs)\b[^\n]*\n(.*?)^```$/gms;
const directory = join(root, 'dist', 'docs-code');

const files = {};
for (const document of DOCUMENTS.flatMap((pattern) => globSync(pattern, { cwd: root })).sort()) {
  const text = readFileSync(join(root, document), 'utf8');
  for (const match of text.matchAll(BLOCK)) {
    const [, language, code] = match;
    const line = text.slice(0, match.index).split('\n').length;
    files[`${document.replaceAll('/', '~')}~${line}.${language}`] = '\n'.repeat(line) + code;
  }
}

rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
for (const [name, code] of Object.entries(files)) writeFileSync(join(directory, name), code);
const options = { allowJs: true, checkJs: true, noUnusedLocals: false, skipLibCheck: true };
writeFileSync(
  join(directory, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../tsconfig.tests.json',
    compilerOptions: options,
    include: [],
    files: Object.keys(files),
  }),
);

const count = Object.keys(files).length;
console.log(`${count} blocks`);
if (count > 0) {
  const { code, output } = await capture('tsc', ['-p', directory, '--pretty', 'false']);
  const place = /^dist\/docs-code\/(.+)~\d+\.\w+(?=\()/gm;
  if (output !== '') console.log(output.replace(place, (_, document) => document.replaceAll('~', '/')).trimEnd());
  process.exitCode = code;
}
rmSync(directory, { recursive: true, force: true });
