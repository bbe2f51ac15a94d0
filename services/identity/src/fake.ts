import { randomBytes } from 'node:crypto';
import { newId } from '@praya/kernel/id';
import { ok, refuse } from '@praya/kernel/result';
import type { Assertion, Identity, PasskeyView, PersonId, Registrar, SignInStatement } from './contract.ts';

type Issued = { readonly handle: string; used: boolean };

/** A register of persons in memory: `issue` is the counter, the rest is what the real one answers. */
export type FakeRegistrar = Registrar & {
  issue(handle?: string): string;
  readonly changes: readonly { readonly handle: string; readonly statement: object }[];
};

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function createFakeRegistrar(): FakeRegistrar {
  const codes = new Map<string, Issued>();
  const changes: { handle: string; statement: object }[] = [];
  const issue = (handle = `handle-${randomBytes(8).toString('hex')}`) => {
    const letters = [...randomBytes(12)].map((byte) => CROCKFORD[byte % 32]).join('');
    const code = letters.match(/.{4}/g)?.join('-') ?? letters;
    codes.set(code, { handle, used: false });
    return code;
  };
  return {
    issue,
    changes,
    lookup: async ({ query }) => ok({ lookup: newId('lkp'), answer: `answer to ${query}` }),
    issueCode: async () =>
      ok({ enrolment: newId('enr'), code: issue(), expiresAt: new Date(Date.now() + 900_000).toISOString() }),
    check: async ({ code }) =>
      codes.get(code)?.used === false ? ok({ ok: true as const }) : refuse('identity.enrolment-code'),
    redeem: async ({ code }) => {
      const issued = codes.get(code);
      if (issued?.used !== false) return refuse('identity.enrolment-code');
      issued.used = true;
      return ok({ handle: issued.handle });
    },
    changeCredential: async ({ handle, statement }) => {
      changes.push({ handle, statement });
      return ok({ ok: true as const });
    },
    sealSubjects: async ({ handle, consent, audiences }) =>
      ok(
        Object.fromEntries(
          audiences.map((audience) => [audience, `sealed ${handle} ${consent} ${audience}`]),
        ),
      ),
  };
}

/** The identity room in memory, for other rooms' tests: `admit` makes a person whose assertions always hold. */
export type FakeIdentity = Identity & {
  admit(): PersonId;
  signIn(about: { personId: PersonId; interaction: string }): void;
  readonly ended: readonly string[];
};

export function createFakeIdentity(): FakeIdentity {
  const persons = new Map<PersonId, PasskeyView>();
  const signIns = new Map<string, { statement: SignInStatement; assertion: Assertion }>();
  const ended: string[] = [];
  return {
    ended,
    admit: () => {
      const personId = newId('per');
      const createdAt = new Date().toISOString();
      persons.set(personId, {
        id: newId('pky'),
        name: 'Passkey',
        createdAt,
        lastUsedAt: null,
        backedUp: false,
      });
      return personId;
    },
    signIn: ({ personId, interaction }) => {
      const at = new Date().toISOString();
      const statement: SignInStatement = {
        type: 'praya.sign-in.v1',
        issuer: 'http://localhost:8080',
        nonce: 'nonce',
        at,
        previewKey: null,
      };
      signIns.set(`${interaction} ${personId}`, { statement, assertion: ASSERTION });
    },
    verifyAssertion: async ({ personId, response }) =>
      persons.has(personId) && response !== 'wrong' ? ok(ASSERTION) : refuse('identity.passkey-wrong'),
    endConsent: async (consentId) => {
      ended.push(consentId);
    },
    sealSubjects: async ({ personId, consentId, providers }) =>
      ok(
        Object.fromEntries(
          providers.map((provider) => [provider, `sealed ${personId} ${consentId} ${provider}`]),
        ),
      ),
    signInOf: async ({ personId, interaction }) => {
      const signIn = signIns.get(`${interaction} ${personId}`);
      return signIn === undefined ? refuse('identity.challenge-expired') : ok(signIn);
    },
    passkeys: async (personId) => [persons.get(personId)].filter((view) => view !== undefined),
    renamePasskey: async ({ personId, id, name }) => {
      const view = persons.get(personId);
      if (view?.id !== id) return refuse('identity.passkey-not-yours');
      const renamed = { ...view, name };
      persons.set(personId, renamed);
      return ok(renamed);
    },
    subjectFor: ({ personId, sector }) => `${sector} ${personId}`,
  };
}

const ASSERTION: Assertion = {
  credentialId: 'Y3JlZGVudGlhbA',
  publicKey: { kty: 'EC', crv: 'P-256', x: 'eA', y: 'eQ' },
  clientDataJSON: 'e30',
  authenticatorData: 'AA',
  signature: 'AA',
};
