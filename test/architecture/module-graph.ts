// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** One import or re-export of a source file. Paths are relative to the project's root, with `/`. */
export interface Import {
  file: string;
  specifier: string;
  /** `import type` and `export type`: gone after compilation. An inline `{ type X }` still loads the module. */
  typeOnly: boolean;
  /** `import()`: loaded when the code runs, not with the file. */
  dynamic: boolean;
  /** Names taken from the module; `*` stands for all of them. */
  names: readonly string[];
}

export function sourceFiles(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' }).sort();
}

export function readSource(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** Every import of a file. A dynamic import whose specifier is computed has the specifier's source text. */
export function importsOf(file: string): Import[] {
  const source = readSource(file);
  const { module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const typeOnly = (start: number): boolean => /^(import|export)\s+type\b/.test(source.slice(start));

  const imports: Import[] = module.staticImports.map(({ start, moduleRequest, entries }) => ({
    file,
    specifier: moduleRequest.value,
    typeOnly: typeOnly(start),
    dynamic: false,
    names: entries.map(({ importName }) => (importName.kind === 'Name' ? (importName.name ?? '*') : '*')),
  }));
  for (const { start, entries } of module.staticExports) {
    for (const { moduleRequest, importName } of entries) {
      if (moduleRequest === null) continue;
      const names = [importName.kind === 'Name' ? (importName.name ?? '*') : '*'];
      imports.push({ file, specifier: moduleRequest.value, typeOnly: typeOnly(start), dynamic: false, names });
    }
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const text = source.slice(moduleRequest.start, moduleRequest.end);
    imports.push({ file, specifier: text.replace(/^['"]|['"]$/g, ''), typeOnly: false, dynamic: true, names: ['*'] });
  }
  return imports;
}

/** All imports that run when `entry` is loaded: its own, and those of the files it reaches by relative paths. */
export function runtimeImports(entry: string, { dynamic }: { dynamic: boolean }): Import[] {
  const reached = new Set([entry]);
  const found: Import[] = [];
  for (const file of reached) {
    for (const imported of importsOf(file)) {
      if (imported.typeOnly || (imported.dynamic && !dynamic)) continue;
      if (isRelative(imported)) reached.add(resolveRelative(imported));
      else found.push(imported);
    }
  }
  return found;
}

export function isRelative({ specifier }: Import): boolean {
  return specifier.startsWith('./') || specifier.startsWith('../');
}

export function resolveRelative({ file, specifier }: Import): string {
  return join(dirname(file), specifier);
}

/** How a failure names an import. */
export function describeImport({ file, specifier }: Import): string {
  return `${file} imports ${specifier}`;
}
