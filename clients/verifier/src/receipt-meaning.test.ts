import { beforeAll, describe, expect, it } from 'vitest';
import { type ReceiptVerdict, verifyReceipt } from './receipt.ts';
import type { CheckName } from './receipt-checks.ts';
import {
  type BuiltReceipt,
  buildReceipt,
  type Cast,
  type Changes,
  consentDocumentOf,
  createCast,
  storyInstant,
  storySeconds,
  trustListOf,
} from './testing/receipt-builder.ts';
import { createTestKey } from './testing/test-keys.ts';
import { createTestWitnesses } from './testing/test-witnesses.ts';

let cast: Cast;
let receipt: BuiltReceipt;
let otherPolicy: string;
beforeAll(async () => {
  otherPolicy = (await createTestWitnesses()).policy;
  cast = await createCast();
  receipt = await buildReceipt(cast);
});

const verify = (value: unknown) => verifyReceipt(value, { anchor: cast.anchor });
const findingOf = (verdict: ReceiptVerdict, name: CheckName) => {
  const check = verdict.checks.find((candidate) => candidate.name === name);
  return check?.ok ? 'ok' : `${check?.code} ${check?.detail ?? ''}`.trim();
};

describe('a receipt whose signatures hold but whose meaning is wrong', () => {
  it.each<[CheckName, string, () => Changes]>([
    ['trust-list', 'trust.expired', () => ({ trust: { validUntil: storyInstant(61) } })],
    ['trust-list', 'trust.malformed', () => ({ trust: { type: 'praya.trust-list.v2' } })],
    ['consent-signature', 'consent.issuer-wrong', () => ({ document: { issuer: 'https://evil.example' } })],
    ['consent-signature', 'consent.malformed', () => ({ document: { services: [] } })],
    ['consent-signature', 'consent.malformed', () => ({ document: { expiresAt: storyInstant(0) } })],
    ['citizen-signature', 'webauthn.challenge-wrong', () => ({ signedDocument: { other: 'document' } })],
    ['citizen-signature', 'webauthn.user-not-verified', () => ({ assertion: { flags: 1 } })],
    [
      'citizen-signature',
      'webauthn.origin-wrong',
      () => ({ assertion: { clientData: { origin: 'https://evil.example' } } }),
    ],
    ['state-chain', 'consent.not-active', () => ({ states: [{ state: 'revoked', at: storyInstant(30) }] })],
    ['state-chain', 'consent.not-active', () => ({ states: [{ state: 'paused', at: storyInstant(30) }] })],
    ['state-chain', 'consent.not-active', () => ({ document: { expiresAt: storyInstant(59) } })],
    [
      'state-chain',
      'consent.transition-wrong',
      () => ({
        states: [
          { state: 'revoked', at: storyInstant(70) },
          { state: 'active', at: storyInstant(80) },
        ],
      }),
    ],
    [
      'state-chain',
      'consent.chain-broken',
      () => ({ states: [{ state: 'paused', at: storyInstant(70), previous: 'A'.repeat(43) }] }),
    ],
    [
      'state-chain',
      'consent.chain-broken',
      () => ({ states: [{ state: 'paused', at: storyInstant(70), revision: 3 }] }),
    ],
    [
      'state-chain',
      'consent.chain-broken',
      () => ({ states: [{ state: 'paused', at: storyInstant(70), id: 'con_2' }] }),
    ],
    ['state-chain', 'consent.chain-broken', () => ({ states: [{ state: 'paused', at: storyInstant(-1) }] })],
    ['request-signature', 'request.consumer-wrong', () => ({ request: { iss: 'another-bank' } })],
    ['request-signature', 'request.audience-wrong', () => ({ request: { aud: 'https://evil.example' } })],
    ['request-signature', 'request.consent-wrong', () => ({ request: { consent_id: 'con_2' } })],
    ['request-signature', 'request.service-wrong', () => ({ request: { service: 'rates.assessment' } })],
    ['request-signature', 'request.life-wrong', () => ({ request: { exp: storySeconds(200) } })],
    ['request-signature', 'request.out-of-time', () => ({ act: { at: storyInstant(500) } })],
    ['request-signature', 'request.malformed', () => ({ request: { jti: 5 } })],
    ['provider-signature', 'trust.organisation-unknown', () => ({ response: { iss: 'org_other' } })],
    ['provider-signature', 'trust.key-unknown', () => ({ response: { iss: 'org_bank' } })],
    ['provider-signature', 'response.malformed', () => ({ response: { payload_digest: 'short' } })],
    ['response-binds-consent', 'response.act-wrong', () => ({ response: { act: 'act_2' } })],
    ['response-binds-consent', 'response.audience-wrong', () => ({ response: { aud: 'another-bank' } })],
    ['response-binds-consent', 'response.consent-wrong', () => ({ response: { consent: 'con_2' } })],
    [
      'response-binds-consent',
      'response.consent-wrong',
      () => ({ response: { consent_digest: 'A'.repeat(43) } }),
    ],
    [
      'response-binds-consent',
      'response.service-wrong',
      () => ({ response: { service: 'rates.assessment' } }),
    ],
    [
      'response-binds-consent',
      'response.request-wrong',
      () => ({ response: { request_digest: 'A'.repeat(43) } }),
    ],
    // Backdated to before its key was revoked, or dated ahead: it answers a request of this minute.
    ['response-binds-consent', 'response.out-of-time', () => ({ response: { iat: storySeconds(-1) } })],
    ['response-binds-consent', 'response.out-of-time', () => ({ response: { iat: storySeconds(181) } })],
    [
      'response-binds-consent',
      'response.subject-wrong',
      () => ({ response: { subject_digest: 'A'.repeat(43) } }),
    ],
    [
      'response-binds-consent',
      'response.fields-wrong',
      () => ({ response: { fields: ['address', 'dateOfBirth', 'nameEn'] } }),
    ],
    ['response-binds-consent', 'response.fields-wrong', () => ({ response: { fields: ['nameEn'] } })],
    [
      'response-binds-consent',
      'response.fields-wrong',
      () => ({ response: { fields: ['nameEn', 'nameEn'] } }),
    ],
    [
      'response-binds-consent',
      'response.provider-wrong',
      () => ({
        document: {
          services: consentDocumentOf(cast).services.map((service) => ({ ...service, provider: 'org_bank' })),
        },
      }),
    ],
    ['commitment', 'receipt.digest-wrong', () => ({ act: { consent_digest: 'A'.repeat(43) } })],
    ['commitment', 'receipt.digest-wrong', () => ({ act: { response_digest: null } })],
    ['commitment', 'receipt.act-malformed', () => ({ act: { type: 'praya.act.v2' } })],
    [
      'log-signature',
      'note.signature-missing',
      () => ({ trust: { logs: [{ origin: cast.log.origin, vkey: strangerKey }] } }),
    ],
    [
      'log-signature',
      'note.key-malformed',
      () => ({ trust: { logs: [{ origin: cast.log.origin, vkey: 'x' }] } }),
    ],
    [
      'log-signature',
      'note.origin-wrong',
      () => ({ trust: { logs: [{ origin: 'another.example/log', vkey: cast.log.vkey }] } }),
    ],
    ['log-signature', 'note.origin-wrong', () => ({ trust: { logs: [] } })],
    ['witnesses', 'policy.malformed', () => ({ trust: { witnessPolicy: 'quorum nobody\n' } })],
    ['witnesses', 'receipt.not-witnessed', () => ({ trust: { witnessPolicy: otherPolicy } })],
  ])('is caught by %s: %s', async (name, detail, changes) => {
    const verdict = await verify(await buildReceipt(cast, changes()));
    expect(findingOf(verdict, name)).toBe(`receipt.${name}-wrong ${detail}`);
    expect(verdict.ok).toBe(false);
  });

  const strangerKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';

  it('because a key was revoked or had ended by then is caught where it signed', async () => {
    const list = trustListOf(cast);
    const withKeys = (change: object) => ({
      issuerKeys: list.issuerKeys.map((key) => ({ ...key, ...change })),
      organisations: list.organisations.map((organisation) => ({
        ...organisation,
        keys: organisation.keys.map((key) => ({ ...key, ...change })),
      })),
    });
    const signatures = ['consent-signature', 'provider-signature'] as const;
    for (const change of [
      { revokedAt: storyInstant(-5) },
      { validUntil: storyInstant(-5) },
      { validFrom: storyInstant(3600) },
    ]) {
      const verdict = await verify(await buildReceipt(cast, { trust: withKeys(change) }));
      for (const name of signatures) {
        expect(findingOf(verdict, name)).toBe(`receipt.${name}-wrong trust.key-not-valid-then`);
      }
    }
    const later = await verify(
      await buildReceipt(cast, { trust: withKeys({ revokedAt: storyInstant(3600) }) }),
    );
    expect(later.ok).toBe(true);
  });

  it('is none where its trust list is of the time before there were several logs', async () => {
    const { logs, witnessPolicy, ...list } = trustListOf(cast);
    const [log] = logs;
    const { trust: _, ...rest } = await buildReceipt(cast);
    const sign = (payload: object) => cast.anchor.sign('praya-trust-list+jws', payload);
    expect(witnessPolicy).toContain('quorum');
    expect((await verify({ ...rest, trust: await sign({ ...list, log }) })).ok).toBe(true);
    for (const half of [
      { ...list, logs },
      { ...list, log, logs },
      { ...list, log: 'x' },
      { ...list, witnessPolicy },
      { ...list, log, witnessPolicy },
    ]) {
      const verdict = await verify({ ...rest, trust: await sign(half) });
      expect(findingOf(verdict, 'trust-list')).toBe('receipt.trust-list-wrong trust.malformed');
    }
  });

  it('because a consumer is no longer the organisation’s client is caught', async () => {
    const organisations = trustListOf(cast).organisations.map((organisation) => ({
      ...organisation,
      clients: [],
    }));
    const verdict = await verify(await buildReceipt(cast, { trust: { organisations } }));
    expect(findingOf(verdict, 'request-signature')).toBe(
      'receipt.request-signature-wrong trust.client-unknown',
    );
  });

  it('because another anchor signed its trust list proves nothing else either', async () => {
    const stranger = await createTestKey('EdDSA');
    const verdict = await verifyReceipt(receipt, { anchor: { kid: cast.anchor.kid, jwk: stranger.jwk } });
    expect(findingOf(verdict, 'trust-list')).toBe('receipt.trust-list-wrong jws.signature-wrong');
    expect(findingOf(verdict, 'consent-signature')).toBe('receipt.consent-signature-not-checked trust-list');
    expect(findingOf(verdict, 'log-signature')).toBe('receipt.log-signature-not-checked trust-list');
    expect(findingOf(verdict, 'inclusion-proof')).toBe('ok');
  });
});
