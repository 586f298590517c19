// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export { type Asset, type AssetKind, type AssetOptions, assets } from './assets.ts';
export type { Difference } from './compare.ts';
export { type Answer, type Connection, connect, openClient, refusal, type Server } from './connect.ts';
export { type DataStream, dataStreams } from './data-streams.ts';
export { ElasticError, type ElasticErrorCode } from './errors.ts';
export { type AssetState, type Choices, type InspectedAsset, type Inspection, inspect } from './inspect.ts';
export { type InstallOutcome, install, type Step } from './install.ts';
export type { Json, JsonObject } from './json.ts';
export { connectKibana, type Kibana } from './kibana/connect-kibana.ts';
export {
  checkKibana,
  type InspectedKibanaAsset,
  inspectKibana,
  installInKibana,
  type KibanaRemoval,
  type KibanaStep,
  uninstallFromKibana,
} from './kibana/install-in-kibana.ts';
export { type KibanaAsset, type KibanaAssetKind, kibanaAssets } from './kibana/kibana-assets.ts';
export { mappings } from './mappings.ts';
export { DATA_STREAM, STREAM_PATTERN } from './names.ts';
export { FOREVER, lifecyclePhases, parseRetention, type Retention, retentionInWords } from './retention.ts';
export { apiKeyDescriptor, ROLE_NAMES, type RoleKind, roleDescriptor } from './roles.ts';
export { type Removal, uninstall } from './uninstall.ts';
