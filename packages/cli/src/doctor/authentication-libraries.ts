// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** What is said of a library that an application has installed. */
export interface AuthenticationLibrary {
  /** Major versions whose calls are observed; none where HTTP alone tells of it. */
  readonly observed: readonly number[];
  /** What it does of a step-up, in a few words. */
  readonly role: string;
}

const unobserved = (role: string): AuthenticationLibrary => ({ observed: [], role });

/** Libraries that check who a user is. What of them is observed is checked against the instrumentation by a test. */
export const AUTHENTICATION_LIBRARIES: Readonly<Record<string, AuthenticationLibrary>> = {
  '@simplewebauthn/server': { observed: [13, 14], role: 'passkeys' },
  otplib: { observed: [12, 13], role: 'one-time codes' },
  otpauth: unobserved('one-time codes'),
  speakeasy: unobserved('one-time codes'),
  notp: unobserved('one-time codes'),
  passport: unobserved('sign-in strategies'),
  'passport-totp': unobserved('one-time codes'),
  'passport-fido2-webauthn': unobserved('passkeys'),
  '@nestjs/passport': unobserved('sign-in strategies'),
  'better-auth': unobserved('second factors and passkeys'),
  'next-auth': unobserved('sign-in'),
  '@auth/core': unobserved('sign-in'),
  'oidc-provider': unobserved('an identity provider'),
  'openid-client': unobserved('sign-in at an identity provider'),
  'express-openid-connect': unobserved('sign-in at an identity provider'),
  'keycloak-connect': unobserved('sign-in at Keycloak'),
  'supertokens-node': unobserved('second factors'),
  twilio: unobserved('codes by message'),
  '@duosecurity/duo_universal': unobserved('confirmation by app'),
  '@okta/okta-sdk-nodejs': unobserved('factors at Okta'),
  '@okta/oidc-middleware': unobserved('sign-in at Okta'),
  '@clerk/backend': unobserved('sign-in at Clerk'),
  '@workos-inc/node': unobserved('factors at WorkOS'),
};
