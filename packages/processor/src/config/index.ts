// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export type { Config, Origin, ResolvedConfig, SettingValue } from './config.ts';
export { ConfigError, type ConfigErrorCode, type ConfigProblem } from './errors.ts';
export { configFlags } from './flags.ts';
export { configJsonSchema } from './json-schema.ts';
export { CONFIG_FILE_NAME, type LoadConfigOptions, loadConfig } from './load-config.ts';
export { SETTINGS, type Setting, type SettingType } from './settings.ts';
export { didYouMean, nearestName } from './suggest.ts';
