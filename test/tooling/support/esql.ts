// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Functions of ES|QL, by the public documentation, that the questions may use. */
const FUNCTIONS = new Set(
  'COUNT COUNT_DISTINCT DATE_TRUNC MAX MIN NOW PERCENTILE ROUND SHA256 STARTS_WITH SUM TO_DOUBLE VALUES'.split(' '),
);

/** Words that mean something else than a column; one of them in a field's name would need backquotes. */
const RESERVED = new Set(
  'AND ASC BY DESC FALSE FIRST IN IS LAST LIKE METADATA NOT NULL NULLS ON OR RLIKE TRUE WHERE'.split(' '),
);
const TIME_UNIT = /^(millisecond|second|minute|hour|day|week|month|quarter|year)s?$/;

/**
 * Follows the columns through a query, command by command.
 *
 * @param pattern what it has to read
 * @param fields columns that are there at first
 * @returns the columns at the end; all fields where nothing chose among them
 * @throws Error for a command, function, column or name that there is not
 */
export function columnsOfEsql(text: string, pattern: string, fields: ReadonlySet<string>): string[] {
  const [source = '', ...commands] = split(text, '|');
  const from = /^FROM (\S+)(?: METADATA (_id))?$/.exec(source.trim());
  if (from?.[1] !== pattern) throw new Error(`it reads something else: ${source}`);
  let columns = new Set(from[2] === undefined ? fields : [...fields, from[2]]);
  for (const command of commands) {
    const [, name = '', rest = ''] = /^\s*(\w+)\s+([\s\S]+)$/.exec(command) ?? [];
    columns = new Set(after(name, rest.trim(), columns));
  }
  return [...columns];
}

function after(command: string, rest: string, columns: ReadonlySet<string>): string[] {
  switch (command) {
    case 'WHERE':
      checkExpression(rest, columns);
      return [...columns];
    case 'SORT':
      for (const part of split(rest, ',')) checkExpression(part.replace(/ (ASC|DESC)$/, ''), columns);
      return [...columns];
    case 'LIMIT':
      if (!/^\d+$/.test(rest)) throw new Error(`no limit: ${rest}`);
      return [...columns];
    case 'KEEP': {
      const kept = split(rest, ',').map((part) => part.trim());
      for (const name of kept) if (!columns.has(name)) throw new Error(`no column ${name}`);
      return kept;
    }
    case 'EVAL':
      return [...columns, ...assigned(rest, columns)];
    case 'STATS': {
      const [values = '', by = ''] = rest.split(/\sBY\s/);
      return [...assigned(values, columns), ...assigned(by, columns)];
    }
    default:
      throw new Error(`no command ${command}`);
  }
}

/** The names of `name = expression, …`. */
function assigned(list: string, columns: ReadonlySet<string>): string[] {
  return split(list, ',').map((part) => {
    const [, name, expression] = /^\s*(\w+)\s*=(?!=)([\s\S]+)$/.exec(part) ?? [];
    if (name === undefined || expression === undefined) throw new Error(`no name for ${part}`);
    if (RESERVED.has(name.toUpperCase())) throw new Error(`${name} is a word of the language`);
    checkExpression(expression, columns);
    return name;
  });
}

function checkExpression(expression: string, columns: ReadonlySet<string>): void {
  const bare = expression.replaceAll(/"[^"]*"/g, '');
  for (const [name, call] of bare.matchAll(/[@A-Za-z_][\w@]*(?:\.\w+)*(\s*\()?/g)) {
    const word = name.replace(/\s*\($/, '');
    const reserved = RESERVED.has(word.toUpperCase());
    if (call !== undefined && !reserved) {
      if (!FUNCTIONS.has(word)) throw new Error(`no function ${word}`);
    } else if (!reserved && !TIME_UNIT.test(word)) {
      if (!columns.has(word)) throw new Error(`no column ${word}`);
      const parts = word.split('.');
      if (parts.some((part) => RESERVED.has(part.toUpperCase()))) throw new Error(`${word} needs backquotes`);
    }
  }
}

/** Parts between a mark that stands neither in a string nor in brackets. */
export function split(text: string, mark: string): string[] {
  const parts = [''];
  let depth = 0;
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (!quoted && character === '(') depth++;
    if (!quoted && character === ')') depth--;
    if (character === mark && !quoted && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
