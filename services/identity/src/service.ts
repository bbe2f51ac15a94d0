import { createHmac } from 'node:crypto';
import type { Directory } from '@praya/directory/contract';
import type { Clock } from '@praya/kernel/clock';
import type { DatabasePool } from '@praya/kernel/database';
import type { Keyring } from '@praya/kernel/keyring';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { Value } from 'typebox/value';
import { type AccessCheck, createAccessTokenCheck } from './access-token.ts';
import {
  AssertionResponse,
  type Identity,
  type IdentityRefusal,
  type PersonId,
  type Registrar,
} from './contract.ts';
import { createDevices, type Devices } from './devices.ts';
import { createEnrolment, type Enrolment } from './enrolment.ts';
import { createInteractions, type Interactions } from './interactions.ts';
import { createSignIn, type SignIn } from './passkeys/sign-in.ts';
import { type RelyingParty, verifyPasskey } from './passkeys/verify.ts';
import type { Stores } from './provider/adapter.ts';
import type { ConsentHooks } from './provider/details.ts';
import { createOpenId, type OpenId } from './provider/provider.ts';
import { createSealer, derivedKey } from './seal.ts';
import { createGrants, dropEndedGrants } from './store/grants.ts';
import { createMoments } from './store/moments.ts';
import { maintainPartitions } from './store/partitions.ts';
import { findHandle } from './store/persons.ts';
import { createReplays } from './store/replays.ts';
import { createSessions } from './store/sessions.ts';

/** What the identity room needs; the platform passes it in. */
export type IdentityNeeds = {
  /** Under the room's own role, migrated with `keyring: true`. */
  readonly db: DatabasePool;
  readonly masterKey: Uint8Array;
  readonly now: Clock;
  /** The issuer identifier: the platform's origin, without a slash at the end. */
  readonly issuer: string;
  readonly rp: RelyingParty;
  /** Of purpose `id-token`, algorithm ES256. */
  readonly keyring: Pick<Keyring, 'signingKey' | 'published'>;
  readonly directory: Pick<Directory, 'organisationOfClient'>;
  readonly registrar: Registrar;
  readonly hooks: ConsentHooks;
  /** The consent of a pushed request, null where there is none. */
  consentOf(requestUri: string): Promise<string | null>;
  readonly portalClientId: string;
  readonly demonstration: boolean;
};

/** The identity room: its door for other rooms, and the parts that its routes and the platform use. */
export type IdentityRoom = Identity & {
  readonly openId: OpenId;
  readonly interactions: Interactions;
  readonly signIn: SignIn;
  readonly enrolment: Enrolment;
  readonly devices: Devices;
  readonly checkAccess: AccessCheck;
  /** Takes a pushed request for one browser: false where another had it, or where there is none. */
  claimRequest(requestUri: string): Promise<'once' | 'again' | 'unknown'>;
  /** The job `identity.partitions`: every five minutes, and once before the first request. */
  maintain(): Promise<void>;
};

const ENROLMENT_TRIES = 5;

export function createIdentity(needs: IdentityNeeds): IdentityRoom {
  const { db, masterKey, now, rp, registrar, directory } = needs;
  const stores = storesOf(needs);
  const subjectFor = pairwiseBy(masterKey);
  const openId = createOpenId({
    ...needs,
    stores,
    subjectFor: ({ personId, sector }) => subjectFor({ personId: personId as PersonId, sector }),
  });
  const parts = { ...needs, ...stores, openId };
  const signIn = createSignIn(parts);
  const devices = createDevices(parts);
  const claim = async (kind: string, id: string) =>
    stores.replays.claim(kind, id, (await openId.current()).epoch.id);
  const mayTry = async (interaction: string, step: string) => {
    for (let attempt = 1; attempt <= ENROLMENT_TRIES; attempt++)
      if ((await claim(`Enrolment ${step}`, `${interaction} ${attempt}`)) === 'once') return true;
    return false;
  };
  return {
    openId,
    signIn,
    devices,
    subjectFor,
    interactions: createInteractions(parts),
    enrolment: createEnrolment({ ...parts, mayTry }),
    checkAccess: createAccessTokenCheck({ openId, directory, masterKey, now, replays: stores.replays }),
    verifyAssertion: (about) => verifyAssertion({ db, rp, now }, about),
    sealSubjects: (about) => sealSubjects({ db, registrar }, about),
    signInOf: signIn.evidenceOf,
    passkeys: devices.list,
    renamePasskey: devices.rename,
    endConsent: stores.grants.dropOfConsent,
    claimRequest: async (requestUri) => {
      // The provider looks for what stands between the name and its next occurrence; so must we.
      const [, id = ''] = requestUri.split(URN);
      const pushed = await stores.moments.find('PushedAuthorizationRequest', id);
      if (!requestUri.startsWith(URN) || pushed === undefined) return 'unknown';
      return (await claim('Pushed request', `${URN}${id}`)) === 'once' ? 'once' : 'again';
    },
    maintain: async () => {
      await maintainPartitions(db, now());
      await dropEndedGrants(db, now());
    },
  };
}

const URN = 'urn:ietf:params:oauth:request_uri:';

function storesOf({ db, masterKey, now }: IdentityNeeds): Stores {
  return {
    moments: createMoments({ db, now, sealer: createSealer(masterKey, 'moments') }),
    sessions: createSessions({ db, now, sealer: createSealer(masterKey, 'sessions') }),
    grants: createGrants({ db, now, sealer: createSealer(masterKey, 'grants') }),
    replays: createReplays({ db, now }),
  };
}

// Without the key nobody can tell that two subjects are one person.
function pairwiseBy(masterKey: Uint8Array): Identity['subjectFor'] {
  const key = derivedKey(masterKey, 'pairwise subjects');
  return ({ personId, sector }) =>
    createHmac('sha256', key).update(`${sector}\n${personId}`).digest('base64url');
}

async function verifyAssertion(
  needs: Pick<IdentityNeeds, 'db' | 'rp' | 'now'>,
  about: Parameters<Identity['verifyAssertion']>[0],
): ReturnType<Identity['verifyAssertion']> {
  if (!Value.Check(AssertionResponse, about.response)) return refuse('identity.passkey-wrong');
  const challenge = Buffer.from(about.challenge).toString('base64url');
  const verified = await verifyPasskey(needs, { response: about.response as AssertionResponse, challenge });
  if (!verified.ok) return verified;
  if (verified.value.passkey.personId !== about.personId) return refuse('identity.passkey-wrong');
  return ok(verified.value.assertion);
}

async function sealSubjects(
  { db, registrar }: Pick<IdentityNeeds, 'db' | 'registrar'>,
  about: Parameters<Identity['sealSubjects']>[0],
): ReturnType<Identity['sealSubjects']> {
  const handle = await findHandle(db, about.personId);
  if (handle === undefined) throw new Error('A person without a handle at the register');
  const sealed = await registrar.sealSubjects({
    handle,
    consent: about.consentId,
    audiences: about.providers,
  });
  return sealed as Result<Readonly<Record<string, string>>, IdentityRefusal>;
}
