// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { Customer } from '../client.mjs';
import { note } from './say.mjs';

const LARGE = 5000;

/**
 * What customers, thieves and a bug do at the bank, one scene a function. Each says what the bank answers and fails
 * where that is not what the bank is written to answer; what was recorded of it is looked up later, from the files.
 *
 * @param {{ auth: string, transfers: string }} addresses of the two services
 */
export class Scenes {
  #addresses;

  constructor(addresses) {
    this.#addresses = addresses;
  }

  /** Enrols a passkey, pays a small sum, is asked for the passkey for a large one, proves himself, pays. */
  async provesHimself() {
    note('A customer enrols a passkey and moves money:');
    const customer = await this.#withPasskey('customer-1042');
    expect('transfer of 20', await customer.transfer(20, 'account-7'), 201);
    const demand = expect(`transfer of ${LARGE}`, await customer.transfer(LARGE, 'account-7'), 401);
    note(`  WWW-Authenticate: ${demand.challenge}`);
    expect('the passkey', await customer.stepUp(demand), 200);
    expect(`transfer of ${LARGE}`, await customer.transfer(LARGE, 'account-7'), 201);
    note('The next large transfer needs no further proof, since the last one is recent:');
    expect(`transfer of ${LARGE + 1}`, await customer.transfer(LARGE + 1, 'account-8'), 201);
    note('Somebody who has read the answer on the way sends it once more:');
    expect('the same answer again', await customer.answerAgain(), 403);
  }

  async thiefHasNoPasskey() {
    note('A thief has stolen the session of another customer, but not the passkey:');
    const robbed = await this.#withPasskey('customer-2077');
    const demand = expect('transfer of 9000', await robbed.transfer(9000, 'account-666'), 401);
    expect('an answer with the wrong key', await robbed.stepUp(demand, { wrongKey: true }), 403);
    expect('transfer of 9000', await robbed.transfer(9000, 'account-666'), 401);
  }

  async mistypesTwice() {
    note('A customer with an authenticator app raises a limit, and mistypes the code twice:');
    const customer = await this.#withCodes('customer-3150');
    expect('limit of 2000', await customer.raiseLimit(2000), 401);
    expect('a wrong code', await customer.enterCode({ wrong: true }), 403);
    expect('a wrong code', await customer.enterCode({ wrong: true }), 403);
    expect('the right code', await customer.enterCode(), 200);
    expect('limit of 2000', await customer.raiseLimit(2000), 200);
  }

  async guessesUntilLockedOut() {
    note('Somebody guesses codes until the bank has had enough:');
    const guesser = await this.#withCodes('customer-4211');
    expect('limit of 9999', await guesser.raiseLimit(9999), 401);
    for (let guess = 0; guess < 3; guess += 1) {
      expect('a wrong code', await guesser.enterCode({ wrong: true }), 403);
    }
    expect('one more', await guesser.enterCode({ wrong: true }), 429);
  }

  async walksAway() {
    note('A customer is asked for a code and walks away:');
    const customer = await this.#withCodes('customer-5033');
    expect('limit of 3000', await customer.raiseLimit(3000), 401);
  }

  /** @returns what plays the second half, for when the time is over */
  async takesTooLong() {
    note('A customer is asked for the passkey, and goes to look for it:');
    const customer = await this.#withPasskey('customer-5810');
    const demand = expect('transfer of 4000', await customer.transfer(4000, 'account-10'), 401);
    return async () => {
      note('The customer who went to look for the passkey is back:');
      expect('the passkey, too late', await customer.stepUp(demand), 410);
    };
  }

  /** The planted bug: see services/transfers.mjs. */
  async isLetThroughByABug() {
    note('A client asks again with the same idempotency key, and the bank takes it for checked:');
    const customer = await this.#withPasskey('customer-6120');
    expect('transfer of 7000', await customer.transfer(7000, 'account-11', 'key-1'), 401);
    expect('transfer of 7000, asked again', await customer.transfer(7000, 'account-11', 'key-1'), 201);
  }

  async #withPasskey(name) {
    const customer = new Customer(name, this.#addresses);
    await customer.signIn();
    await customer.registerPasskey();
    return customer;
  }

  async #withCodes(name) {
    const customer = new Customer(name, this.#addresses);
    await customer.signIn();
    await customer.setUpAuthenticator();
    return customer;
  }
}

function expect(what, result, status) {
  note(`  ${what}: ${result.status}`);
  if (result.status !== status) throw new Error(`${what} was answered with ${result.status} instead of ${status}`);
  return result;
}
