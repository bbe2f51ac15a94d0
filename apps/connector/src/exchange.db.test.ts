import { textDigest } from '@praya/kernel/canonical';
import { verifyJws } from '@praya/kernel/jws';
import { compactDecrypt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bent, exchangeBody } from './testing/calls.ts';
import { newTestKey } from './testing/keys.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const send = async (bent: Bent = {}) =>
  world.post('/praya/v1/exchanges', await exchangeBody(world.city, world.passkey, bent));

async function opened(payload: unknown) {
  const { plaintext } = await compactDecrypt(String(payload), world.city.keys.bankSeal.privateKey);
  return JSON.parse(new TextDecoder().decode(plaintext));
}

const withDocument = (members: object): Bent => ({ document: (claims) => ({ ...claims, ...members }) });
const withService = (members: object): Bent => ({
  document: (claims) => {
    const [service] = claims['services'] as object[];
    return { ...claims, services: [{ ...service, ...members }] };
  },
});

describe('a consented request', () => {
  test('is answered with exactly the consented fields, sealed to the key in the consent and signed by us', async () => {
    const body = await exchangeBody(world.city, world.passkey);
    const answer = await world.post('/praya/v1/exchanges', body);
    expect(answer.status).toBe(200);
    const { response, payload } = answer.body;
    const jwk = world.city.keys.registerSign.publicJwk;
    const signed = await verifyJws(String(response), { typ: 'praya-data-response+jws', jwk });
    expect(signed).toMatchObject({
      iss: world.city.ids.register,
      aud: 'test-bank',
      service: 'persons.particulars',
      fields: ['dateOfBirth', 'nameEn'],
      request_digest: textDigest(body.request),
      payload_digest: textDigest(String(payload)),
    });
    expect((await opened(payload)).values).toEqual({ dateOfBirth: '1985-04-12', nameEn: 'CHAN, Siu Ming' });
  });

  test('leaves a note of what was disclosed, without a value and without a number', async () => {
    const body = await exchangeBody(world.city, world.passkey);
    const answer = await world.post('/praya/v1/exchanges', body);
    const { act } = await opened(answer.body['payload']);
    const rows = await world.database.open('connector')`
      select * from praya_connector.disclosures where act = ${act}`;
    expect(rows).toHaveLength(1);
    expect(rows[0]?.['fields']).toEqual(['dateOfBirth', 'nameEn']);
    expect(JSON.stringify(rows)).not.toMatch(/QZ0|CHAN/);
  });

  test('reads a service that is a query', async () => {
    const answer = await send({
      ...withService({ id: 'persons.shouting', fields: ['nameEn'] }),
      request: (claims) => ({ ...claims, service: 'persons.shouting' }),
    });
    expect((await opened(answer.body['payload'])).values).toEqual({ nameEn: 'CHAN, SIU MING' });
  });

  test('is answered after the consent was paused and resumed', async () => {
    expect((await send({ state: (claims) => claims })).status).toBe(200);
  });
});

const other = newTestKey('gateway-1');
const unlisted = newTestKey('nobody-1');
const asSubject = (members: object): Bent => ({ subject: (claims) => ({ ...claims, ...members }) });
const asRequest = (members: object): Bent => ({ request: (claims) => ({ ...claims, ...members }) });
const asRelay = (members: object): Bent => ({ relay: (claims) => ({ ...claims, ...members }) });
const asState = (members: object): Bent => ({ state: (claims) => ({ ...claims, ...members }) });
const T = Date.parse('2026-11-23T02:00:00Z') / 1000;

const WRONG: [string, () => Bent, string][] = [
  ['a forged relay', () => ({ relayKey: other }), 'relay-signature'],
  ['a relay by a key that nobody listed', () => ({ relayKey: unlisted }), 'relay-signature'],
  ['a relay by the consent key', () => ({ relayKey: world.city.keys.consent }), 'relay-signature'],
  ['a relay of another type', () => ({ relayTyp: 'praya-data-request+jws' }), 'relay-signature'],
  ['a relay of another issuer', () => asRelay({ iss: 'https://other.test' }), 'relay-signature'],
  ['a relay for another provider', () => asRelay({ aud: world.city.ids.rates }), 'relay-audience'],
  ['a relay that is over', () => asRelay({ iat: T - 100, exp: T - 40 }), 'relay-expired'],
  ['a relay of the future', () => asRelay({ iat: T + 100, exp: T + 160 }), 'relay-expired'],
  ['a relay that lives for an hour', () => asRelay({ exp: T + 3600 }), 'relay-expired'],
  ['a relay without a count', () => asRelay({ count: undefined }), 'relay-malformed'],
  ['a relay of another request', () => asRelay({ request_digest: 'other' }), 'request-binding'],
  ['a relay of another consent', () => asRelay({ consent_digest: 'other' }), 'consent-binding'],
  ['a count above the consent', () => asRelay({ count: 4 }), 'frequency-exceeded'],
  ['a client that nobody knows', () => asRequest({ iss: 'other-bank' }), 'client-unknown'],
  ['a request by another key', () => ({ requestKey: newTestKey('bankSign-1') }), 'request-signature'],
  ['a request by an unlisted key', () => ({ requestKey: unlisted }), 'request-signature'],
  ['a request by the encryption key', () => ({ requestKey: world.city.keys.bankSeal }), 'request-signature'],
  ['a request for another exchange', () => asRequest({ aud: 'https://other.test' }), 'request-audience'],
  ['a request that is over', () => asRequest({ iat: T - 100, exp: T - 50 }), 'request-expired'],
  ['a request that lives too long', () => asRequest({ exp: T + 61 }), 'request-expired'],
  ['a request without a service', () => asRequest({ service: undefined }), 'request-malformed'],
  ['a request under another consent', () => asRequest({ consent_id: 'con_other' }), 'consent-binding'],
  [
    'a service that was not consented',
    () => asRequest({ service: 'persons.shouting' }),
    'service-not-consented',
  ],
  ['a foreign consent key', () => ({ consentKey: newTestKey('consent-1') }), 'consent-signature'],
  ['the gateway key under a consent', () => ({ consentKey: world.city.keys.gateway }), 'consent-signature'],
  [
    'a consent edited after she signed',
    () => ({ edited: (claims) => ({ ...claims, retention: 'P999D' }) }),
    'consent-assertion',
  ],
  ['a consent of another issuer', () => withDocument({ issuer: 'https://other.test' }), 'consent-binding'],
  [
    'an assertion with another signature',
    () => ({ assertion: (claims) => ({ ...claims, signature: 'AAAA' }) }),
    'consent-assertion',
  ],
  ['a passkey of somebody else', () => ({ assertedBy: world.stranger }), 'subject-confirmation'],
  ['a consent that is over', () => withDocument({ expiresAt: '2026-11-23T02:00:00Z' }), 'consent-expired'],
  ['a consent of tomorrow', () => withDocument({ notBefore: '2026-11-24T02:00:00Z' }), 'consent-not-yet'],
  [
    'a recipient that is another organisation',
    () => recipient({ organisation: world.city.ids.rates }),
    'consent-recipient',
  ],
  ['a recipient that is another client', () => recipient({ client: 'other-bank' }), 'consent-recipient'],
  [
    'an encryption key that nobody listed',
    () => recipient({ encryptionKey: newTestKey('bankSeal-2').publicJwk }),
    'encryption-key',
  ],
  [
    'another key under a listed name',
    () => recipient({ encryptionKey: newTestKey('bankSeal-1').publicJwk }),
    'encryption-key',
  ],
  [
    'a service of another provider',
    () => withService({ provider: world.city.ids.rates }),
    'service-not-ours',
  ],
  ['a field that is not declared', () => withService({ fields: ['secretNote'] }), 'field-not-declared'],
  ['no field at all', () => withService({ fields: [] }), 'field-not-declared'],
  [
    'a service that is not declared',
    () => ({ ...withService({ id: 'persons.none' }), ...asRequest({ service: 'persons.none' }) }),
    'service-unknown',
  ],
  ['a paused consent', () => asState({ state: 'paused' }), 'consent-paused'],
  ['a revoked consent', () => asState({ state: 'revoked' }), 'consent-revoked'],
  ['an expired state', () => asState({ state: 'expired' }), 'consent-expired'],
  ['a state of another consent', () => asState({ id: 'con_other' }), 'consent-state'],
  ['a state that links elsewhere', () => asState({ previous: 'other' }), 'consent-state'],
  [
    'a state by a foreign key',
    () => ({ ...asState({}), stateKey: newTestKey('consent-1') }),
    'consent-state',
  ],
  ['a state without a revision', () => asState({ revision: undefined }), 'consent-state'],
  [
    'a subject sealed to another provider',
    () => ({ subjectSealedTo: world.city.keys.ratesSeal }),
    'subject-sealed',
  ],
  [
    'a subject signed by another department',
    () => ({ subjectKey: world.city.keys.ratesSign }),
    'subject-signature',
  ],
  [
    'another department that names itself the register',
    () => ({ ...asSubject({ iss: world.city.ids.rates }), subjectKey: world.city.keys.ratesSign }),
    'subject-signature',
  ],
  ['a subject for another provider', () => asSubject({ aud: world.city.ids.rates }), 'subject-audience'],
  ['a subject for another consent', () => asSubject({ consent: 'con_other' }), 'subject-consent'],
  ['a subject without her passkey', () => asSubject({ cnf: { jkts: ['other'] } }), 'subject-confirmation'],
  ['a person whom nobody knows', () => asSubject({ sub: 'QZ999999(9)' }), 'subject-unknown'],
  [
    'a value that does not fit its schema',
    () => ({ ...asSubject({ sub: 'QZ000003(3)' }), ...withService({ fields: ['points'] }) }),
    'source-invalid',
  ],
  ['two entries for one person', () => inService('persons.doubles'), 'source-ambiguous'],
  ['a query that wants to write', () => inService('persons.writing'), 'source-unavailable'],
];

function recipient(members: object): Bent {
  return {
    document: (claims) => ({ ...claims, recipient: { ...(claims['recipient'] as object), ...members } }),
  };
}

function inService(id: string): Bent {
  return { ...withService({ id, fields: ['nameEn'] }), ...asRequest({ service: id }) };
}

describe('a call with exactly one thing wrong', () => {
  test.each(WRONG)('%s', async (_name, bent, code) => {
    const answer = await send(bent());
    expect(answer.body['code']).toBe(`connector.${code}`);
    expect(answer.body).not.toHaveProperty('payload');
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test('a relay used a second time', async () => {
    const body = await exchangeBody(world.city, world.passkey);
    expect((await world.post('/praya/v1/exchanges', body)).status).toBe(200);
    expect((await world.post('/praya/v1/exchanges', body)).body['code']).toBe('connector.relay-replayed');
  });

  test('of four parallel uses of one relay exactly one is answered', async () => {
    const body = await exchangeBody(world.city, world.passkey);
    const all = await Promise.all([1, 2, 3, 4].map(() => world.post('/praya/v1/exchanges', body)));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('a request relayed a second time, under a new relay', async () => {
    const bent = { ...asRequest({ jti: 'the-same' }) };
    expect((await send(bent)).status).toBe(200);
    expect((await send(bent)).body['code']).toBe('connector.request-replayed');
  });

  test('a body with a member too many, or too large', async () => {
    const body = await exchangeBody(world.city, world.passkey);
    expect((await world.post('/praya/v1/exchanges', { ...body, more: 1 })).body['code']).toBe(
      'request.invalid',
    );
    const large = { ...body, consent: 'x'.repeat(300_000) };
    expect((await world.post('/praya/v1/exchanges', large)).status).toBe(413);
  });
});

test('a refusal after a good relay is signed by us', async () => {
  const answer = await send(asSubject({ sub: 'QZ999999(9)' }));
  const jwk = world.city.keys.registerSign.publicJwk;
  const word = await verifyJws(String(answer.headers['praya-refusal']), { typ: 'praya-refusal+jws', jwk });
  expect(word).toMatchObject({ iss: world.city.ids.register, code: 'connector.subject-unknown' });
});

test('identity card numbers and values are in no log line', async () => {
  await send();
  await send(asSubject({ sub: 'QZ999999(9)' }));
  await send(inService('persons.writing'));
  expect(world.logged.length).toBeGreaterThan(10);
  expect(world.logged.join('\n')).not.toMatch(/QZ\d|CHAN|1985-04-12/);
});

test('a call in which one character of one part was changed is never answered', async () => {
  const parts = ['relay', 'request', 'consent', 'state'] as const;
  for (let round = 0; round < 48; round++) {
    const part = parts[round % parts.length] ?? 'relay';
    const body: Record<string, unknown> = await exchangeBody(world.city, world.passkey, asState({}));
    body[part] = changedSomewhere(String(body[part]));
    const answer = await world.post('/praya/v1/exchanges', body);
    expect(answer.status, part).toBeGreaterThanOrEqual(400);
    expect(answer.status, part).toBeLessThan(500);
  }
});

// The last character of each segment carries bits that mean nothing, so it is left alone.
function changedSomewhere(jws: string): string {
  const candidates = [...jws].flatMap((letter, at) =>
    letter === '.' || jws[at + 1] === '.' || at === jws.length - 1 ? [] : [at],
  );
  const at = candidates[Math.floor(Math.random() * candidates.length)] ?? 0;
  return `${jws.slice(0, at)}${jws[at] === 'A' ? 'B' : 'A'}${jws.slice(at + 1)}`;
}
