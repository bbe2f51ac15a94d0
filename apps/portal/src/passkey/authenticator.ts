import {
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';
import { demonstrationPasskeyInUse } from './demonstration-passkey.ts';

export type CreationOptions = PublicKeyCredentialCreationOptionsJSON;
export type RequestOptions = PublicKeyCredentialRequestOptionsJSON;

/** Asks her passkey to sign the challenge; in a demonstration session, the software passkey of that resident. */
export async function signWithPasskey(options: RequestOptions): Promise<AuthenticationResponseJSON> {
  const demonstration = await demonstrationPasskeyInUse(options.rpId);
  if (demonstration !== null) return demonstration.authenticate(options);
  return startAuthentication({ optionsJSON: options });
}

/** Makes a passkey on her device. */
export function createPasskey(options: CreationOptions): Promise<RegistrationResponseJSON> {
  return startRegistration({ optionsJSON: options });
}
