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

const or = (words) => (words.length === 1 ? words[0] : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);

/** One clause for each severity and set of names; of rules on one name, all values in it. */
function severityText({ severity, rules }) {
  const clauses = Map.groupBy(rules, (rule) => `${rule.severity} where ${Object.keys(rule.when)}`);
  const texts = [...clauses.values()].map((same) => {
    const conditions = Object.keys(same[0].when).map((name) => {
      const values = new Set(same.map(({ when }) => code(String(when[name]))));
      return `${code(name)} is ${or([...values])}`;
    });
    if (same.length > 1 && conditions.length > 1) throw new Error('such severity rules have no clear text yet');
    return `${same[0].severity} where ${conditions.join(' and ')}`;
  });
  return [...texts, texts.length === 0 ? severity : `else ${severity}`].join('; ');
}

const GROUPS = {
  every_record: ['Every record', 'The encoder sets these; an application cannot.'],
  who_did_what: ['Who did what', 'The draft audit signal of OpenTelemetry, for readers that know nothing of step-ups.'],
  trail_actor: ['Who did what, on records of the trail', 'The same attributes; the sealing side may leave them out.'],
  step_up_context: ['Context', 'Which step-up, whose, where from, and what saw it.'],
  step_up_why: ['Why', 'What asked for a stronger proof.'],
  step_up_proof: ['Proof', 'How it was given.'],
  trail_clock: ['Clocks and losses', 'What a sealing record states of its moment.'],
};
const anchor = (text) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_ -]/g, '')
    .replaceAll(' ', '-');
const linkTo = (name) => `[${code(name)}](#${anchor(name)})`;

function attributeTable(refs, registry) {
  const rows = refs.map(({ name, level, condition }) => {
    const when =
      condition === undefined
        ? ''
        : `: ${condition.replace(/\.$/, '').replace(/^./, (letter) => letter.toLowerCase())}`;
    return `| ${linkTo(name)} | ${LEVELS[level]}${cell(when)} | ${cell(registry.byName.get(name).brief)} |`;
  });
  return ['| attribute | level | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function groupSection({ id, attributes }, registry) {
  const [title, text] = GROUPS[id];
  return `### ${title}\n\n${text}\n\n${attributeTable(attributes, registry)}`;
}

function eventSection(event, registry) {
  const own = event.attributes.filter(({ group }) => group === undefined);
  const links = event.groups.map((id) => `[${GROUPS[id][0].toLowerCase()}](#${anchor(GROUPS[id][0])})`);
  const lines = [`### ${code(event.name)}`, '', event.brief];
  if (event.note !== undefined) lines.push('', event.note);
  lines.push('', `Severity: ${severityText(event)}.${event.untraced ? ' Carries no trace or span id.' : ''}`, '');
  lines.push(`Attributes of ${links.join(', ')}${own.length === 0 ? '.' : '; and these, at these levels:'}`);
  if (own.length > 0) lines.push('', attributeTable(own, registry));
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
  for (const { id } of registry.groups) if (GROUPS[id] === undefined) throw new Error(`no title for the group ${id}`);
  return `<!-- Generated from packages/core/registry/step-up.yaml; edit that and run \`npm run generate\`. -->

# Events

Schema version ${registry.schemaVersion}. Every record of the trail is one of these events. An event carries only the attributes
listed under it, each of the type, length and values given below; the requirement levels are OpenTelemetry's.

| event | meaning | severity |
| --- | --- | --- |
${registry.events.map((event) => `| ${linkTo(event.name)} | ${cell(event.brief)} | ${cell(severityText(event))} |`).join('\n')}

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

## Events one by one

${registry.events.map((event) => eventSection(event, registry)).join('\n\n')}

## Groups of attributes

${registry.groups.map((group) => groupSection(group, registry)).join('\n\n')}

## Attributes

${registry.attributes.map(attributeSection).join('\n\n')}
`;
}
