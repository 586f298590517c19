// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const EVENT_NAMES = ['step_up.required', 'step_up.challenged', 'step_up.completed', 'step_up.access'];
const FAILED_IN = 50;

export const EVENTS_A_STEP_UP = EVENT_NAMES.length;

/** One in so many step-ups fails. */
export { FAILED_IN };

/**
 * Makes step-ups of four events each out of samples: what each event says in addition.
 *
 * @param users how many users there are; they take turns
 */
export function asStepUps(users) {
  return ({ attributes, ...record }, index) => {
    const number = Math.floor(index / EVENTS_A_STEP_UP);
    const failed = number % FAILED_IN === 0;
    const place = index % EVENTS_A_STEP_UP;
    const more = [
      { 'step_up.trigger.reason': 'acr_insufficient' },
      { 'step_up.method': 'webauthn' },
      { 'step_up.method': 'webauthn', 'step_up.outcome': failed ? 'failed' : 'passed' },
      { 'step_up.access.result': failed ? 'blocked' : 'granted', 'step_up.requirement_met': !failed },
    ][place];
    return {
      ...record,
      eventName: EVENT_NAMES[place],
      attributes: {
        ...attributes,
        ...more,
        'step_up.id': `step-up-${number}`.padEnd(22, '-'),
        'user.hash': userHash(number % users),
      },
    };
  };
}

export function userHash(number) {
  return `user-${number}`.padEnd(22, '-');
}
