// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const LEVELS = {
  required: 'required',
  conditionally_required: 'conditional',
  recommended: 'recommended',
  opt_in: 'opt-in',
};
const TYPES = { int: 'int', boolean: 'boolean', string: 'string', 'string[]': 'string[]' };
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text) => `\`${text}\``;
const exampleOf = (value) => code(typeof value === 'string' ? value : JSON.stringify(value));

function lengthOf({ type, maxBytes, maxItems, maximum, members }) {
  if (members !== undefined) return 'closed list';
  if (type === 'string') return `${maxBytes} B`;
  if (type === 'string[]') return `${maxItems} × ${maxBytes} B`;
  if (type === 'int') return maximum === undefined ? '' : `0 to ${maximum}`;
  return '';
}

function severityText({ severity, rules }) {
  const clauses = rules.map((rule) => {
    const conditions = Object.entries(rule.when).map(([name, value]) => `${code(name)} is ${code(String(value))}`);
    return `${rule.severity} where ${conditions.join(' and ')}`;
  });
  return clauses.length === 0 ? severity : `${clauses.join('; ')}; else ${severity}`;
}

function eventSection(event, common, registry) {
  const own = event.attributes.filter(({ name }) => !common.has(name));
  const rows = own.map(({ name, level, condition }) => {
    const anchor = `[${code(name)}](#${name.replaceAll('.', '')})`;
    return `| ${anchor} | ${LEVELS[level]} | ${cell(condition ?? '')} | ${cell(registry.byName.get(name).brief)} |`;
  });
  const lines = [`### ${code(event.name)}`, '', event.brief];
  if (event.note !== undefined) lines.push('', event.note);
  lines.push('', `Severity: ${severityText(event)}.${event.untraced ? ' Carries no trace or span id.' : ''}`);
  if (rows.length === 0) lines.push('', 'Only the attributes of every record.');
  else lines.push('', '| attribute | level | when | meaning |', '| --- | --- | --- | --- |', ...rows);
  return lines.join('\n');
}

function attributeSection(attribute) {
  const facts = [`Type ${TYPES[attribute.type]}`];
  const length = lengthOf(attribute);
  if (length !== '') facts.push(length);
  if (attribute.chain) facts.push('set by the encoder');
  if (attribute.stability === 'stable') facts.push('stable in OpenTelemetry');
  const lines = [`### ${code(attribute.name)}`, '', attribute.brief, '', `${facts.join('; ')}.`];
  if (attribute.examples.length > 0)
    lines[lines.length - 1] += ` Example: ${attribute.examples.map(exampleOf).join(', ')}.`;
  if (attribute.members !== undefined) {
    lines.push('', '| value | meaning |', '| --- | --- |');
    for (const { value, brief } of attribute.members) lines.push(`| ${code(value)} | ${cell(brief)} |`);
    lines.push('');
    if (attribute.fallback !== undefined) lines.push(`Anything else is recorded as ${code(attribute.fallback)}.`);
    else lines.push('Anything else is dropped.');
  }
  return lines.join('\n');
}

/** docs/spec/events.md. */
export function eventsPage(registry) {
  const common = new Set(
    registry.events[0].attributes.filter(({ name }) => registry.byName.get(name).chain).map(({ name }) => name),
  );
  const every = registry.events[0].attributes.filter(({ name }) => common.has(name));
  return `<!-- Generated from packages/core/registry/step-up.yaml; edit that and run \`npm run generate\`. -->

# Events

Schema version ${registry.schemaVersion}. Every record of the trail is one of these events. An event carries only the attributes
listed under it, each of the type, length and values given below; the requirement levels are OpenTelemetry's.

| event | meaning | severity |
| --- | --- | --- |
${registry.events.map((event) => `| [${code(event.name)}](#${event.name.replaceAll('.', '')}) | ${cell(event.brief)} | ${cell(severityText(event))} |`).join('\n')}

Severity is not sealed: it is the function of sealed content that the table states, so a reader can recompute it. The
numbers are OpenTelemetry's: INFO 9, WARN 13, ERROR 17. The body is one English sentence for people, at most 1024 bytes.

## What happens to a value that does not fit

No event is refused for its content, or a user could suppress a record about himself with a bad string.

- A lone surrogate becomes U+FFFD; a text longer than its attribute allows is cut at a code point.
- A number that is not whole is cut to its integer part and held within ±(2^53-1). Times are floored to milliseconds.
- A value outside a closed list becomes that list's catch-all value where it has one; else it is dropped.
- A value of the wrong type, a name that is not listed under the event, and what cannot be read are dropped.
- A payload above 65,535 bytes is made to fit by cutting its longest texts.
- \`stepseal.sanitised\` names every attribute so touched. It also names \`body\`, \`timestamp\`, \`observed_timestamp\`,
  \`trace_id\` and \`span_id\` when those were mended or dropped, and says \`unknown\` for names outside the registry.
- Empty strings, empty arrays, \`null\` and \`undefined\` say nothing and are left out without being named.

## On every record

| attribute | level | when | meaning |
| --- | --- | --- | --- |
${every.map(({ name, level, condition }) => `| [${code(name)}](#${name.replaceAll('.', '')}) | ${LEVELS[level]} | ${cell(condition ?? '')} | ${cell(registry.byName.get(name).brief)} |`).join('\n')}

The encoder sets these; an application cannot.

## Events one by one

${registry.events.map((event) => eventSection(event, common, registry)).join('\n\n')}

## Attributes

${registry.attributes.map(attributeSection).join('\n\n')}
`;
}
