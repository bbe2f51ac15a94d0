import { newId } from '@praya/kernel/id';
import { expect, test } from 'vitest';
import type { Identity, PersonId } from './contract.ts';

/** What a suite needs to try an identity room: a person, and a response of hers over a challenge. */
export type Tried = {
  readonly identity: Identity;
  person(): Promise<{ personId: PersonId; respond(challenge: Uint8Array): Promise<unknown> }>;
};

/** The facts that hold for the room and for its double. */
export function identityFacts(open: () => Tried): void {
  const challenge = new Uint8Array(32).fill(3);

  test('an assertion over the challenge by one of her passkeys holds, and carries the public key', async () => {
    const { identity, person } = open();
    const { personId, respond } = await person();
    const verified = await identity.verifyAssertion({
      personId,
      challenge,
      response: await respond(challenge),
    });
    expect(verified).toMatchObject({ ok: true, value: { publicKey: { kty: 'EC', crv: 'P-256' } } });
  });

  test('something that is no assertion is refused as a wrong passkey', async () => {
    const { identity, person } = open();
    const { personId } = await person();
    expect(await identity.verifyAssertion({ personId, challenge, response: 'wrong' })).toMatchObject({
      refusal: { code: 'identity.passkey-wrong' },
    });
  });

  test('the assertion of nobody is refused', async () => {
    const { identity, person } = open();
    const { respond } = await person();
    const response = await respond(challenge);
    expect(await identity.verifyAssertion({ personId: newId('per'), challenge, response })).toMatchObject({
      refusal: { code: 'identity.passkey-wrong' },
    });
  });

  test('she has one passkey, and renames it', async () => {
    const { identity, person } = open();
    const { personId } = await person();
    const [passkey] = await identity.passkeys(personId);
    const id = passkey?.id ?? newId('pky');
    expect(await identity.renamePasskey({ personId, id, name: 'Tablet' })).toMatchObject({
      ok: true,
      value: { id, name: 'Tablet' },
    });
    expect(await identity.passkeys(personId)).toMatchObject([{ id, name: 'Tablet' }]);
  });

  test("she cannot rename another person's passkey", async () => {
    const { identity, person } = open();
    const [hers, his] = [await person(), await person()];
    const [passkey] = await identity.passkeys(his.personId);
    const about = { personId: hers.personId, id: passkey?.id ?? newId('pky'), name: 'Mine' };
    expect(await identity.renamePasskey(about)).toMatchObject({
      refusal: { code: 'identity.passkey-not-yours' },
    });
  });

  test('each provider gets a subject of its own', async () => {
    const { identity, person } = open();
    const { personId } = await person();
    const sealed = await identity.sealSubjects({
      personId,
      consentId: newId('con'),
      providers: ['org_a', 'org_b'],
    });
    expect(sealed.ok && Object.keys(sealed.value)).toEqual(['org_a', 'org_b']);
  });

  test('her subject is the same within a sector and another in the next', async () => {
    const { identity, person } = open();
    const { personId } = await person();
    const subject = identity.subjectFor({ personId, sector: 'org_a' });
    expect(identity.subjectFor({ personId, sector: 'org_a' })).toBe(subject);
    expect(identity.subjectFor({ personId, sector: 'org_b' })).not.toBe(subject);
  });

  test('where she did not sign in there is no sign-in to show', async () => {
    const { identity, person } = open();
    const { personId } = await person();
    expect(await identity.signInOf({ personId, interaction: 'none' })).toMatchObject({
      refusal: { code: 'identity.challenge-expired' },
    });
  });
}
