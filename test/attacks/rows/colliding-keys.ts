// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * Labels of two test keys whose key ids under the name `demo.bank` are equal. Found by trying labels of this form in
 * turn: 32 bits collide after some tens of thousands of keys.
 */
export const COLLIDING_LABELS: readonly [string, string] = ['collision 16464', 'collision 37638'];
