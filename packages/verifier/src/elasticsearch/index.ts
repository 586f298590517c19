// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export { type ElasticsearchSourceOptions, elasticsearchSource } from './source.ts';
