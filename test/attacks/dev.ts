import { differences } from './compare.ts';
import { EXPECTATIONS } from './expectations.ts';
import { ROWS } from './rows.ts';
import { runVerifier } from './run.ts';

const only = process.argv.slice(2).map(Number);
let ok = 0,
  total = 0;
for (const [row, variants] of ROWS) {
  if (only.length && !only.includes(row)) continue;
  const seen = new Map<string, string[]>();
  for (const [name, v] of Object.entries(variants))
    for (const on of v.on) {
      total++;
      let msgs: string[] = [];
      try {
        const s = v.scenario(on);
        const c = differences(await runVerifier(s.control), s.controlExpected, s.streams);
        if (c.length) msgs.push('CONTROL', ...c);
        const e: any = (EXPECTATIONS as any)[row]?.[name];
        const ex = e && 'grade' in e ? e : e?.[on];
        if (!ex) msgs.push('NO EXPECTATION');
        else msgs.push(...differences(await runVerifier(s.attacked), ex, s.streams));
      } catch (err: any) {
        msgs.push('THROWN ' + err.stack.split('\n').slice(0, 4).join(' | '));
      }
      if (msgs.length) {
        const k = name + '\n      ' + msgs.join('\n      ');
        seen.set(k, [...(seen.get(k) ?? []), on]);
      } else ok++;
    }
  for (const [k, ons] of seen) console.log(`row ${row} [${ons.join(',')}] ${k}`);
}
console.log(`${ok}/${total}`);
