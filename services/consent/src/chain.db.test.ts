import type { DatabasePool } from '@praya/kernel/database';
import { fakeKeyring } from '@praya/kernel/keyring/fake';
import { expectValue } from '@praya/kernel/result';
import { type FreshDatabase, freshDatabase } from '@praya/kernel/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConsentId } from './contract.ts';
import { agreed, requested, type Stage } from './contract-suite.ts';
import { createConsents } from './service.ts';
import { createWorld, ISSUER } from './test-world.ts';

let database: FreshDatabase;
let db: DatabasePool;
let stage: Stage;
let id: ConsentId;

beforeAll(async () => {
  database = await freshDatabase(['consent']);
  db = database.open('consent');
});
afterAll(() => database[Symbol.asyncDispose]());

function stageIn(): Stage {
  const world = createWorld();
  const { directory, surroundings, clock } = world;
  const signer = fakeKeyring({ now: clock });
  const needs = { db, now: clock, directory, surroundings, issuer: ISSUER, signer, events: signer, fetch };
  return { world, consents: createConsents(needs), events: async () => [] };
}

beforeEach(async () => {
  stage = stageIn();
  id = (await agreed(stage)).document.id;
  const by = { personId: stage.world.alice };
  for (const to of ['paused', 'active', 'paused'] as const) {
    expectValue(await stage.consents.change({ id, by, to }));
  }
});

async function tampered(): Promise<void> {
  const refusal = { code: 'consent.tampered' };
  expect(await stage.consents.evidence(id)).toMatchObject({ refusal });
  expect(await stage.consents.allowing({ id, clientId: 'harbour-bank' })).toMatchObject({ refusal });
  expect(await stage.consents.view({ id, personId: stage.world.alice })).toMatchObject({ refusal });
}

describe('a chain in the database', () => {
  test('holds as long as nobody edits it', async () => {
    expect(await stage.consents.evidence(id)).toMatchObject({ value: { state: 'paused' } });
  });

  test.each<[string, () => PromiseLike<unknown>]>([
    ['the state says active again', () => db`update consents set state = 'active' where id = ${id}`],
    [
      'the end is moved',
      () => db`update consents set expires_at = expires_at + interval '1 day' where id = ${id}`,
    ],
    [
      'a field is added to the document',
      () => db`update revisions set document = jsonb_set(document, '{services,0,fields}', '["nameEn","occupation"]')
        where consent_id = ${id} and revision = 1`,
    ],
    [
      'the digest is another',
      () => db`update revisions set digest = 'x' where consent_id = ${id} and revision = 1`,
    ],
    [
      'the token’s signature is another',
      () => db`update revisions set jws = left(jws, -4) || 'AAAA' where consent_id = ${id} and revision = 1`,
    ],
    [
      'the token’s payload is another',
      () =>
        db`update revisions set jws = regexp_replace(jws, '\\.(.)', '.A') where consent_id = ${id} and revision = 1`,
    ],
    ['whose it is is not signed', () => db`update consents set holder = null where id = ${id}`],
    [
      'the signature over whose it is is another',
      () => db`update consents set holder = left(holder, -4) || 'AAAA' where id = ${id}`,
    ],
    ['the token is gone', () => db`delete from revisions where consent_id = ${id} and revision = 1`],
    ['all revisions are gone', () => db`delete from revisions where consent_id = ${id}`],
    [
      'a revision in the middle is gone',
      () => db`delete from revisions where consent_id = ${id} and revision = 2`,
    ],
    ['the last revision is gone', () => db`delete from revisions where consent_id = ${id} and revision = 4`],
    [
      'two revisions are swapped',
      () =>
        db`update revisions set revision = case revision when 2 then 13 else 12 end
        where consent_id = ${id} and revision in (2, 3)`.then(
          () => db`update revisions set revision = revision - 10 where consent_id = ${id} and revision > 10`,
        ),
    ],
    [
      'a revision is put twice',
      () =>
        db`insert into revisions select consent_id, 5, document, digest, jws from revisions
        where consent_id = ${id} and revision = 3`.then(
          () => db`update consents set revision = 5, state = 'active' where id = ${id}`,
        ),
    ],
    [
      'a state document is edited',
      () => db`update revisions set document = jsonb_set(document, '{state}', '"active"')
        where consent_id = ${id} and revision = 4`,
    ],
    [
      'a state’s signature is another',
      () => db`update revisions set jws = left(jws, -4) || 'AAAA' where consent_id = ${id} and revision = 4`,
    ],
  ])('does not hold when %s', async (_name, edit) => {
    await edit();
    await tampered();
  });

  test('does not hold for another person who is written beside it, by whatever signature of hers', async () => {
    const { bob } = stage.world;
    const theirs = (await agreed({ ...stage, world: { ...stage.world, alice: bob } })).document.id;
    for (const holder of [null, theirs]) {
      await db`update consents set person_id = ${bob},
        holder = coalesce((select holder from consents where id = ${holder}), holder) where id = ${id}`;
      const refusal = { code: 'consent.tampered' };
      expect(await stage.consents.evidence(id)).toMatchObject({ refusal });
      expect(await stage.consents.view({ id, personId: bob })).toMatchObject({ refusal });
      const by = { personId: bob };
      expect(await stage.consents.change({ id, by, to: 'active' })).toMatchObject({ refusal });
      const listed = await stage.consents.ofPerson({ personId: bob, limit: 100 });
      expect(listed.find((one) => one.id === id)?.state).toBe('tampered');
      expect(listed.find((one) => one.id === theirs)?.state).toBe('active');
    }
  });

  test('says nothing of the person to the recipient', async () => {
    const held = expectValue(await stage.consents.evidence(id));
    const said = [held.token, ...held.states].flatMap((jws) => jws.split('.').slice(0, 2));
    const clear = said.map((part) => Buffer.from(part, 'base64url').toString('utf8')).join();
    expect(clear).toContain(id);
    expect(clear).not.toContain(stage.world.alice);
  });

  test('is shown in her list in the state of the chain, whatever the column says', async () => {
    const listed = async () =>
      (await stage.consents.ofPerson({ personId: stage.world.alice, limit: 100 })).find(
        (one) => one.id === id,
      );
    expect((await listed())?.state).toBe('paused');
    await db`update consents set state = 'active' where id = ${id}`;
    expect(await listed()).toMatchObject({ state: 'tampered', services: expect.any(Array) });
    expect((await listed())?.services.every(({ subject }) => subject === null)).toBe(true);
  });

  test('does not serve another client that is written beside it', async () => {
    await db`update consents set client_id = 'other-bank' where id = ${id}`;
    const allowed = await stage.consents.allowing({ id, clientId: 'other-bank' });
    expect(allowed).toMatchObject({ refusal: { code: 'consent.tampered' } });
  });

  test('does not hold with the revision of another consent', async () => {
    const other = (await agreed(stage)).document.id;
    const by = { personId: stage.world.alice };
    expectValue(await stage.consents.change({ id: other, by, to: 'paused' }));
    await db`update revisions set (document, digest, jws) =
      (select document, digest, jws from revisions where consent_id = ${other} and revision = 1)
      where consent_id = ${id} and revision = 1`;
    await tampered();
  });

  test('does not hold under a key that is not ours', async () => {
    const { world } = stage;
    const { directory, surroundings, clock } = world;
    const signer = fakeKeyring({ now: clock });
    const needs = { db, now: clock, directory, surroundings, issuer: ISSUER, signer, events: signer, fetch };
    const elsewhere = createConsents(needs);
    expect(await elsewhere.evidence(id)).toMatchObject({ refusal: { code: 'consent.tampered' } });
  });

  test('does not hold with a revision of ours from another course of events', async () => {
    const by = { personId: stage.world.alice };
    const [third] = await db`select * from revisions where consent_id = ${id} and revision = 3`;
    // As after a restore from a backup that was two changes old.
    await db`delete from revisions where consent_id = ${id} and revision > 2`;
    await db`update consents set revision = 2 where id = ${id}`;
    stage.world.clock.advance(1000);
    for (const to of ['active', 'paused'] as const) {
      expectValue(await stage.consents.change({ id, by, to }));
    }
    expect(await stage.consents.evidence(id)).toMatchObject({ ok: true });
    await db`update revisions set document = ${db.json(third?.document)}, digest = ${third?.digest}, jws = ${third?.jws}
      where consent_id = ${id} and revision = 3`;
    await tampered();
  });

  test('is not continued once it does not hold', async () => {
    await db`update revisions set digest = 'x' where consent_id = ${id} and revision = 4`;
    const change = await stage.consents.change({ id, by: { personId: stage.world.alice }, to: 'active' });
    expect(change).toMatchObject({ refusal: { code: 'consent.tampered' } });
  });

  test('does not come back to life by dropping its revocation', async () => {
    expectValue(await stage.consents.change({ id, by: { personId: stage.world.alice }, to: 'revoked' }));
    await db`delete from revisions where consent_id = ${id} and revision = 5`;
    await db`update consents set revision = 4, state = 'paused' where id = ${id}`;
    await tampered();
  });
});

test('a request that is marked active by hand has no evidence', async () => {
  const forged = await requested(stage);
  expectValue(await stage.consents.open({ id: forged, personId: stage.world.alice }));
  await db`update consents set state = 'active' where id = ${forged}`;
  expect(await stage.consents.evidence(forged)).toMatchObject({ refusal: { code: 'consent.tampered' } });
});

test('a revoked request that is put back by hand cannot be agreed to', async () => {
  const early = await requested(stage);
  expectValue(await stage.consents.open({ id: early, personId: stage.world.alice }));
  expectValue(await stage.consents.change({ id: early, by: { clientId: 'harbour-bank' }, to: 'revoked' }));
  await db`update consents set state = 'requested' where id = ${early}`;
  const open = await stage.consents.open({ id: early, personId: stage.world.alice });
  expect(open).toMatchObject({ refusal: { code: 'consent.revoked' } });
});
