// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const PLAIN = /^[\w.:@+=/-]{1,128}$/;

/** A document as findings name it. Whoever writes it chooses its id. */
export function shownDocument({ id, index }: { readonly id: string; readonly index: string }): string {
  return `Document ${shownName(id)} of ${shownName(index)}`;
}

export function shownName(name: string): string {
  return PLAIN.test(name) ? name : JSON.stringify(name.slice(0, 64));
}
