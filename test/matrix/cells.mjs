// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const REGISTER = '@stepseal/instrumentation/register';
const OURS_LAST = ['./tracing.mjs', REGISTER];

/** The oldest Node that capture runs on, and the newest of each line; undefined is the project's own, 24. */
const NODES = ['22.15', '22.23', undefined, '26.10'];

/**
 * Each cell is a service in one of the fixture projects. `beside`: its spans, metrics and logs are compared with those
 * of a run without us. `secondApi`: we get a copy of the API of our own, newer than the application's, as a package
 * manager gives us that keeps packages apart.
 */
export const CELLS = [
  ...['otel-3', 'otel-2'].flatMap((project) => [
    ...NODES.flatMap((node) => [
      { project, node, service: 'service.mjs', preloads: OURS_LAST },
      { project, node, service: 'service.cjs', preloads: OURS_LAST },
    ]),
    { project, service: 'service.cjs', preloads: [REGISTER, './tracing.mjs'], remark: 'register first', beside: true },
    { project, service: 'service.ts', preloads: ['tsx', ...OURS_LAST], remark: 'tsx' },
    { project, service: 'service.mts', preloads: ['tsx', ...OURS_LAST], remark: 'tsx' },
    { project, service: 'service.mjs', preloads: ['./sealing.mjs'], remark: 'in NodeSDK' },
    { project, service: 'service.cjs', preloads: ['./sealing.mjs'], remark: 'in NodeSDK' },
    { project, service: 'service.mjs', preloads: OURS_LAST, beside: true },
  ]),
  ...['service.mjs', 'service.cjs'].flatMap((service) => [
    {
      project: 'auto-3',
      service,
      preloads: ['@opentelemetry/auto-instrumentations-node/register', REGISTER],
      beside: true,
    },
    { project: 'edot-2', service, preloads: ['@elastic/opentelemetry-node', REGISTER], beside: true },
  ]),
  {
    project: 'edot-2',
    service: 'service.mjs',
    preloads: ['@elastic/opentelemetry-node', REGISTER],
    secondApi: true,
    remark: 'API 1.10 beside 1.9',
  },
];

export function nameOf({ project, service, node, beside, remark }) {
  const words = [project, service.replace('service.', ''), `node ${node ?? 'of the project'}`];
  return [...words, ...(remark === undefined ? [] : [remark]), ...(beside ? ['compared'] : [])].join(', ');
}
