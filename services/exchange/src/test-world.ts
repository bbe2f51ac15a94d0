import { generateKeyPairSync } from 'node:crypto';
import type {
  AuthorizationDetail,
  ConsentEvidence,
  ConsentSurroundings,
  ServiceDescription,
} from '@praya/consent/contract';
import { createFakeConsents, type FakeConsents } from '@praya/consent/fake';
import type { Organisation, OrganisationKey } from '@praya/directory/contract';
import { canonicalJson, digest, sha256, textDigest } from '@praya/kernel/canonical';
import { type Id, newId } from '@praya/kernel/id';
import { claimedPayload, type JwsSigner, signJws } from '@praya/kernel/jws';
import { expectValue, ok, refuse } from '@praya/kernel/result';
import { type FixedClock, fixedClock } from '@praya/kernel/testing';
import { createFakeLedger } from '@praya/ledger/fake';
import type { Exchange } from './contract.ts';
import type { Room } from './service/room.ts';

export const ISSUER = 'https://praya.test';
export const CLIENT = 'harbour-bank';
const DAY_MS = 86_400_000;

const text = (en: string) => ({ en, 'zh-Hant': `${en}（繁）`, 'zh-Hans': `${en}（简）` });
const validity = { validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z', revokedAt: null };

const SCHEMA = { type: 'object', properties: { nameEn: { type: 'string' } }, required: ['nameEn'] };

/** What a connector was sent. */
export type Relayed = {
  readonly url: string;
  readonly relay: Record<string, unknown>;
  readonly request: string | undefined;
  readonly consent: string | undefined;
  readonly state: string | null | undefined;
  readonly subject: string | undefined;
};
type Twist = { claims?: object; payload?: string; signer?: JwsSigner; typ?: string };

/** A small city for the tests of this room. */
export type World = {
  readonly clock: FixedClock;
  readonly bank: Organisation;
  readonly persons: Organisation;
  readonly rates: Organisation;
  readonly alice: Id<'per'>;
  readonly bob: Id<'per'>;
  readonly directory: Room['directory'];
  readonly consents: FakeConsents;
  readonly ledger: ReturnType<typeof createFakeLedger> & { busy: boolean };
  /** what the departments' side does with a call; honest unless a test says otherwise */
  readonly connector: { answer: (relayed: Relayed) => Promise<Response>; calls: Relayed[] };
  readonly fetch: typeof fetch;
  honest(relayed: Relayed, twist?: Twist): Promise<Response>;
  signer(kid: string): JwsSigner;
  /** the record of agreements goes to this exchange once it is there */
  recording: { exchange: Exchange | undefined };
  give(frequency?: AuthorizationDetail['frequency']): Promise<ConsentEvidence>;
  requested(): Promise<Id<'con'>>;
  ask(consentId: string, change?: object, signer?: JwsSigner): Promise<string>;
  declaration(change?: object, signer?: JwsSigner): Promise<string>;
  /** both departments declare what the connectors answer */
  offer(exchange: Pick<Exchange, 'declare'>): Promise<void>;
  signIn(change?: object): object;
};

/** A key pair of an organisation for the year of the tests. */
export function keyPair(kid: string, use: 'sig' | 'enc'): { key: OrganisationKey; signer: JwsSigner } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const jwk = { kty: 'EC', crv: 'P-256', x, y, kid } as const;
  return { key: { kid, use, jwk, ...validity }, signer: { kid, algorithm: 'ES256', privateKey } };
}

/** Something that looks sealed to this key; nobody in this room could open it anyway. */
export function sealedTo(kid: string, content = 'ciphertext'): string {
  const header = { alg: 'ECDH-ES', enc: 'A256GCM', typ: 'praya-data+jwe', kid };
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}..iv.${content}.tag`;
}

function organisation(slug: string, kind: Organisation['kind'], change: Partial<Organisation>): Organisation {
  const id = newId('org');
  return {
    id,
    slug,
    kind,
    name: text(slug),
    clients: [],
    connector: null,
    keys: [],
    suspendedAt: null,
    ...change,
  };
}

/** A fresh city at noon of 1 June 2026. */
export function createWorld(change: Partial<ConsentSurroundings> = {}): World {
  const clock = fixedClock('2026-06-01T04:00:00.000Z');
  const pairs = {
    'bank-sig': keyPair('bank-sig', 'sig'),
    'bank-enc': keyPair('bank-enc', 'enc'),
    'persons-sig': keyPair('persons-sig', 'sig'),
    'rates-sig': keyPair('rates-sig', 'sig'),
  };
  const signer = (kid: string) => {
    const pair = pairs[kid as keyof typeof pairs];
    if (pair === undefined) throw new Error(`No key ${kid}`);
    return pair.signer;
  };
  const department = (slug: string) =>
    organisation(slug, 'department', {
      connector: { url: `http://${slug}.test`, registrar: false },
      keys: [pairs[`${slug}-sig` as keyof typeof pairs].key],
    });
  const registration = (clientId: string) => ({
    clientId,
    redirectUris: ['https://bank.test/callback'],
    purposes: ['account-opening'],
    eventsUri: null,
  });
  const bank = organisation('bank', 'bank', {
    keys: [pairs['bank-sig'].key, pairs['bank-enc'].key],
    clients: [registration(CLIENT)],
  });
  const [persons, rates] = [department('persons'), department('rates')];
  const directory = directoryOf([bank, persons, rates]);
  const [alice, bob] = [newId('per'), newId('per')];
  const recording: World['recording'] = { exchange: undefined };
  const consents = consentsOf({ directory, clock, recording, services: servicesOf(persons, rates), change });
  const ledger = busyLedger();
  const honest = honestConnector({ clock, signer, persons, rates });
  const connector: World['connector'] = { answer: (relayed) => honest(relayed), calls: [] };
  const requested = async (frequency: AuthorizationDetail['frequency'] = { max: 5, per: 'day' }) => {
    const detail = detailOf({ clock, frequency, encryption_key: pairs['bank-enc'].key.jwk });
    return expectValue(await consents.request({ clientId: CLIENT, detail, handle: crypto.randomUUID() })).id;
  };
  return {
    ...{ clock, bank, persons, rates, alice, bob, directory, consents, ledger, connector, honest, signer },
    ...{ recording, ...signing({ clock, signer, persons, rates }) },
    fetch: fetchOf(connector),
    requested: async () => {
      const id = await requested();
      expectValue(await consents.open({ id, personId: alice }));
      return id;
    },
    give: async (frequency) => agree(consents, { id: await requested(frequency), personId: alice }),
  };
}

async function agree(consents: FakeConsents, about: { id: Id<'con'>; personId: Id<'per'> }) {
  expectValue(await consents.open(about));
  const notice = { locale: 'en', digest: 'n'.repeat(43) };
  const { document } = expectValue(await consents.prepare({ ...about, optional: {}, notice }));
  const response = sha256(canonicalJson(document)).toString('base64url');
  return expectValue(await consents.agree({ ...about, document, response }));
}

function detailOf(about: Pick<AuthorizationDetail, 'frequency' | 'encryption_key'> & { clock: FixedClock }) {
  const { clock, ...detail } = about;
  return {
    type: 'praya_consented_data',
    services: [
      { id: 'persons.identity', required: ['nameEn', 'dateOfBirth'], optional: ['sex'] },
      { id: 'rates.address', required: ['address'], optional: [] },
    ],
    purpose: 'account-opening',
    expires_at: new Date(clock().getTime() + 30 * DAY_MS).toISOString(),
    retention: 'P180D',
    ...detail,
  };
}

function servicesOf(persons: Organisation, rates: Organisation): ServiceDescription[] {
  const fields = (...names: string[]) => names.map((name) => ({ name, title: text(name) }));
  return [
    {
      id: 'persons.identity',
      provider: persons.id,
      title: text('Identity'),
      fields: fields('nameEn', 'dateOfBirth', 'sex'),
    },
    { id: 'rates.address', provider: rates.id, title: text('Address'), fields: fields('address') },
  ];
}

function consentsOf(about: {
  directory: Room['directory'];
  clock: FixedClock;
  recording: World['recording'];
  services: ServiceDescription[];
  change: Partial<ConsentSurroundings>;
}): FakeConsents {
  const template = {
    code: 'account-opening',
    text: text('Open an account'),
    fields: { 'persons.identity': ['nameEn', 'dateOfBirth', 'sex'], 'rates.address': ['address'] },
    maxPerDay: 100,
    maxLifeDays: 90,
    maxRetentionDays: 180,
  };
  const assertion = {
    credentialId: 'Y3JlZA',
    publicKey: {},
    clientDataJSON: '',
    authenticatorData: '',
    signature: '',
  };
  return createFakeConsents({
    issuer: ISSUER,
    now: about.clock,
    directory: { ...about.directory, purpose: async () => ok(template) },
    surroundings: {
      services: async (ids) => about.services.filter(({ id }) => ids.includes(id)),
      sealSubjects: async ({ consentId, providers }) =>
        ok(Object.fromEntries(providers.map((provider) => [provider, `subject.${provider}.${consentId}`]))),
      verifyAssertion: async () => ok(assertion),
      record: async (act) => about.recording.exchange?.recordConsent(act),
      ...about.change,
    },
  });
}

function directoryOf(organisations: Organisation[]): Room['directory'] {
  return {
    organisation: async (id) => {
      const found = organisations.find((one) => one.id === id);
      return found === undefined ? refuse('directory.organisation-unknown') : ok(found);
    },
    organisationOfClient: async (id) => {
      const found = organisations.find((one) => one.clients.some(({ clientId }) => clientId === id));
      return found === undefined ? refuse('directory.client-unknown') : ok(found);
    },
    trustList: async () => 'trust.list.jws',
  };
}

function busyLedger(): World['ledger'] {
  const ledger = createFakeLedger();
  const append = ledger.append.bind(ledger);
  const world: World['ledger'] = {
    ...ledger,
    busy: false,
    append: async (commitment) => (world.busy ? refuse('ledger.busy') : append(commitment)),
  };
  return world;
}

function fetchOf(connector: World['connector']): typeof fetch {
  return async (url, init) => {
    const { relay, ...body } = JSON.parse(String(init?.body));
    const relayed = { url: String(url), relay: claimedPayload(relay), ...body } as Relayed;
    connector.calls.push(relayed);
    return connector.answer(relayed);
  };
}

function honestConnector(about: Pick<World, 'clock' | 'signer' | 'persons' | 'rates'>): World['honest'] {
  return async (relayed, twist = {}) => {
    const isPreview = relayed.url.endsWith('/previews');
    const slug = relayed.url.startsWith('http://persons') ? 'persons' : 'rates';
    const payload = twist.payload ?? sealedTo('bank-enc');
    const claims = {
      iss: about[slug].id,
      act: relayed.relay.act,
      schema_digest: digest(SCHEMA),
      payload_digest: textDigest(payload),
      iat: Math.floor(about.clock().getTime() / 1000),
      ...(isPreview ? previewed(relayed) : exchanged(relayed)),
      ...twist.claims,
    };
    const typ = twist.typ ?? (isPreview ? 'praya-preview-response+jws' : 'praya-data-response+jws');
    const response = await signJws(twist.signer ?? about.signer(`${slug}-sig`), { typ, payload: claims });
    return Response.json({ response, payload });
  };
}

function exchanged(relayed: Relayed): object {
  const { consent } = claimedPayload(relayed.consent ?? '') as { consent: ConsentEvidence['document'] };
  const request = claimedPayload(relayed.request ?? '') as { service: string };
  const granted = consent.services.find(({ id }) => id === request.service);
  return {
    aud: consent.recipient.client,
    consent: consent.id,
    consent_digest: digest(consent),
    service: request.service,
    request_digest: textDigest(relayed.request ?? ''),
    subject_digest: textDigest(granted?.subject ?? ''),
    fields: granted?.fields,
  };
}

function previewed({ relay }: Relayed): object {
  const { consent, service, fields, subject_digest } = relay;
  return { consent, service, fields, subject_digest };
}

const offered = (id: string) => ({
  id,
  title: text('Identity'),
  description: text('Who a resident is'),
  fields: [{ name: 'nameEn', title: text('Name'), schema: { type: 'string' } }],
  schema: SCHEMA,
  schemaDigest: digest(SCHEMA),
});

/** The description of `persons.identity` that the department declares. */
export const OFFER = offered('persons.identity');

function signing(about: Pick<World, 'clock' | 'signer' | 'persons' | 'rates'>) {
  const { clock, signer, persons, rates } = about;
  const seconds = () => Math.floor(clock().getTime() / 1000);
  const declaration: World['declaration'] = (change = {}, by = signer('persons-sig')) => {
    const services = [OFFER];
    const payload = { iss: persons.id, iat: seconds(), services, ...change };
    return signJws(by, { typ: 'praya-declaration+jws', payload });
  };
  return {
    ask: (consentId: string, change: object = {}, by: JwsSigner = signer('bank-sig')) =>
      signJws(by, {
        typ: 'praya-data-request+jws',
        payload: {
          iss: CLIENT,
          aud: `${ISSUER}/exchange/v1`,
          jti: crypto.randomUUID(),
          iat: seconds(),
          exp: seconds() + 60,
          consent_id: consentId,
          service: 'persons.identity',
          ...change,
        },
      }),
    declaration,
    offer: async (exchange: Pick<Exchange, 'declare'>) => {
      expectValue(await exchange.declare(await declaration()));
      const change = { iss: rates.id, services: [offered('rates.address')] };
      expectValue(await exchange.declare(await declaration(change, signer('rates-sig'))));
    },
    signIn: (change: object = {}) => ({
      statement: {
        type: 'praya.sign-in.v1',
        issuer: ISSUER,
        nonce: 'n',
        at: clock().toISOString(),
        previewKey: { kty: 'EC' },
        ...change,
      },
      assertion: {},
    }),
  };
}
