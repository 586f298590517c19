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
  for (const { name } of event.attributes) {
    const attribute = { ...registry.byName.get(name), variable: camel(name) };
    if (name === 'stepseal.sanitised') continue;
    if (attribute.varies) {
      varying.push(attribute);
      gaps.push([]);
    } else gaps.at(-1).push(attribute);
  }
  return { varying, gaps };
}

const present = (attribute) => (attribute.chain ? 'true' : `${attribute.variable} !== undefined`);

/** Whether the gap is nothing but the separator between two values that are always there. */
const isFixed = (i, gap, varying) => gap.length === 0 && varying[i - 1]?.chain === true && varying[i]?.chain === true;

function edgesOf(i, varying) {
  const edges = [];
  if (varying[i - 1]?.chain === false) edges.push({ state: 'open', now: present(varying[i - 1]) });
  if (varying[i]?.chain === false) edges.push({ state: 'next', now: present(varying[i]) });
  return edges;
}

function gapCode(i, gap, varying) {
  const compared = gap.filter(({ value }) => value === undefined);
  const edges = edgesOf(i, varying);
  const changed = [
    ...compared.map(({ variable }) => `${variable} !== last${i}.${variable}`),
    ...edges.map(({ state, now }) => `(${now}) !== last${i}.${state}`),
  ];
  const values = gap.map(({ variable, value }) => (value === undefined ? variable : quote(value)));
  const open = varying[i - 1] === undefined ? 'false' : present(varying[i - 1]);
  const next = varying[i] === undefined ? 'false' : present(varying[i]);
  const keep = [
    ...compared.map(({ variable }) => `last${i}.${variable} = ${variable};`),
    ...edges.map(({ state, now }) => `last${i}.${state} = ${now};`),
  ];
  return `  if (${changed.join(' || ')}) {
    if (!gap${i}.rebuild([${values.join(', ')}], ${open}, ${next})) return undefined;
    ${keep.join('\n    ')}
  }\n`;
}

function stateCode(i, gap, varying) {
  const compared = gap.filter(({ value }) => value === undefined);
  const members = [
    ...compared.map(({ variable }) => `${variable}: undefined`),
    ...edgesOf(i, varying).map(({ state }) => `${state}: undefined`),
  ];
  // The first member starts with what no event can hold, so that the first event makes the text.
  members[0] = members[0].replace('undefined', 'NEVER');
  const slots = gap.map(({ name }) => constant(name)).join(', ');
  const after = varying[i] === undefined ? '' : `,${opening(varying[i])}`;
  const head = i === 0 ? `, '{"attributes":{'` : '';
  const types = members.map((member) => `${member.split(':')[0]}: unknown`).join('; ');
  return `const gap${i} = new Gap(layout, [${slots}], ${quote(after)}${head});\nconst last${i}: { ${types} } = { ${members.join(', ')} };\n`;
}

function encoderOf(event, registry) {
  const { varying, gaps } = partsOf(event, registry);
  const all = [...varying, ...gaps.flat()];
  const lists = all.filter(({ type }) => type === 'string[]');
  const filled = gaps.map((gap, i) => ({ gap, i })).filter(({ gap, i }) => !isFixed(i, gap, varying));
  const own = all.filter(({ chain }) => !chain);
  const texts = varying.filter(({ type }) => type === 'string');
  const escapable = texts.filter(({ chain }) => !chain);

  const reads = all
    .filter(({ value }) => value === undefined)
    .map(({ name, variable, chain, type, varies }) => {
      if (chain) return `  const ${variable} = ${CHAIN_SOURCES[name]};`;
      if (type === 'string[]') return `  const ${variable} = ${variable}List.text(a[${quote(name)}]);`;
      return `  ${varies && type === 'string' ? 'let' : 'const'} ${variable} = a[${quote(name)}];`;
    });
  const typeChecks = varying
    .map(({ variable, type, maxBytes, chain }) => {
      const check = type === 'int' ? `isInteger(${variable})` : `isText(${variable}, ${maxBytes})`;
      return chain ? `!${check} || ${variable} === undefined` : `!${check}`;
    });
  const listChecks = lists.map(({ variable }) => `${variable} === null`);
  const samples = texts.map(({ name, variable, usually, chain }) => {
    if (name === 'audit.sequence.previous_record_id') return `(${variable} === lastEncoding.recordId ? '' : ${variable})`;
    if (chain) return variable;
    const twin = usually === undefined ? undefined : all.find((attribute) => attribute.name === usually);
    if (twin !== undefined) return `(${variable} === ${twin.variable} || ${variable} === undefined ? '' : ${variable})`;
    return `(${variable} ?? '')`;
  });
  const escapes = escapable.map(({ variable, maxBytes }) => `    ${variable} = escaped(${variable}, ${maxBytes});`);
  const failures = escapable.map(({ variable }) => `${variable} === ''`);
  const counts = [
    ...varying.filter(({ chain }) => !chain).map(({ variable }) => `(${variable} === undefined ? 0 : 1)`),
    ...filled.filter(({ gap }) => gap.some(({ chain }) => !chain)).map(({ i }) => `gap${i}.count`),
  ];
  const pieces = gaps.flatMap((gap, i) => {
    const text = isFixed(i, gap, varying) ? quote(`"},${opening(varying[i])}`) : `gap${i}.out`;
    const value = varying[i];
    if (value === undefined) return [text];
    return [text, value.chain ? value.variable : `(${value.variable} ?? '')`];
  });

  return `${HEADER}import type { ChainFields, EventRecord } from '../event-encoder-types.ts';
import {
  areIds,
  escaped,
  Gap,
  isAscii,
  isInteger,
  isPlain,
  isText,
  lastEncoding,
  Layout,
  nanosecondText,${lists.length > 0 ? '\n  TextList,' : ''}
} from '../event-encoder-fragments.ts';
import {
${[...gaps.flat()].map(({ name }) => `  ${constant(name)},`).sort().join('\n')}
} from './slots.ts';

const NEVER = Symbol('never');
const layout = new Layout();
${lists.map(({ variable, maxItems, maxBytes }) => `const ${variable}List = new TextList(${maxItems}, ${maxBytes});`).join('\n')}
${filled.map(({ gap, i }) => stateCode(i, gap, varying)).join('')}const tail = new Gap(layout, [], '');
let lastBody: unknown = NEVER;

/** P of \`${event.name}\` if nothing in it must be mended, else undefined. May throw what a hostile record throws. */
export function encode${pascal(event.name)}(record: EventRecord, chain: ChainFields): string | undefined {
  const a = record.attributes;
${reads.join('\n')}
  if (auditAction === undefined) return undefined;
  if (
    ${[...typeChecks, ...listChecks].join(' ||\n    ')}
  ) {
    return undefined;
  }
  const { traceId, spanId } = record;
  if (!areIds(traceId, spanId)) return undefined;
  const plain = isPlain(
    ${samples.join(' +\n      ')},
  );
  if (!plain) {
    if (!isPlain(auditRecordId + auditSequencePreviousHash + auditSequencePreviousRecordId)) return undefined;
${escapes.join('\n')}
    if (${failures.join(' || ')}) return undefined;
  }
${filled.map(({ gap, i }) => gapCode(i, gap, varying)).join('')}  if (
    ${counts.join(' +\n      ')} !==
    Object.keys(a).length
  ) {
    return undefined;
  }
  const body = record.body;
  if (body !== lastBody) {
    if (!tail.rebuildTail(body, ${quote(event.name)})) return undefined;
    lastBody = body;
  }
  const timestampMs = record.timestampMs;
  const observedMs = record.observedTimestampMs;
  const timestamp = nanosecondText(timestampMs);
  const observed = observedMs === timestampMs ? timestamp : nanosecondText(observedMs);
  if (timestamp === '' || observed === '') return undefined;
  if (layout.calm > 0) {
    layout.calm -= 1;
    if (layout.calm === 0) layout.settle();
  }
  const text =
    ${pieces.join(' +\n    ')} +
    tail.out +
    observed +
    (traceId === undefined
      ? '","timestamp":"' + timestamp + '"}'
      : '","span_id":"' + spanId + '","timestamp":"' + timestamp + '","trace_id":"' + traceId + '"}');
  lastEncoding.recordId = auditRecordId;
  lastEncoding.ascii =
    plain ? (${[...filled.map(({ i }) => `gap${i}.wide`), 'tail.wide'].join(' | ')}) === 0 : isAscii(text);
  return text;
}
`;
}

function slotsFile(events, registry) {
  const names = new Set(events.flatMap((event) => partsOf(event, registry).gaps.flat().map(({ name }) => name)));
  const lines = [...names].sort().map((name) => {
    const { type, maxBytes, members, chain } = registry.byName.get(name);
    const args = [quote(name), quote(type), String(maxBytes ?? (members === undefined ? 0 : 64))];
    if (members !== undefined) args.push(`[${members.map(({ value }) => quote(value)).join(', ')}]`);
    else if (chain) args.push('undefined');
    if (chain) args.push('false');
    return `export const ${constant(name)}: Slot = new Slot(${args.join(', ')});\n`;
  });
  return `${HEADER}import { Slot } from '../event-encoder-fragments.ts';\n\n${lines.join('')}`;
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
