// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { HEADER } from './emit-semconv.mjs';

// Straight-line encoders of the events of a step-up. Attributes are read in canonical order. Between two values that
// vary stands one gap: a piece of text that is kept until one of the attributes in it changes.

const words = (name) => name.split(/[._]/);
const camel = (name) =>
  words(name)
    .map((word, i) => (i === 0 ? word : word[0].toUpperCase() + word.slice(1)))
    .join('');
const pascal = (name) => camel(name).replace(/^./, (letter) => letter.toUpperCase());
const constant = (name) => words(name).join('_').toUpperCase();
const quote = (text) => `'${text}'`;

const CHAIN_SOURCES = {
  'audit.record.id': 'chain.recordId',
  'audit.sequence.end': 'chain.end === false ? undefined : chain.end',
  'audit.sequence.number': 'chain.number',
  'audit.sequence.previous_hash': 'chain.previousHash',
  'audit.sequence.previous_record_id': 'chain.previousRecordId',
  'audit.sequence.stream_id': 'chain.streamId',
};

const opening = ({ name, type }) => `"${name}":{"${type === 'int' ? 'intValue' : 'stringValue'}":"`;

function partsOf(event, registry) {
  const varying = [];
  const gaps = [[]];
  for (const { name, level } of event.attributes) {
    const attribute = { ...registry.byName.get(name), variable: camel(name), level };
    if (name === 'stepseal.sanitised') continue;
    // What is opt-in is absent mostly, so it costs less inside a gap.
    if (attribute.varies && level !== 'opt_in') {
      varying.push({ ...attribute, spliced: true });
      gaps.push([]);
    } else gaps.at(-1).push(attribute);
  }
  return { varying, gaps };
}

const present = (attribute) => (attribute.chain ? 'true' : `${attribute.variable} !== undefined`);

/** Whether the gap is nothing but the separator between two values that are always there. */
const isFixed = (i, gap, varying) => gap.length === 0 && varying[i - 1]?.chain === true && varying[i]?.chain === true;

/** Whether few records carry the attribute; then the encoder looks for it only when there is more than it found. */
const isRare = ({ rare, level, usually }) => (rare || level === 'opt_in') && usually === undefined;

/** What a gap depends on beside its attributes: whether there is a value before and one behind it. */
function edgesOf(i, varying) {
  const before = varying[i - 1];
  const after = varying[i];
  const edges = [];
  if (before?.chain === false) edges.push({ state: 'open', now: present(before), rare: isRare(before) });
  if (after?.chain === false) edges.push({ state: 'next', now: present(after), rare: isRare(after) });
  return edges;
}

const comparedOf = (gap) => gap.filter(({ value }) => value === undefined);

function gapCode(i, gap, varying) {
  const compared = comparedOf(gap);
  const edges = edgesOf(i, varying);
  const conditions = [
    ...compared.map((attribute) => [isRare(attribute), `${attribute.variable} !== last${i}.${attribute.variable}`]),
    ...edges.map(({ state, now, rare }) => [rare, `(${now}) !== last${i}.${state}`]),
  ];
  const often = conditions.filter(([rare]) => !rare).map(([, condition]) => condition);
  const seldom = conditions.filter(([rare]) => rare).map(([, condition]) => condition);
  if (seldom.length > 0) often.push(`(checkRare && (${seldom.join(' || ')}))`);
  const values = [...compared.map(({ variable }) => variable), ...edges.map(({ now }) => now)];
  return `  if ((${often.join(' || ')}) && !select${i}(${values.join(', ')})) return undefined;\n`;
}

function stateCode(i, gap, varying) {
  const compared = comparedOf(gap);
  const edges = edgesOf(i, varying);
  const members = [...compared.map(({ variable }) => variable), ...edges.map(({ state }) => state)];
  // The first member starts with what no event can hold, so that the first event makes the text.
  const initial = members.map((member, j) => `${member}: ${j === 0 ? 'NEVER' : 'undefined'} as unknown`);
  const parameters = [
    ...compared.map(({ variable }) => `${variable}: unknown`),
    ...edges.map(({ state }) => `${state}: boolean`),
  ];
  const slots = gap.map(({ name }) => constant(name)).join(', ');
  const after = varying[i] === undefined ? '' : `,${opening(varying[i])}`;
  const head = i === 0 ? `, '{"attributes":{'` : '';
  const values = gap.map(({ variable, value }) => (value === undefined ? variable : quote(value)));
  const open = edges.some(({ state }) => state === 'open') ? 'open' : String(varying[i - 1] !== undefined);
  const next = edges.some(({ state }) => state === 'next') ? 'next' : String(varying[i] !== undefined);
  return `const gap${i}: Gap = new Gap(layout, [${slots}], ${quote(after)}${head});
const last${i} = { ${initial.join(', ')} };
function select${i}(${parameters.join(', ')}): boolean {
  if (!gap${i}.select([${values.join(', ')}], ${open}, ${next})) return false;
  ${members.map((member) => `last${i}.${member} = ${member};`).join('\n  ')}
  return true;
}

`;
}

/** How an attribute is read: ready to be spliced in if it varies, else as it is. */
function readOf({ name, variable, type, chain, spliced, maxBytes, usually }, all) {
  const source = chain ? CHAIN_SOURCES[name] : `a[${quote(name)}]`;
  if (type === 'string[]') return `${variable}List.text(${source})`;
  if (!spliced) return source;
  if (type === 'int') return `splicedInteger(${source})`;
  if (chain) return `ownText(${source}, ${maxBytes})`;
  if (usually !== undefined && all.some((attribute) => attribute.name === usually)) {
    return `${variable}Value === ${camel(usually)}Value ? ${camel(usually)} : spliced(${variable}Value, ${maxBytes})`;
  }
  const twinned = all.some((attribute) => attribute.usually === name);
  return `spliced(${twinned ? `${variable}Value` : source}, ${maxBytes})`;
}

function encoderOf(event, registry) {
  const { varying, gaps } = partsOf(event, registry);
  const all = [...varying, ...gaps.flat()];
  const lists = all.filter(({ type }) => type === 'string[]');
  const filled = gaps.map((gap, i) => ({ gap, i })).filter(({ gap, i }) => !isFixed(i, gap, varying));
  const own = all.filter(({ chain }) => !chain);
  const texts = varying.filter(({ type }) => type === 'string');
  const read = (attribute) => readOf(attribute, all);
  const common = own.filter((attribute) => !isRare(attribute));
  const rare = own.filter(isRare);
  const twins = texts.filter(({ usually }) => all.some(({ name }) => name === usually));
  const declare = (attribute) => `const ${attribute.variable} = ${read(attribute)};`;
  const lines = [
    ...varying.filter(({ chain }) => chain).map(declare),
    ...gaps
      .flat()
      .filter(({ chain, value }) => chain && value === undefined)
      .map(declare),
    ...twins.map(({ usually }) => `const ${camel(usually)}Value = a[${quote(usually)}];`),
    ...common.filter((attribute) => !twins.includes(attribute)).map(declare),
    ...twins.flatMap((twin) => [`const ${twin.variable}Value = a[${quote(twin.name)}];`, declare(twin)]),
  ];
  const found = common.map(({ variable }) => `(${variable} === undefined ? 0 : 1)`);
  const rareType = ({ spliced, type }) => {
    return spliced || type === 'string[]' ? 'string | undefined' : 'unknown';
  };
  const pieces = (isLeftOut) =>
    gaps.flatMap((gap, i) => {
      const value = varying[i];
      if (value !== undefined && isLeftOut(value)) return [];
      const text = isFixed(i, gap, varying) ? quote(`"},${opening(value)}`) : `gap${i}.out`;
      if (value === undefined) return isLeftOut === isRare ? [] : [text];
      return [text, value.chain ? value.variable : `(${value.variable} ?? '')`];
    });

  return `${HEADER}import type { ChainFields, EventRecord } from '../event-encoder-types.ts';
import { Gap, Layout } from '../event-encoder-gaps.ts';${lists.length > 0 ? "\nimport { TextList } from '../event-encoder-slots.ts';" : ''}
import {
  areAll,
  checkIds,
  encoding,
  isAscii,
  nanosecondText,
  ownText,
  spliced,
  splicedInteger,
} from '../event-encoder-text.ts';
import {
${gaps
  .flat()
  .map(({ name }) => `  ${constant(name)},`)
  .sort()
  .join('\n')}
} from './slots.ts';

const NEVER = Symbol('never');
const layout = new Layout();
${lists.map(({ variable, maxItems, maxBytes }) => `const ${variable}List = new TextList(${maxItems}, ${maxBytes});`).join('\n')}
${filled.map(({ gap, i }) => stateCode(i, gap, varying)).join('')}const tail = new Gap(layout, [], '');
let lastBody: unknown = NEVER;
let rareBefore = true;

/** P of \`${event.name}\` if nothing in it must be mended, else undefined. May throw what a hostile record throws. */
export function encode${pascal(event.name)}(record: EventRecord, chain: ChainFields): string | undefined {
  const a = record.attributes;
  const { body, observedTimestampMs, spanId, timestampMs, traceId } = record;
  const { unfit, escaped } = encoding;
  checkIds(traceId, spanId);
  const total = Object.keys(a).length;
  ${lines.join('\n  ')}
${rare.map((attribute) => `  let ${attribute.variable}: ${rareType(attribute)};`).join('\n')}
  let present =
    ${found.join(' +\n    ')};
  const rare = present < total;
  if (rare) {
    ${rare.map((attribute) => `${attribute.variable} = ${read(attribute)};`).join('\n    ')}
    present +=
      ${rare.map(({ variable }) => `(${variable} === undefined ? 0 : 1)`).join(' +\n      ')};
  }
  if (present !== total && !areAll(a, present)) return undefined;
  const timestamp = nanosecondText(timestampMs);
  const observed = observedTimestampMs === timestampMs ? timestamp : nanosecondText(observedTimestampMs);
  // All is read: from here on no code of the application runs, so the gaps are this event's.
  if (encoding.unfit !== unfit || auditAction === undefined) return undefined;
  const checkRare = rare || rareBefore;
  rareBefore = true;
${filled.map(({ gap, i }) => gapCode(i, gap, varying)).join('')}  rareBefore = rare;
  if (body !== lastBody) {
    if (!tail.selectTail(body, ${quote(event.name)})) return undefined;
    lastBody = body;
  }
  if (layout.restless) layout.arrange();
  const attributes = rare
    ? ${pieces(() => false).join(' +\n      ')}
    : ${pieces(isRare).join(' +\n      ')};
  const text =
    attributes +
    tail.out +
    observed +
    (traceId === undefined
      ? '","timestamp":"' + timestamp + '"}'
      : '","span_id":"' + spanId + '","timestamp":"' + timestamp + '","trace_id":"' + traceId + '"}');
  encoding.ascii = encoding.escaped === escaped ? layout.wide === 0 : isAscii(text);
  return text;
}
`;
}

function slotsFile(events, registry) {
  const names = new Set(
    events.flatMap((event) =>
      partsOf(event, registry)
        .gaps.flat()
        .map(({ name }) => name),
    ),
  );
  const lines = [...names].sort().map((name) => {
    const { type, maxBytes, members } = registry.byName.get(name);
    const args = [quote(name), quote(type), String(maxBytes ?? (members === undefined ? 0 : 64))];
    if (members !== undefined) args.push(`[${members.map(({ value }) => quote(value)).join(', ')}]`);
    return `export const ${constant(name)}: Slot = new Slot(${args.join(', ')});\n`;
  });
  return `${HEADER}import { Slot } from '../event-encoder-slots.ts';\n\n${lines.join('')}`;
}

function indexFile(events) {
  const imports = events.map(({ name }) => `import { encode${pascal(name)} } from './${words(name).join('-')}.ts';\n`);
  const entries = events.map(({ name }) => `  [${quote(name)}, encode${pascal(name)}],\n`);
  return `${HEADER}import type { ChainFields, EventRecord } from '../event-encoder-types.ts';
${imports.join('')}
/** Encodes a record in which nothing must be mended; undefined for any other. May throw what a hostile record throws. */
type FastEncoder = (record: EventRecord, chain: ChainFields) => string | undefined;

/** Encoders of the events that come in numbers; the others take the careful way. */
export const FAST_ENCODERS: ReadonlyMap<string, FastEncoder> = new Map<string, FastEncoder>([
${entries.join('')}]);
`;
}

/** Files of packages/core/src/format/generated by name. */
export function encoderFiles(registry) {
  const events = registry.events.filter(({ name }) => name.startsWith('step_up.'));
  const files = events.map((event) => [`${words(event.name).join('-')}.ts`, encoderOf(event, registry)]);
  return new Map([...files, ['slots.ts', slotsFile(events, registry)], ['encoders.ts', indexFile(events)]]);
}
