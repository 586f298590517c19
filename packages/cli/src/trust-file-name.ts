// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** The trust file that is read where none is named. By itself, so that help does not load the verifier. */
export const TRUST_FILE_NAME = 'stepseal.trust.json';
