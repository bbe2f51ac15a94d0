import type { SoftwarePasskey } from '@praya/city/software-passkey';
import { textDigest } from '@praya/kernel/canonical';
import { newId } from '@praya/kernel/id';
import { verifyJws } from '@praya/kernel/jws';
import { compactDecrypt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assertionOver, type Bent, relayOf, sealedSubject } from './testing/calls.ts';
import { ORIGIN } from './testing/city.ts';
import { newTestKey } from './testing/keys.ts';
import { createWorld, type World } from './testing/world.ts';

type Claims = Record<string, unknown>;
type BentPreview = Bent & { statement?: Claims; signedBy?: SoftwarePasskey; parts?: Claims };

const browser = newTestKey('browser');
let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function previewBody(bent: BentPreview = {}) {
  const { city, passkey } = world;
  const consent = newId('con', city.clock());
  const subject = await sealedSubject(city, { passkey, consent, bent });
  const { kid: _, ...previewKey } = browser.publicJwk;
  const statement = {
    type: 'praya.sign-in.v1',
    issuer: ORIGIN,
    nonce: 'once',
    at: city.clock().toISOString(),
    previewKey,
    ...bent.statement,
  };
  const assertion = await assertionOver(bent.signedBy ?? passkey, statement);
  const relay = await relayOf(city, bent, {
    act: newId('act', city.clock()),
    consent,
    service: 'persons.particulars',
    fields: ['nameZh', 'nameEn'],
    subject_digest: textDigest(subject),
  });
  return { relay, subject, signIn: { statement, assertion }, ...bent.parts };
}

const send = async (bent: BentPreview = {}) => world.post('/praya/v1/previews', await previewBody(bent));

test('her own values are sealed to the key of her browser', async () => {
  const answer = await send();
  expect(answer.status).toBe(200);
  const { response, payload } = answer.body;
  const { plaintext } = await compactDecrypt(String(payload), browser.privateKey);
  expect(JSON.parse(new TextDecoder().decode(plaintext)).values).toEqual({
    nameEn: 'CHAN, Siu Ming',
    nameZh: '陳小明',
  });
  const jwk = world.city.keys.registerSign.publicJwk;
  const signed = await verifyJws(String(response), { typ: 'praya-preview-response+jws', jwk });
  expect(signed).toMatchObject({ fields: ['nameEn', 'nameZh'], consent_digest: null, request_digest: null });
});

test('one sign-in serves for several previews', async () => {
  const first = await previewBody();
  const second = await previewBody();
  expect((await world.post('/praya/v1/previews', first)).status).toBe(200);
  expect((await world.post('/praya/v1/previews', { ...second, signIn: first.signIn })).status).toBe(200);
});

test('a preview is noted as one', async () => {
  await send();
  const rows = await world.database.open('connector')`
    select kind from praya_connector.disclosures order by at desc limit 1`;
  expect(rows).toEqual([{ kind: 'preview' }]);
});

const stated = (members: Claims): BentPreview => ({ statement: members });
const relayed = (members: Claims): BentPreview => ({ relay: (claims) => ({ ...claims, ...members }) });
const subject = (members: Claims): BentPreview => ({ subject: (claims) => ({ ...claims, ...members }) });

describe('a preview with exactly one thing wrong', () => {
  test.each<[string, () => BentPreview | Promise<BentPreview>, string]>([
    ['a forged relay', () => ({ relayKey: newTestKey('gateway-1') }), 'connector.relay-signature'],
    [
      'a relay for another provider',
      () => relayed({ aud: world.city.ids.rates }),
      'connector.relay-audience',
    ],
    ['a relay of an exchange', () => relayed({ subject_digest: undefined }), 'connector.relay-malformed'],
    ['another subject than relayed', () => relayed({ subject_digest: 'other' }), 'connector.subject-binding'],
    ['a passkey of somebody else', () => ({ signedBy: world.stranger }), 'connector.subject-confirmation'],
    [
      'a sign-in of another issuer',
      () => stated({ issuer: 'https://x.test' }),
      'connector.sign-in-assertion',
    ],
    [
      'a sign-in of sixteen minutes ago',
      () => stated({ at: '2026-11-23T01:44:00.000Z' }),
      'connector.sign-in-expired',
    ],
    [
      'a sign-in of the future',
      () => stated({ at: '2026-11-23T02:10:00.000Z' }),
      'connector.sign-in-expired',
    ],
    ['no key for previews', () => stated({ previewKey: null }), 'connector.preview-key'],
    ['a key for previews that is none', () => stated({ previewKey: { kty: 'EC' } }), 'connector.preview-key'],
    [
      'a key that was put in after she signed',
      async () => {
        const { signIn } = await previewBody();
        const { kid: _, ...previewKey } = newTestKey('gateway').publicJwk;
        return { parts: { signIn: { ...signIn, statement: { ...signIn.statement, previewKey } } } };
      },
      'connector.sign-in-assertion',
    ],
    [
      'a field that is not declared',
      () => relayed({ fields: ['secretNote'] }),
      'connector.field-not-declared',
    ],
    ['a service that is not declared', () => relayed({ service: 'a.none' }), 'connector.service-unknown'],
    ['a subject for another consent', () => subject({ consent: 'con_other' }), 'connector.subject-consent'],
    [
      'a subject for another provider',
      () => subject({ aud: world.city.ids.rates }),
      'connector.subject-audience',
    ],
    ['a person whom nobody knows', () => subject({ sub: 'QZ999999(9)' }), 'connector.subject-unknown'],
  ])('%s', async (_name, bent, code) => {
    const answer = await send(await bent());
    expect(answer.body['code']).toBe(code);
  });
});
