// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from './json.ts';
import { STREAM_PATTERN } from './names.ts';

/** Name of each role on the server. */
export const ROLE_NAMES = {
  writer: 'stepseal_audit_writer',
  auditor: 'stepseal_audit_auditor',
  installer: 'stepseal_audit_installer',
} as const;

export type RoleKind = keyof typeof ROLE_NAMES;

/**
 * What a role may do. The writer, for Collectors, can add a document and nothing else: not read, not overwrite, not
 * delete. With `autoConfigure` its first record may also make the data stream, for servers where `install` cannot.
 */
export function roleDescriptor(
  kind: RoleKind,
  { autoConfigure = false }: { autoConfigure?: boolean } = {},
): JsonObject {
  const onStream = (...privileges: string[]): JsonObject => ({ names: [STREAM_PATTERN], privileges });
  switch (kind) {
    case 'writer':
      return { cluster: [], indices: [onStream('create_doc', ...(autoConfigure ? ['auto_configure'] : []))] };
    case 'auditor':
      // The failure store too: a record that lies there is found by no search, and would else be missing without a reason.
      // How many documents are stored tells whether a search finds them all.
      return { cluster: [], indices: [onStream('read', 'read_failure_store', 'view_index_metadata', 'monitor')] };
    case 'installer':
      // Whoever installs the roles needs manage_security as well, which is the power to grant anything: not in a role of ours.
      return {
        cluster: ['manage_index_templates', 'manage_ilm', 'monitor'],
        indices: [onStream('create_index', 'view_index_metadata')],
      };
  }
}

/** The body of `POST /_security/api_key` for one Collector, auditor or pipeline that installs. It expires unless it is renewed. */
export function apiKeyDescriptor(kind: RoleKind, expiration = '90d'): JsonObject {
  return {
    name: `stepseal-${kind}`,
    expiration,
    role_descriptors: { [ROLE_NAMES[kind]]: roleDescriptor(kind) },
  };
}
