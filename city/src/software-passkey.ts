import { toBase64Url } from './base64url.ts';
import { joinBytes } from './cbor.ts';
import {
  assertionData,
  attestationObject,
  attestedData,
  clientDataJson,
  credentialIdOf,
  derSignature,
  type PasskeyJwk,
  sha256,
  spkiOf,
} from './passkey-data.ts';

type Descriptor = { id: string };

/** What is read of PublicKeyCredentialCreationOptionsJSON. */
export type PasskeyCreationOptions = {
  challenge: string;
  rp: { id?: string };
  user: { id: string };
  pubKeyCredParams: readonly { alg: number }[];
  excludeCredentials?: readonly Descriptor[];
};

/** What is read of PublicKeyCredentialRequestOptionsJSON. */
export type PasskeyRequestOptions = {
  challenge: string;
  rpId?: string;
  allowCredentials?: readonly Descriptor[];
};

type Credential<Response> = {
  id: string;
  rawId: string;
  type: 'public-key';
  authenticatorAttachment: 'platform';
  clientExtensionResults: Record<string, never>;
  response: Response;
};

export type PasskeyRegistration = Credential<{
  clientDataJSON: string;
  attestationObject: string;
  authenticatorData: string;
  transports: 'internal'[];
  publicKeyAlgorithm: -7;
  publicKey: string;
}>;

export type PasskeyAssertion = Credential<{
  clientDataJSON: string;
  authenticatorData: string;
  /** DER, as authenticators sign with ES256. */
  signature: string;
  userHandle?: string;
}>;

export type ExportedPasskey = { credentialId: string; userHandle: string | null; privateKey: PasskeyJwk };

export type SoftwarePasskey = {
  readonly credentialId: string;
  readonly publicKey: Omit<PasskeyJwk, 'd'>;
  /** What `navigator.credentials.create` answers, as JSON. */
  register: (options: PasskeyCreationOptions) => Promise<PasskeyRegistration>;
  /** What `navigator.credentials.get` answers, as JSON. */
  authenticate: (options: PasskeyRequestOptions) => Promise<PasskeyAssertion>;
  /** An assertion whose challenge is these bytes: a digest that the passkey puts its name to. */
  assertOver: (bytes: Uint8Array) => Promise<PasskeyAssertion>;
  export: () => ExportedPasskey;
};

export type SoftwarePasskeyOptions = {
  rpId: string;
  origin: string;
  privateKey?: PasskeyJwk;
  userHandle?: string | null;
};

const ES256 = -7;
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const;

async function newPrivateKey(): Promise<PasskeyJwk> {
  const pair = await crypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);
  const { x, y, d } = await crypto.subtle.exportKey('jwk', pair.privateKey);
  if (x === undefined || y === undefined || d === undefined) throw new TypeError('The new key lacks a half');
  return { kty: 'EC', crv: 'P-256', x, y, d };
}

async function signWith(key: CryptoKey, data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const raw = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, data);
  return derSignature(new Uint8Array(raw));
}

function refuseRp(rpId: string, asked: string | undefined): void {
  if (asked === undefined || asked === rpId) return;
  throw new DOMException(`This passkey is for ${rpId}, not for ${asked}`, 'SecurityError');
}

function refuseCreation(options: PasskeyCreationOptions, credentialId: string): void {
  if (!options.pubKeyCredParams.some(({ alg }) => alg === ES256)) {
    throw new DOMException('This passkey signs with ES256 only', 'NotSupportedError');
  }
  if (options.excludeCredentials?.some(({ id }) => id === credentialId)) {
    throw new DOMException('This passkey is already registered', 'InvalidStateError');
  }
}

function refuseRequest(options: PasskeyRequestOptions, credentialId: string): void {
  const allowed = options.allowCredentials ?? [];
  if (allowed.length === 0 || allowed.some(({ id }) => id === credentialId)) return;
  throw new DOMException('This passkey is not among those allowed', 'NotAllowedError');
}

function credential<Response>(id: string, response: Response): Credential<Response> {
  return {
    id,
    rawId: id,
    type: 'public-key',
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
    response,
  };
}

type Held = { rpId: string; origin: string; credentialId: string; key: PasskeyJwk };

async function registration(held: Held, challenge: string): Promise<PasskeyRegistration> {
  const authenticatorData = await attestedData(held.rpId, held.key);
  return credential(held.credentialId, {
    clientDataJSON: toBase64Url(clientDataJson('webauthn.create', challenge, held.origin)),
    attestationObject: toBase64Url(attestationObject(authenticatorData)),
    authenticatorData: toBase64Url(authenticatorData),
    transports: ['internal'],
    publicKeyAlgorithm: ES256,
    publicKey: toBase64Url(spkiOf(held.key)),
  });
}

async function assertion(
  held: Held,
  signing: CryptoKey,
  asked: { challenge: string; userHandle: string | null },
) {
  const clientData = clientDataJson('webauthn.get', asked.challenge, held.origin);
  const authenticatorData = await assertionData(held.rpId);
  const signature = await signWith(signing, joinBytes(authenticatorData, await sha256(clientData)));
  return credential(held.credentialId, {
    clientDataJSON: toBase64Url(clientData),
    authenticatorData: toBase64Url(authenticatorData),
    signature: toBase64Url(signature),
    ...(asked.userHandle === null ? {} : { userHandle: asked.userHandle }),
  });
}

/** A WebAuthn authenticator in software that holds one passkey, for demonstrations and tests. It protects nothing. */
export async function createSoftwarePasskey(options: SoftwarePasskeyOptions): Promise<SoftwarePasskey> {
  const { rpId, origin, privateKey: key = await newPrivateKey() } = options;
  const { d: _, ...publicKey } = key;
  const signing = await crypto.subtle.importKey('jwk', key, ECDSA, false, ['sign']);
  const credentialId = toBase64Url(await credentialIdOf(key));
  const held = { rpId, origin, credentialId, key };
  let userHandle = options.userHandle ?? null;

  async function authenticate(request: PasskeyRequestOptions): Promise<PasskeyAssertion> {
    refuseRp(rpId, request.rpId);
    refuseRequest(request, credentialId);
    return assertion(held, signing, { challenge: request.challenge, userHandle });
  }

  return {
    credentialId,
    publicKey,
    register: async (creation) => {
      refuseRp(rpId, creation.rp.id);
      refuseCreation(creation, credentialId);
      userHandle = creation.user.id;
      return registration(held, creation.challenge);
    },
    authenticate,
    assertOver: (bytes) => authenticate({ challenge: toBase64Url(bytes) }),
    export: () => ({ credentialId, userHandle, privateKey: key }),
  };
}

/** The passkey that was exported, for the same site. */
export async function importSoftwarePasskey(
  exported: ExportedPasskey,
  site: { rpId: string; origin: string },
): Promise<SoftwarePasskey> {
  const { credentialId, userHandle, privateKey } = exported;
  const passkey = await createSoftwarePasskey({ ...site, privateKey, userHandle });
  if (passkey.credentialId !== credentialId) throw new TypeError('The credential id is not that of the key');
  return passkey;
}
