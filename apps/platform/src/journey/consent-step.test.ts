import type { ConsentEvidence } from '@praya/consent/contract';
import { newId } from '@praya/kernel/id';
import { ok, refuse } from '@praya/kernel/result';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, test } from 'vitest';
import type { Rooms } from '../rooms.ts';
import { consentStep } from './consent-step.ts';

const ISSUER = 'https://city.example';
const uid = 'interaction-0001';
const [personId, consentId] = [newId('per'), newId('con')];
const request = { params: { uid }, raw: {} } as unknown as FastifyRequest;
const reply = { raw: {} } as FastifyReply;

type Waiting = { uid: string; personId: string | null; requestUri: string | null };

function stepOf(waiting: Waiting | undefined, consent: unknown = ok(consentId)) {
  const finished: unknown[] = [];
  const interactions = {
    find: async () => (waiting === undefined ? refuse('identity.interaction-unknown') : ok(waiting)),
    finishConsent: async (_browser: unknown, agreed: unknown) => {
      finished.push(agreed);
      return ok({ redirectTo: '/on' });
    },
    abort: async () => ok({ redirectTo: '/back' }),
  };
  const rooms = { identity: { interactions }, consents: { byHandle: async () => consent } };
  return { step: consentStep(rooms as unknown as Rooms, ISSUER), finished };
}

describe('an interaction stands at the consent step', () => {
  test('when she is signed in and data was asked for', async () => {
    const { step } = stepOf({ uid, personId, requestUri: 'urn:1' });
    expect(await step.standing(request, reply)).toEqual({ ok: true, value: { uid, personId, consentId } });
  });

  test.each<[string, Waiting]>([
    ['she has not signed in', { uid, personId: null, requestUri: 'urn:1' }],
    ['no data was asked for', { uid, personId, requestUri: null }],
  ])('not when %s', async (_name, waiting) => {
    const { step } = stepOf(waiting);
    expect(await step.standing(request, reply)).toMatchObject({
      refusal: { code: 'identity.interaction-step' },
    });
  });

  test('not when it is unknown, nor when its consent is', async () => {
    expect(await stepOf(undefined).step.standing(request, reply)).toMatchObject({
      refusal: { code: 'identity.interaction-unknown' },
    });
    const { step } = stepOf({ uid, personId, requestUri: 'urn:1' }, refuse('consent.unknown'));
    expect(await step.standing(request, reply)).toMatchObject({ refusal: { code: 'consent.unknown' } });
  });
});

test('her passkey is asked with user verification, for this site', () => {
  const { step } = stepOf(undefined);
  expect(step.requestOptions('challenge')).toMatchObject({
    challenge: 'challenge',
    rpId: 'city.example',
    userVerification: 'required',
  });
});

test('RFC 9396 §7: what is granted names the consent, the fields of it, and nothing that she left out', async () => {
  const { step, finished } = stepOf({ uid, personId, requestUri: 'urn:1' });
  const document = {
    id: consentId,
    services: [{ id: 'rates.address', provider: newId('org'), fields: ['addressEn'], subject: 'sealed' }],
    purpose: { code: 'account-opening', text: {} },
    frequency: { max: 3, per: 'total' },
    expiresAt: '2027-01-01T00:00:00.000Z',
    retention: 'P180D',
    recipient: { encryptionKey: { kid: 'bank-enc-1' } },
  };
  const evidence = { document, personId } as unknown as ConsentEvidence;
  expect(await step.finish(request, reply, evidence)).toBe('/on');
  expect(finished).toEqual([
    {
      detail: {
        type: 'praya_consented_data',
        locations: [`${ISSUER}/exchange/v1`],
        consent_id: consentId,
        services: [{ id: 'rates.address', fields: ['addressEn'] }],
        purpose: 'account-opening',
        frequency: { max: 3, per: 'total' },
        expires_at: '2027-01-01T00:00:00.000Z',
        retention: 'P180D',
        encryption_key: { kid: 'bank-enc-1' },
      },
    },
  ]);
  expect(JSON.stringify(finished)).not.toContain(personId);
});
