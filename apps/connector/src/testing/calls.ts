import { randomUUID } from 'node:crypto';
import type { SoftwarePasskey } from '@praya/city/software-passkey';
import { canonicalJson, digest, sha256, textDigest } from '@praya/kernel/canonical';
import { newId } from '@praya/kernel/id';
import { thumbprint } from '@praya/kernel/jwk';
import { signJws } from '@praya/kernel/jws';
import { sealTo } from '../sealed.ts';
import { ORIGIN, type TestCity } from './city.ts';
import type { TestKey } from './keys.ts';

type Claims = Record<string, unknown>;
type Bend = (claims: Claims) => Claims;

/** How one call differs from a good one: each part may be bent before it is signed, or signed by another key. */
export type Bent = {
  relay?: Bend;
  relayKey?: TestKey;
  relayTyp?: string;
  request?: Bend;
  requestKey?: TestKey;
  document?: Bend;
  /** after the citizen signed */
  edited?: Bend;
  consentKey?: TestKey;
  assertedBy?: SoftwarePasskey;
  assertion?: Bend;
  state?: Bend;
  stateKey?: TestKey;
  subject?: Bend;
  subjectKey?: TestKey;
  subjectSealedTo?: TestKey;
  /** replaces a finished part */
  parts?: Claims;
};

const same: Bend = (claims) => claims;
const text = { en: 'x', 'zh-Hant': 'x', 'zh-Hans': 'x' };

/** The assertion as it travels, from what a browser answers. */
export async function assertionOver(passkey: SoftwarePasskey, value: unknown): Promise<Claims> {
  const { id, response } = await passkey.assertOver(sha256(canonicalJson(value)));
  return {
    credentialId: id,
    publicKey: passkey.publicKey,
    clientDataJSON: response.clientDataJSON,
    authenticatorData: response.authenticatorData,
    signature: response.signature,
  };
}

/** A subject sealed to the register of persons' own services. */
export async function sealedSubject(
  city: TestCity,
  about: { passkey: SoftwarePasskey; consent: string; bent?: Bent },
): Promise<string> {
  const { keys, ids, clock } = city;
  const { bent = {} } = about;
  const payload = (bent.subject ?? same)({
    iss: ids.register,
    aud: ids.register,
    sub: 'QZ000001(1)',
    consent: about.consent,
    cnf: { jkts: [thumbprint(about.passkey.publicKey)] },
    iat: seconds(clock()),
  });
  const { signer } = bent.subjectKey ?? keys.registerSign;
  const content = await signJws(signer, { typ: 'praya-subject+jws', payload });
  const { publicJwk } = bent.subjectSealedTo ?? keys.registerSeal;
  return sealTo(publicJwk, { typ: 'praya-subject+jwe', content });
}

/** The body of one exchange, good but for the bends. */
export async function exchangeBody(city: TestCity, passkey: SoftwarePasskey, bent: Bent = {}) {
  const { keys, ids, clock } = city;
  const consentId = newId('con', clock());
  const document = await documentOf(city, { passkey, consentId, bent });
  const assertion = (bent.assertion ?? same)(await assertionOver(bent.assertedBy ?? passkey, document));
  const consent = await signJws((bent.consentKey ?? keys.consent).signer, {
    typ: 'praya-consent+jws',
    payload: { consent: (bent.edited ?? same)(document), assertion },
  });
  const now = seconds(clock());
  const request = await signJws((bent.requestKey ?? keys.bankSign).signer, {
    typ: 'praya-data-request+jws',
    payload: (bent.request ?? same)({
      iss: 'test-bank',
      aud: `${ORIGIN}/exchange/v1`,
      jti: randomUUID(),
      iat: now,
      exp: now + 60,
      consent_id: consentId,
      service: 'persons.particulars',
    }),
  });
  const relay = await relayOf(city, bent, {
    aud: ids.register,
    act: newId('act', clock()),
    consent_digest: digest((bent.edited ?? same)(document)),
    request_digest: textDigest(request),
    count: 1,
  });
  const state = bent.state === undefined ? null : await stateOf(city, { document, bent });
  return { relay, request, consent, state, ...bent.parts };
}

/** A relay with these claims. */
export function relayOf(city: TestCity, bent: Bent, claims: Claims): Promise<string> {
  const now = seconds(city.clock());
  const payload = (bent.relay ?? same)({
    iss: ORIGIN,
    aud: city.ids.register,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...claims,
  });
  const { signer } = bent.relayKey ?? city.keys.gateway;
  return signJws(signer, { typ: bent.relayTyp ?? 'praya-relay+jws', payload });
}

/** A later revision of a consent. */
export function stateOf(city: TestCity, about: { document: Claims; bent: Bent }): Promise<string> {
  const payload = (about.bent.state ?? same)({
    type: 'praya.consent-state.v1',
    id: about.document['id'],
    revision: 2,
    previous: digest(about.document),
    state: 'active',
    by: 'citizen',
    at: city.clock().toISOString(),
  });
  const { signer } = about.bent.stateKey ?? city.keys.consent;
  return signJws(signer, { typ: 'praya-consent-state+jws', payload });
}

async function documentOf(
  city: TestCity,
  about: { passkey: SoftwarePasskey; consentId: string; bent: Bent },
): Promise<Claims> {
  const { ids, keys, clock } = city;
  const { passkey, consentId, bent } = about;
  const subject = await sealedSubject(city, { passkey, consent: consentId, bent });
  return (bent.document ?? same)({
    type: 'praya.consent.v1',
    id: consentId,
    revision: 1,
    previous: null,
    issuer: ORIGIN,
    recipient: {
      organisation: ids.bank,
      client: 'test-bank',
      name: text,
      encryptionKey: keys.bankSeal.publicJwk,
    },
    purpose: { code: 'account-opening', text },
    services: [
      {
        id: 'persons.particulars',
        provider: ids.register,
        fields: ['dateOfBirth', 'nameEn'],
        subject,
      },
    ],
    frequency: { max: 3, per: 'day' },
    retention: 'P180D',
    notBefore: clock().toISOString(),
    expiresAt: new Date(clock().getTime() + 86_400_000).toISOString(),
    notice: { locale: 'en', digest: 'none' },
  });
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
