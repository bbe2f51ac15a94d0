import { type Id, idSchema } from '@praya/kernel/id';
import { LocalisedText } from '@praya/kernel/language';
import { personal } from '@praya/kernel/personal';
import type { Refusals, Result } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';

export type PersonId = Id<'per'>;
export type PasskeyId = Id<'pky'>;

/** The statement whose hash a passkey signs at sign-in. See docs/formats.md §4. */
export const SignInStatement = Type.Object(
  {
    type: Type.Literal('praya.sign-in.v1'),
    issuer: Type.String({ maxLength: 300 }),
    nonce: Type.String({ maxLength: 100 }),
    at: Type.String({ format: 'date-time' }),
    previewKey: Type.Union([
      Type.Record(Type.String({ maxLength: 10 }), Type.String({ maxLength: 100 })),
      Type.Null(),
    ]),
  },
  { additionalProperties: false },
);
export type SignInStatement = Static<typeof SignInStatement>;

const Base64Url = (maxLength: number) => Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength });

/**
 * What `navigator.credentials.get` answers, as JSON.
 *
 * Source  WebAuthn Level 3 §5.1.8
 */
export const AssertionResponse = personal(
  Type.Object({
    id: Base64Url(1400),
    rawId: Base64Url(1400),
    type: Type.Literal('public-key'),
    response: Type.Object({
      clientDataJSON: Base64Url(4000),
      authenticatorData: Base64Url(4000),
      signature: Base64Url(2000),
      userHandle: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
    }),
  }),
);
export type AssertionResponse = {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
  };
};

/** What `navigator.credentials.create` answers, as JSON. */
export const RegistrationResponse = personal(
  Type.Object({
    id: Base64Url(1400),
    rawId: Base64Url(1400),
    type: Type.Literal('public-key'),
    response: Type.Object({ clientDataJSON: Base64Url(4000), attestationObject: Base64Url(20_000) }),
  }),
);
export type RegistrationResponse = Static<typeof RegistrationResponse>;

/** An assertion with the public key that verifies it: what travels on to whoever must check it again. */
export type Assertion = {
  readonly credentialId: string;
  readonly publicKey: Record<string, string>;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
};

/** The statement whose hash an existing passkey signs when a passkey is added or removed. */
export const CredentialStatement = Type.Object(
  {
    type: Type.Literal('praya.credential.v1'),
    action: Type.Union([Type.Literal('add'), Type.Literal('remove')]),
    publicKey: personal(Type.Record(Type.String({ maxLength: 10 }), Type.String({ maxLength: 1000 }))),
    at: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false },
);
export type CredentialStatement = Static<typeof CredentialStatement>;

/** One passkey as her devices page lists it. */
export const PasskeyView = Type.Object({
  id: idSchema('pky'),
  name: personal(Type.String({ minLength: 1, maxLength: 60 })),
  createdAt: Type.String({ format: 'date-time' }),
  lastUsedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  backedUp: Type.Boolean(),
});
export type PasskeyView = Static<typeof PasskeyView>;

/** What the sign-in page needs to know of an interaction. */
export const InteractionView = Type.Object({
  uid: Type.String(),
  step: Type.Union([Type.Literal('sign-in'), Type.Literal('consent')]),
  client: Type.Object({ id: Type.String(), name: LocalisedText }),
  consentId: Type.Union([idSchema('con'), Type.Null()]),
  demonstration: Type.Boolean(),
});
export type InteractionView = Static<typeof InteractionView>;

export const REFUSALS = {
  'identity.interaction-unknown': 404,
  'identity.interaction-step': 409,
  'identity.challenge-expired': 400,
  'identity.passkey-unknown': 401,
  'identity.passkey-wrong': 401,
  'identity.passkey-not-yours': 404,
  'identity.passkey-last': 409,
  'identity.passkey-taken': 409,
  'identity.passkey-not-verified': 400,
  'identity.enrolment-code': 400,
  'identity.enrolment-expired': 400,
  'identity.enrolment-attempts': 429,
  'identity.lookup-unknown': 404,
  'identity.query-sealed': 400,
  'identity.registrar-unreachable': 502,
  'identity.registrar-refused': 502,
  'identity.too-many-attempts': 429,
  'identity.request-used': 400,
  'identity.demonstration-off': 404,
  'identity.token-invalid': 401,
  'identity.dpop-invalid': 401,
} as const satisfies Refusals;
export type IdentityRefusal = keyof typeof REFUSALS;

/** A valid access token at a resource of ours. */
export type AccessGrant = {
  readonly clientId: string;
  readonly organisationId: string;
  readonly scope: string;
  /** a program's own token, which no resident gave: what `scope` names is all that it opens */
  readonly program: boolean;
  readonly consentIds: readonly string[];
};

/** The register of persons, as identity needs it: everything personal in and out is sealed. */
export interface Registrar {
  lookup(about: { query: string }): Promise<Result<{ lookup: string; answer: string }>>;
  issueCode(about: {
    lookup: string;
  }): Promise<Result<{ enrolment: string; code: string; expiresAt: string }>>;
  /** Whether a code would be redeemed now; it stays unused. */
  check(about: { code: string }): Promise<Result<{ ok: true }>>;
  redeem(about: { code: string; publicKey: object }): Promise<Result<{ handle: string }>>;
  changeCredential(about: {
    handle: string;
    statement: object;
    assertion: object;
  }): Promise<Result<{ ok: true }>>;
  sealSubjects(about: {
    handle: string;
    consent: string;
    audiences: readonly string[];
  }): Promise<Result<Readonly<Record<string, string>>>>;
}

/** The identity room's door. Its protocol side is the OpenID provider that `http` mounts. */
export interface Identity {
  /** The person of a verified passkey assertion over these bytes, and the assertion with its public key. */
  verifyAssertion(about: {
    personId: PersonId;
    challenge: Uint8Array;
    response: unknown;
  }): Promise<Result<Assertion, IdentityRefusal>>;
  /** Ends every grant of a consent, with its tokens: for a consent that was revoked or has expired. */
  endConsent(consentId: string): Promise<void>;
  sealSubjects(about: {
    personId: PersonId;
    consentId: string;
    providers: readonly string[];
  }): Promise<Result<Readonly<Record<string, string>>, IdentityRefusal>>;
  /** The sign-in statement and assertion of this person's present sign-in that authorised this browser's key. */
  signInOf(about: {
    personId: PersonId;
    interaction: string;
  }): Promise<Result<{ statement: SignInStatement; assertion: Assertion }, IdentityRefusal>>;
  passkeys(personId: PersonId): Promise<readonly PasskeyView[]>;
  renamePasskey(about: {
    personId: PersonId;
    id: PasskeyId;
    name: string;
  }): Promise<Result<PasskeyView, IdentityRefusal>>;
  /** Pairwise subject of a person for a sector. */
  subjectFor(about: { personId: PersonId; sector: string }): string;
}
