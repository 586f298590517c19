// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export {
  type AnswerOptions,
  type AuthenticationAnswer,
  type AuthenticationRequest,
  type RegistrationAnswer,
  type RegistrationRequest,
  SoftwareAuthenticator,
  type SoftwareAuthenticatorOptions,
} from './software-authenticator.ts';
