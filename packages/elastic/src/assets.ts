// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from './json.ts';
import { mappings } from './mappings.ts';
import {
  CUSTOM_TEMPLATE,
  INDEX_TEMPLATE,
  LIFECYCLE_POLICY,
  MAPPINGS_TEMPLATE,
  PRIORITY,
  SETTINGS_TEMPLATE,
  STREAM_PATTERN,
  VERSION,
} from './names.ts';
import { lifecyclePhases, type Retention } from './retention.ts';
import { ROLE_NAMES, type RoleKind, roleDescriptor } from './roles.ts';
import { indexSettings } from './settings.ts';

export type AssetKind = 'lifecycle policy' | 'component template' | 'index template' | 'role';

/** One object on the server: its name, and the body that makes it. */
export interface Asset {
  readonly kind: AssetKind;
  readonly name: string;
  readonly body: JsonObject;
}

export interface AssetOptions {
  readonly retention: Retention;
  /** The server has index lifecycle management. */
  readonly lifecycle: boolean;
  /** The writer's first record may make the data stream. */
  readonly autoConfigure: boolean;
}

/** All objects in an order in which each finds what it refers to; removed in the opposite one. */
export function assets({ retention, lifecycle, autoConfigure }: AssetOptions): Asset[] {
  const ofRole = (kind: RoleKind): Asset => ({
    kind: 'role',
    name: ROLE_NAMES[kind],
    body: {
      ...roleDescriptor(kind, { autoConfigure }),
      metadata: mark(kind === 'writer' ? { auto_configure: autoConfigure } : {}),
    },
  });
  return [
    {
      kind: 'lifecycle policy',
      name: LIFECYCLE_POLICY,
      body: { policy: { phases: lifecyclePhases(retention), _meta: mark({ retention: retention.words }) } },
    },
    {
      kind: 'component template',
      name: MAPPINGS_TEMPLATE,
      body: { template: { mappings: mappings() }, _meta: mark() },
    },
    {
      kind: 'component template',
      name: SETTINGS_TEMPLATE,
      // A document that cannot be indexed after all is put aside where it can be found, not dropped.
      body: {
        template: {
          settings: indexSettings(lifecycle),
          data_stream_options: { failure_store: { enabled: true } },
        },
        _meta: mark(),
      },
    },
    {
      kind: 'index template',
      name: INDEX_TEMPLATE,
      body: {
        index_patterns: [STREAM_PATTERN],
        data_stream: {},
        priority: PRIORITY,
        composed_of: [MAPPINGS_TEMPLATE, SETTINGS_TEMPLATE, CUSTOM_TEMPLATE],
        ignore_missing_component_templates: [CUSTOM_TEMPLATE],
        _meta: mark(),
      },
    },
    ofRole('writer'),
    ofRole('auditor'),
    ofRole('installer'),
  ];
}

/** What tells our objects from those of others. */
function mark(more: JsonObject = {}): JsonObject {
  return { managed_by: 'stepseal', version: VERSION, ...more };
}
