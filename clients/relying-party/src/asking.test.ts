import { verifyJws } from '@praya/verifier/jws';
import { describe, expect, test } from 'vitest';
import { authorizationDetail, grantedOf } from './authorization-detail.ts';
import { signDataRequest } from './data-request.ts';
import { publicHalf } from './signature.ts';
import { createPrivateKey } from './testing/gateway.ts';
import { withdrawal } from './withdrawal.ts';

const issuer = 'https://praya.example';
const now = () => new Date('2026-03-02T09:00:00.500Z');

describe('an authorisation detail', () => {
  test('carries the public half of the encryption key and nothing private', async () => {
    const encryptionKey = await createPrivateKey('enc-1');
    const detail = authorizationDetail({
      issuer,
      services: [{ id: 'persons.particulars', required: ['nameEn'], optional: [] }],
      purpose: 'account-opening',
      frequency: { max: 20, per: 'day' },
      expiresAt: now(),
      retentionDays: 180,
      encryptionKey,
    });
    expect(detail).toMatchObject({
      type: 'praya_consented_data',
      locations: ['https://praya.example/exchange/v1'],
      retention: 'P180D',
      expires_at: '2026-03-02T09:00:00.500Z',
    });
    const { x, y } = encryptionKey;
    expect(detail.encryption_key).toEqual({ kty: 'EC', crv: 'P-256', x, y, kid: 'enc-1', use: 'enc' });
  });

  test('comes back with the consent and the granted fields', () => {
    const services = [{ id: 'persons.particulars', fields: ['nameEn'] }];
    const details = [
      { type: 'other' },
      { type: 'praya_consented_data', consent_id: 'con_1', services, purpose: 'account-opening' },
    ];
    expect(grantedOf(details)).toEqual({ consentId: 'con_1', services });
  });

  test.each([
    [undefined],
    [[]],
    [[{ type: 'other' }]],
    [[{ type: 'praya_consented_data', services: [] }]],
    [[{ type: 'praya_consented_data', consent_id: 'con_1', services: [{ id: 'a', fields: [1] }] }]],
  ])('is null where there is none in %j', (details) => {
    expect(grantedOf(details)).toBeNull();
  });
});

describe('what we sign', () => {
  test('is a data request that lives for a minute', async () => {
    const signingKey = await createPrivateKey('sig-1');
    const about = {
      clientId: 'bank',
      issuer,
      consentId: 'con_1',
      service: 'persons.particulars',
      signingKey,
      now,
    };
    const keys = [{ kid: 'sig-1', jwk: publicHalf(signingKey, 'sig') }];
    const read = await verifyJws(await signDataRequest(about), { typ: 'praya-data-request+jws', keys });
    expect(read).toMatchObject({
      ok: true,
      value: {
        payload: {
          iss: 'bank',
          aud: 'https://praya.example/exchange/v1',
          iat: 1772442000,
          exp: 1772442060,
          consent_id: 'con_1',
          service: 'persons.particulars',
        },
      },
    });
    expect(await signDataRequest(about)).not.toBe(await signDataRequest(about));
  });

  test('is a withdrawal to the issuer', async () => {
    const signingKey = await createPrivateKey('sig-1');
    const text = await withdrawal({ clientId: 'bank', issuer, consentId: 'con_1', signingKey, now });
    const keys = [{ kid: 'sig-1', jwk: publicHalf(signingKey, 'sig') }];
    expect(await verifyJws(text, { typ: 'praya-withdrawal+jws', keys })).toMatchObject({
      value: { payload: { iss: 'bank', aud: issuer, consent_id: 'con_1', iat: 1772442000 } },
    });
  });
});
