import { beforeAll, describe, expect, it } from 'vitest';
import type { Checked } from './checked.ts';
import { verifyConsent } from './consent.ts';
import { isConsentDocument, type NamedConsent } from './consent-document.ts';
import { consentStateAt, verifyLatestState } from './consent-state.ts';
import { jsonDigest } from './digest.ts';
import { thumbprint } from './jwk.ts';
import { verifyRequest } from './request.ts';
import { payloadMatches, valuesMatch, verifyResponse } from './response.ts';
import {
  buildReceipt,
  type Cast,
  consentDocumentOf,
  consentTokenOf,
  createCast,
  stateChainOf,
  storyInstant,
  trustListOf,
} from './testing/receipt-builder.ts';
import { createTestKey } from './testing/test-keys.ts';
import {
  issuerKeysAt,
  keyCountsAt,
  organisationOf,
  organisationOfClient,
  type TrustList,
  trustListCountsAt,
  verifyByIssuer,
  verifyByOrganisation,
  verifyTrustList,
} from './trust-list.ts';

const codeOf = (answer: Checked<unknown>) => (answer.ok ? 'ok' : answer.refusal.code);
const at = (seconds: number) => new Date(storyInstant(seconds));

let cast: Cast;
let trust: TrustList;
let consent: NamedConsent;
beforeAll(async () => {
  cast = await createCast();
  const list = await verifyTrustList(
    await cast.anchor.sign('praya-trust-list+jws', trustListOf(cast)),
    cast.anchor,
  );
  const document: unknown = consentDocumentOf(cast);
  if (!list.ok || !isConsentDocument(document)) throw new Error('the story is in order');
  trust = list.value;
  consent = { document, digest: await jsonDigest(document) };
});

describe('a consent', () => {
  it('that platform and citizen signed is verified, and names her passkey', async () => {
    const token = await consentTokenOf(cast, consent.document);
    const states = await stateChainOf(cast, consent.document, [{ state: 'paused', at: storyInstant(30) }]);
    const verified = await verifyConsent({ token, states }, trust);
    if (!verified.ok) throw new Error(verified.refusal.code);
    expect(verified.value).toMatchObject({ digest: consent.digest, document: consent.document });
    expect(verified.value.citizen.thumbprint).toBe(await thumbprint(cast.citizen.jwk));
    expect([-1, 0, 30, 4000].map((seconds) => verified.value.stateAt(at(seconds)))).toEqual([
      'not-yet',
      'active',
      'paused',
      'expired',
    ]);
  });

  it('is named by the digest of all that she signed, also of members that this reader does not know', async () => {
    const document = { ...consent.document, note: 'a later version may say more' };
    const verified = await verifyConsent({ token: await consentTokenOf(cast, document), states: [] }, trust);
    expect(verified.ok && verified.value.digest).toBe(await jsonDigest(document));
  });

  it('still holds when the platform’s key came into use while she was reading', async () => {
    const late = trustListOf(cast).issuerKeys.map((key) => ({ ...key, validFrom: storyInstant(300) }));
    const list = { ...trust, issuerKeys: late } as TrustList;
    const token = await consentTokenOf(cast, consent.document);
    expect(codeOf(await verifyConsent({ token, states: [] }, list))).toBe('ok');
  });

  it.each<[string, unknown, unknown]>([
    ['jws.malformed', null, []],
    ['jws.malformed', 'a.b.c', []],
    ['consent.state-malformed', undefined, null],
    ['consent.state-malformed', undefined, Array.from({ length: 1001 }, () => '')],
    ['jws.malformed', undefined, ['a']],
  ])('is refused with %s', async (code, token, states) => {
    const good = await consentTokenOf(cast, consent.document);
    expect(codeOf(await verifyConsent({ token: token === undefined ? good : token, states }, trust))).toBe(
      code,
    );
  });

  it('with a field twice is refused: two readers could take it differently', async () => {
    const services = consent.document.services.map((service) => ({
      ...service,
      fields: ['nameEn', 'nameEn'],
    }));
    const token = await consentTokenOf(cast, { ...consent.document, services });
    expect(codeOf(await verifyConsent({ token, states: [] }, trust))).toBe('consent.malformed');
  });
});

describe('the state of a consent', () => {
  const chainOf = async (...states: object[]) => stateChainOf(cast, consent.document, states);

  it('by its latest revision alone is what that revision says from then on', async () => {
    const chain = await chainOf(
      { state: 'paused', at: storyInstant(10) },
      { state: 'active', at: storyInstant(20) },
    );
    const latest = await verifyLatestState(consent, chain[1], trust);
    if (!latest.ok || latest.value === null) throw new Error('the latest holds');
    expect(latest.value).toMatchObject({ revision: 3, state: 'active' });
    expect(consentStateAt(consent.document, [latest.value], at(25))).toBe('active');
    expect(await verifyLatestState(consent, null, trust)).toEqual({ ok: true, value: null });
  });

  it('stays revoked after the consent would have ended', async () => {
    const [jws] = await chainOf({ state: 'revoked', at: storyInstant(10) });
    const latest = await verifyLatestState(consent, jws, trust);
    const revisions = latest.ok && latest.value !== null ? [latest.value] : [];
    expect(consentStateAt(consent.document, revisions, at(99_999))).toBe('revoked');
  });

  it.each([
    [{ state: 'paused', at: storyInstant(10), id: 'con_2' }, 'consent.chain-broken'],
    [{ state: 'paused', at: storyInstant(10), previous: 'A'.repeat(43) }, 'consent.chain-broken'],
    [{ state: 'paused', at: storyInstant(10), revision: 1 }, 'consent.chain-broken'],
    [{ state: 'paused', at: storyInstant(-10) }, 'consent.chain-broken'],
    [{ state: 'asleep', at: storyInstant(10) }, 'trust.instant-missing'],
    [{ state: 'paused', at: 'yesterday' }, 'trust.instant-missing'],
  ])('is not told by %o: %s', async (state, code) => {
    const [jws] = await chainOf(state);
    expect(codeOf(await verifyLatestState(consent, jws, trust))).toBe(code);
  });

  it('is not told by anybody but the platform', async () => {
    const jws = await cast.bank.sign('praya-consent-state+jws', {});
    expect(codeOf(await verifyLatestState(consent, jws, trust))).toBe('trust.key-unknown');
  });
});

describe('a request and its response', () => {
  it('are verified on their own, with the digests by which others name them', async () => {
    const receipt = await buildReceipt(cast);
    const request = await verifyRequest(receipt.request, consent, trust);
    expect(request).toMatchObject({ ok: true, value: { claims: { jti: 'once' } } });
    expect(request.ok && request.value.digest).toBe(receipt.act.request_digest);
    const response = await verifyResponse(receipt.response, {
      trust,
      typ: 'praya-data-response+jws',
      provider: 'org_persons',
    });
    if (!response.ok) throw new Error(response.refusal.code);
    expect(response.value.digest).toBe(receipt.act.response_digest);
    const { claims } = response.value;
    expect(codeOf(await payloadMatches(claims, 'sealed.payload'))).toBe('ok');
    expect(codeOf(await payloadMatches(claims, 'sealed.payloaD'))).toBe('response.payload-wrong');
    expect(codeOf(valuesMatch(claims, { nameEn: 'A', dateOfBirth: 'B' }))).toBe('ok');
    expect(codeOf(valuesMatch(claims, { nameEn: 'A' }))).toBe('response.fields-wrong');
    expect(codeOf(valuesMatch(claims, { nameEn: 'A', dateOfBirth: 'B', address: 'C' }))).toBe(
      'response.fields-wrong',
    );
  });
});

describe('the trust list', () => {
  it('counts a key from validFrom until validUntil, and until it was revoked', () => {
    const key = { validFrom: storyInstant(0), validUntil: storyInstant(10), revokedAt: null };
    expect([-1, 0, 9, 10].map((seconds) => keyCountsAt(key, at(seconds)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const revoked = { ...key, revokedAt: storyInstant(5) };
    expect([4, 5].map((seconds) => keyCountsAt(revoked, at(seconds)))).toEqual([true, false]);
    expect(keyCountsAt(key, new Date(Number.NaN))).toBe(false);
  });

  it('finds organisations by id and by client, and our keys by purpose', () => {
    expect(organisationOf(trust, 'org_bank')?.clients).toEqual(['harbour-bank']);
    expect(organisationOfClient(trust, 'harbour-bank')?.id).toBe('org_bank');
    expect([organisationOf(trust, 'org_none'), organisationOfClient(trust, 'nobody')]).toEqual([null, null]);
    expect(issuerKeysAt(trust, 'consent', at(0)).map(({ kid }) => kid)).toEqual([cast.consent.kid]);
    expect(issuerKeysAt(trust, 'gateway', at(0))).toEqual([]);
    expect(issuerKeysAt(trust, 'consent', at(99_999))).toEqual([]);
    expect([trustListCountsAt(trust, at(0)), trustListCountsAt(trust, at(99_999))]).toEqual([true, false]);
  });

  it('lets a consent key sign nothing for the gateway, and a key for sealing sign nothing', async () => {
    const relay = await cast.consent.sign('praya-relay+jws', {});
    const by = { trust, typ: 'praya-relay+jws', instants: () => [at(0)] };
    expect(codeOf(await verifyByIssuer(relay, { ...by, purpose: 'gateway' }))).toBe('trust.key-unknown');
    const sealing = {
      ...trust,
      organisations: trust.organisations.map((organisation) => ({
        ...organisation,
        keys: organisation.keys.map((key) => ({ ...key, use: 'enc' as const })),
      })),
    };
    const jws = await cast.bank.sign('praya-relay+jws', {});
    const wrong = await verifyByOrganisation(jws, { ...by, trust: sealing, organisation: 'org_bank' });
    expect(codeOf(wrong)).toBe('trust.key-unknown');
  });

  it('without an instant in what was signed proves nothing', async () => {
    const jws = await cast.bank.sign('praya-test+jws', {});
    const by = { trust, typ: 'praya-test+jws', organisation: 'org_bank', instants: () => [] };
    expect(codeOf(await verifyByOrganisation(jws, by))).toBe('trust.instant-missing');
  });

  it('is believed by its anchor alone', async () => {
    const jws = await cast.anchor.sign('praya-trust-list+jws', trustListOf(cast));
    const stranger = await createTestKey('EdDSA');
    expect(codeOf(await verifyTrustList(jws, stranger))).toBe('jws.key-unknown');
    expect(codeOf(await verifyTrustList(7, cast.anchor))).toBe('jws.malformed');
  });
});
