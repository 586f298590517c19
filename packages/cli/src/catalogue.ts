// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Command } from './command.ts';

interface Entry {
  readonly brief: string;
  load(): Promise<Command>;
}

/** Every command, in the order of the help text. Each is loaded only when it is called. */
export const CATALOGUE: Readonly<Record<string, Entry>> = {
  verify: {
    brief: 'check that sealed records are whole and unaltered',
    load: async () => (await import('./commands/verify.ts')).verifyCommand,
  },
  explain: {
    brief: 'tell the story of a step-up from its records',
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  search: {
    brief: 'find step-ups and records',
    load: async () => (await import('./commands/search.ts')).searchCommand,
  },
  tail: {
    brief: 'print records as they come',
    load: async () => (await import('./commands/tail.ts')).tailCommand,
  },
  stats: {
    brief: 'count how step-ups went',
    load: async () => (await import('./commands/stats.ts')).statsCommand,
  },
  status: {
    brief: 'show how recording and delivery stand',
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  doctor: {
    brief: 'find out what is not captured or not set up well',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  drill: {
    brief: 'tamper with a copy in every way and show what is caught',
    load: async () => (await import('./commands/drill.ts')).drillCommand,
  },
  export: {
    brief: 'copy the records of a time for an auditor',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  reconcile: {
    brief: 'send again what Elasticsearch lost',
    load: async () => (await import('./commands/reconcile.ts')).reconcileCommand,
  },
  'keys new': {
    brief: 'make the three keys of a deployment',
    load: async () => (await import('./commands/keys-new.ts')).keysNewCommand,
  },
  'trust add': {
    brief: 'say that an identity key is to be trusted',
    load: async () => (await import('./commands/trust-add.ts')).trustAddCommand,
  },
  'trust show': {
    brief: 'show which identity keys are trusted',
    load: async () => (await import('./commands/trust-show.ts')).trustShowCommand,
  },
  'elastic install': {
    brief: 'install index template, lifecycle and roles in Elasticsearch',
    load: async () => (await import('./commands/elastic-install.ts')).elasticInstallCommand,
  },
  'elastic status': {
    brief: 'show what is installed in Elasticsearch',
    load: async () => (await import('./commands/elastic-status.ts')).elasticStatusCommand,
  },
  'elastic diff': {
    brief: 'compare what is installed with what would be',
    load: async () => (await import('./commands/elastic-diff.ts')).elasticDiffCommand,
  },
  'elastic uninstall': {
    brief: 'take what was installed out again, never data',
    load: async () => (await import('./commands/elastic-uninstall.ts')).elasticUninstallCommand,
  },
  config: {
    brief: 'show each setting and where it comes from',
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
  completion: {
    brief: 'print a completion script for a shell',
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
  help: {
    brief: 'show the help of a command',
    load: async () => (await import('./commands/help.ts')).helpCommand,
  },
};
