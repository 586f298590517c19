// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { dirname, join, resolve } from 'node:path';
import { type Checked, checkText, checkValue } from './check-value.ts';
import type { Config, Origin, ResolvedConfig, SettingValue } from './config.ts';
import { readConfigFile } from './config-file.ts';
import { readEnvironment } from './environment.ts';
import { ConfigError, type ConfigProblem } from './errors.ts';
import { readFlags } from './flags.ts';
import { readOpenTelemetry } from './open-telemetry.ts';
import { readOtlpVariables } from './otlp-variables.ts';
import { SETTINGS, type Setting } from './settings.ts';

export const CONFIG_FILE_NAME = 'stepseal.config.json';

export interface LoadConfigOptions {
  /** Flags of settings only, as on a command line (`--seal-interval-ms=200`). Default none. */
  readonly argv?: readonly string[];
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Base of relative paths in flags and variables, and where the file is looked for. Default `process.cwd()`. */
  readonly cwd?: string;
  /** A configuration file that must exist. Default: `--config`, STEPSEAL_CONFIG_FILE, else `stepseal.config.json` if there. */
  readonly file?: string;
}

/**
 * Resolves every setting: flag before `STEPSEAL_*` variable before OpenTelemetry's own variables before configuration file
 * before default. Relative paths
 * in the file are relative to the file. Throws ConfigError with every problem found.
 */
export function loadConfig(options: LoadConfigOptions = {}): ResolvedConfig {
  const cwd = options.cwd ?? process.cwd();
  const env = options.env ?? process.env;
  const flags = readFlags(options.argv ?? []);
  const environment = readEnvironment(env);
  const openTelemetry = readOpenTelemetry(env);
  const otlp = readOtlpVariables(env);
  const warnings = [...environment.warnings, ...openTelemetry.warnings, ...otlp.warnings];

  const named = options.file ?? flags.file ?? environment.file;
  const path = resolve(cwd, named ?? CONFIG_FILE_NAME);
  const file = readConfigFile(path, named !== undefined);

  const problems: ConfigProblem[] = [...flags.problems, ...environment.problems, ...(file?.problems ?? [])];
  const values = new Map<string, SettingValue>();
  const origins = new Map<string, Origin>();
  for (const setting of SETTINGS) {
    const found = find(setting);
    if (found === undefined) {
      values.set(setting.key, fallback(setting, values, cwd));
      origins.set(setting.key, { kind: 'default', name: 'default' });
    } else if ('problem' in found.checked) problems.push(found.checked.problem);
    else {
      const { value } = found.checked;
      values.set(
        setting.key,
        setting.type.kind === 'path' ? resolve(found.base, String(value)) : completed(setting, value, found.origin),
      );
      origins.set(setting.key, found.origin);
    }
  }
  if (Number(values.get('seal.heartbeatMs')) < Number(values.get('seal.intervalMs'))) {
    const message = `seal.heartbeatMs is shorter than seal.intervalMs: set it to at least ${values.get('seal.intervalMs')}.`;
    problems.push({ code: 'CONFIG_OUT_OF_RANGE', message });
  }
  if (otlp.off !== undefined && values.get('delivery.endpoint') === 'none') warnings.push(otlp.off);
  const [first, ...others] = problems;
  if (first !== undefined) throw new ConfigError([first, ...others]);

  for (const [key, origin] of openTelemetry.origins) origins.set(key, origin);
  return {
    ...nest(values),
    disabled: openTelemetry.disabled,
    resource: openTelemetry.resource,
    otlpHeaders: otlp.headers,
    ...(file !== undefined && { file: path }),
    origins,
    warnings,
  };

  function find(setting: Setting): { checked: Checked; origin: Origin; base: string } | undefined {
    const flag = flags.texts.get(setting);
    if (flag !== undefined) {
      const name = `--${setting.flag}`;
      return { checked: checkText(setting, flag, `Option ${name}`), origin: { kind: 'flag', name }, base: cwd };
    }
    const text = environment.texts.get(setting);
    if (text !== undefined) {
      const name = setting.variable;
      return { checked: checkText(setting, text, `Variable ${name}`), origin: { kind: 'variable', name }, base: cwd };
    }
    const standard = otlp.texts.get(setting.key);
    if (standard !== undefined) {
      const checked = checkText(setting, standard.text, `Variable ${standard.name}`);
      if ('value' in checked) return { checked, origin: { kind: 'variable', name: standard.name }, base: cwd };
      // The variable is there for the application's own exporters: what it means to them is not ours to refuse.
      warnings.push(`${checked.problem.message} It is left out.`);
    }
    if (file?.values.has(setting.key) === true) {
      const place = `"${setting.key}" in ${path}`;
      const origin: Origin = { kind: 'file', name: path };
      return { checked: checkValue(setting, file.values.get(setting.key), place), origin, base: dirname(path) };
    }
    return undefined;
  }
}

/** Our own endpoint may leave out the path; OpenTelemetry's variables say what they mean. */
function completed({ key, variable }: Setting, value: SettingValue, origin: Origin): SettingValue {
  if (key !== 'delivery.endpoint' || value === 'none' || (origin.kind === 'variable' && origin.name !== variable)) {
    return value;
  }
  return /^https?:\/\/[^/]+\/?$/.test(String(value)) ? `${String(value).replace(/\/$/, '')}/v1/logs` : value;
}

function fallback(setting: Setting, values: ReadonlyMap<string, SettingValue>, cwd: string): SettingValue {
  if (setting.type.kind !== 'path') return setting.fallback;
  const path = String(setting.fallback);
  if (path === '') return '';
  // The data directory stands before the keys in the table, so it is resolved by now (or reported as a problem).
  return path.startsWith('<dataDir>/')
    ? join(String(values.get('dataDir') ?? cwd), path.slice('<dataDir>/'.length))
    : resolve(cwd, path);
}

// The table and the Config type hold the same keys (a test walks both), so the nested object is complete.
function nest(values: ReadonlyMap<string, SettingValue>): Config {
  const root: Record<string, SettingValue | Record<string, SettingValue>> = {};
  for (const [key, value] of values) {
    const [group = '', member] = key.split('.');
    if (member === undefined) root[group] = value;
    else root[group] = { ...(root[group] as Record<string, SettingValue> | undefined), [member]: value };
  }
  return root as unknown as Config;
}
