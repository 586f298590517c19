// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

const LEVELS = new Set(['required', 'conditionally_required', 'recommended', 'opt_in']);
const TYPES = new Set(['string', 'int', 'boolean', 'string[]']);
const SEVERITIES = new Set(['INFO', 'WARN', 'ERROR']);

/** UTF-16 order, which is the order of keys in RFC 8785. */
const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

function attributeOf(raw) {
  const annotations = raw.annotations?.stepseal ?? {};
  const members = typeof raw.type === 'object' ? raw.type.members : undefined;
  return {
    name: raw.key,
    type: members === undefined ? raw.type : 'string',
    members,
    brief: raw.brief,
    stability: raw.stability,
    examples: raw.examples ?? [],
    maxBytes: annotations.max_bytes,
    maxItems: annotations.max_items,
    maximum: annotations.maximum,
    fallback: annotations.fallback,
    varies: annotations.varies === true,
    rare: annotations.rare === true,
    usually: annotations.usually,
    chain: annotations.chain === true,
    value: annotations.value,
    field: annotations.field,
  };
}

function levelOf(ref) {
  const level = ref.requirement_level;
  if (typeof level === 'object') return { level: Object.keys(level)[0], condition: Object.values(level)[0] };
  return { level, condition: undefined };
}

function eventOf(raw, groups, problems) {
  const refs = new Map();
  const seenInGroup = new Map();
  for (const entry of raw.attributes) {
    if (entry.ref_group === undefined) continue;
    const group = groups.get(entry.ref_group);
    if (group === undefined) {
      problems.push(`${raw.name}: no attribute group ${entry.ref_group}`);
      continue;
    }
    for (const ref of group.attributes) {
      if (seenInGroup.has(ref.ref)) problems.push(`${raw.name}: ${ref.ref} comes from two groups`);
      seenInGroup.set(ref.ref, entry.ref_group);
      refs.set(ref.ref, { name: ref.ref, ...levelOf(ref), group: entry.ref_group });
    }
  }
  for (const entry of raw.attributes) {
    if (entry.ref !== undefined) refs.set(entry.ref, { name: entry.ref, ...levelOf(entry) });
  }
  const annotations = raw.annotations?.stepseal ?? {};
  return {
    name: raw.name,
    brief: raw.brief,
    note: raw.note,
    stability: raw.stability,
    untraced: annotations.untraced === true,
    severity: annotations.severity?.default,
    rules: annotations.severity?.rules ?? [],
    attributes: [...refs.values()].sort(byName),
    groups: [...new Set(seenInGroup.values())],
  };
}

function lintAttribute(attribute, problems) {
  const { name } = attribute;
  const bad = (what) => problems.push(`${name}: ${what}`);
  if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/.test(name)) bad('is not a dotted lower-case name');
  if (!TYPES.has(attribute.type)) bad(`type ${attribute.type} is not supported`);
  if (!attribute.brief) bad('has no brief');
  if (!attribute.stability) bad('has no stability');
  if (attribute.members !== undefined) {
    const values = attribute.members.map((member) => member.value);
    if (new Set(values).size !== values.length) bad('has an enum value twice');
    for (const member of attribute.members) {
      if (typeof member.value !== 'string') bad(`enum value ${member.value} is not a string`);
      if (!member.brief || !member.stability || !member.id)
        bad(`enum value ${member.value} lacks id, brief or stability`);
      if (!/^[A-Za-z_]+$/.test(member.value)) bad(`enum value ${member.value} needs escaping`);
    }
    if (attribute.fallback !== undefined && !values.includes(attribute.fallback)) bad('falls back to no member');
  } else {
    const text = attribute.type === 'string' || attribute.type === 'string[]';
    if (text && !(attribute.maxBytes > 0)) bad('has no max_bytes');
    if (attribute.type === 'string[]' && !(attribute.maxItems > 0)) bad('has no max_items');
    if (attribute.examples.length === 0) bad('has no example');
    for (const example of attribute.examples.flat()) {
      if (text && (typeof example !== 'string' || Buffer.byteLength(example) > attribute.maxBytes))
        bad('has a wrong example');
    }
  }
}

function lint(registry, problems) {
  const names = new Set(registry.attributes.map(({ name }) => name));
  if (names.size !== registry.attributes.length) problems.push('an attribute is defined twice');
  for (const name of names) {
    const parts = name.split('.');
    for (let i = 1; i < parts.length; i++) {
      const prefix = parts.slice(0, i).join('.');
      if (names.has(prefix)) problems.push(`${prefix} is a dotted prefix of ${name}`);
    }
  }
  for (const attribute of registry.attributes) lintAttribute(attribute, problems);
  const used = new Set();
  for (const event of registry.events) {
    if (!event.brief || !event.stability) problems.push(`${event.name}: lacks brief or stability`);
    if (!SEVERITIES.has(event.severity)) problems.push(`${event.name}: has no severity`);
    for (const rule of event.rules) {
      if (!SEVERITIES.has(rule.severity)) problems.push(`${event.name}: a rule has no severity`);
      for (const name of Object.keys(rule.when)) {
        if (!event.attributes.some((ref) => ref.name === name)) problems.push(`${event.name}: a rule asks for ${name}`);
      }
    }
    for (const ref of event.attributes) {
      used.add(ref.name);
      if (!names.has(ref.name)) problems.push(`${event.name}: ${ref.name} is not defined`);
      if (!LEVELS.has(ref.level)) problems.push(`${event.name}: ${ref.name} has no level`);
      if (ref.level === 'conditionally_required' && !ref.condition)
        problems.push(`${event.name}: ${ref.name} has no condition`);
    }
  }
  for (const name of names) if (!used.has(name)) problems.push(`${name} is on no event`);
}

/**
 * Reads and checks the registry. Throws an Error that lists everything wrong with it.
 *
 * Attributes come in UTF-16 order of their names, events in the order of the file, which is the order of a step-up.
 */
export async function loadRegistry(file) {
  const document = parse(await readFile(file, 'utf8'));
  const problems = [];
  if (document.file_format !== 'definition/2') problems.push('file_format is not definition/2');
  const groups = new Map(document.attribute_groups.map((group) => [group.id, group]));
  const attributes = document.attributes.map(attributeOf).sort(byName);
  const events = document.events.map((event) => eventOf(event, groups, problems));
  const groupOf = ([id, group]) => ({
    id,
    attributes: group.attributes.map((ref) => ({ name: ref.ref, ...levelOf(ref) })).sort(byName),
  });
  const registry = {
    attributes,
    events,
    groups: [...groups].map(groupOf),
    byName: new Map(attributes.map((attribute) => [attribute.name, attribute])),
  };
  lint(registry, problems);
  if (problems.length > 0) throw new Error(`${file} is not sound:\n  ${problems.join('\n  ')}`);
  registry.schemaVersion = registry.byName.get('audit.schema.version').value;
  return registry;
}
