import { newId } from '@praya/kernel/id';
import { signJws } from '@praya/kernel/jws';
import { type FixedClock, fixedClock } from '@praya/kernel/testing';
import { newTestAnchor, newTestKey, type TestKey } from './keys.ts';

export const ORIGIN = 'https://praya.test';
export const NOW = '2026-11-23T02:00:00.000Z';
const FROM = '2026-01-01T00:00:00.000Z';
const UNTIL = '2030-01-01T00:00:00.000Z';

export type ListedKey = {
  kid: string;
  use?: string;
  purpose?: string;
  jwk: object;
  validFrom: string;
  validUntil: string;
  revokedAt: string | null;
};
type ListedOrganisation = {
  id: string;
  kind: string;
  name: object;
  clients: string[];
  connector: string | null;
  keys: ListedKey[];
};

/** The trust list of a city with one bank, the register of persons and another department; a test may bend it. */
export type TestCity = {
  readonly clock: FixedClock;
  readonly anchor: ReturnType<typeof newTestAnchor>;
  readonly keys: Readonly<Record<KeyName, TestKey>>;
  readonly ids: { readonly register: string; readonly bank: string; readonly rates: string };
  readonly list: {
    sequence: number;
    validUntil: string;
    issuerKeys: ListedKey[];
    organisations: ListedOrganisation[];
  };
  /** A platform that serves the list and takes declarations. */
  readonly fetch: typeof fetch;
  readonly declarations: string[];
  /** What the platform answers instead, while it is set. */
  outage: Response | 'unreachable' | null;
  /** Publishes the list as it now is, under the next sequence number; 21 s later everybody knows. */
  publish(): void;
};

type KeyName =
  | 'gateway'
  | 'consent'
  | 'events'
  | 'bankSign'
  | 'bankSeal'
  | 'registerSign'
  | 'registerSeal'
  | 'ratesSign'
  | 'ratesSeal';

const KEY_NAMES: readonly KeyName[] = [
  'gateway',
  'consent',
  'events',
  'bankSign',
  'bankSeal',
  'registerSign',
  'registerSeal',
  'ratesSign',
  'ratesSeal',
];

export function createTestCity(): TestCity {
  const keys = Object.fromEntries(KEY_NAMES.map((name) => [name, newTestKey(`${name}-1`)])) as Record<
    KeyName,
    TestKey
  >;
  const ids = { register: newId('org'), bank: newId('org'), rates: newId('org') };
  const clock = fixedClock(NOW);
  const anchor = newTestAnchor('anchor-1');
  const list = listOf(keys, ids);
  const declarations: string[] = [];
  const city: TestCity = {
    clock,
    anchor,
    keys,
    ids,
    list,
    declarations,
    outage: null,
    fetch: async (input, init) => {
      if (city.outage === 'unreachable') throw new TypeError('fetch failed');
      if (city.outage !== null) return city.outage.clone();
      const headers = new Headers(init?.headers);
      if (String(input).endsWith('/exchange/v1/declarations')) {
        declarations.push(String(init?.body));
        return Response.json([]);
      }
      const etag = `"${list.sequence}"`;
      if (headers.get('if-none-match') === etag) return new Response(null, { status: 304 });
      return new Response(await signedList(city), { headers: { etag } });
    },
    publish: () => {
      list.sequence += 1;
      clock.advance(21_000);
    },
  };
  return city;
}

/** The list as the anchor signs it. */
export function signedList({ anchor, list }: TestCity): Promise<string> {
  const payload = {
    type: 'praya.trust-list.v1',
    issuer: ORIGIN,
    issuedAt: NOW,
    rp: { id: 'praya.test', origins: [ORIGIN] },
    logs: [{ origin: 'praya.test/log', vkey: 'none' }],
    witnessPolicy: '',
    ...list,
  };
  return signJws(anchor.signer, { typ: 'praya-trust-list+jws', payload });
}

function listOf(keys: Record<KeyName, TestKey>, ids: TestCity['ids']): TestCity['list'] {
  const named = (name: KeyName, about: object): ListedKey => ({
    kid: keys[name].kid,
    jwk: keys[name].publicJwk,
    validFrom: FROM,
    validUntil: UNTIL,
    revokedAt: null,
    ...about,
  });
  const organisation = (id: string, kind: string, about: { clients: string[]; keys: ListedKey[] }) => ({
    id,
    kind,
    name: { en: kind, 'zh-Hant': kind, 'zh-Hans': kind },
    connector: kind === 'department' ? 'https://connector.test' : null,
    ...about,
  });
  const pair = (name: 'bank' | 'register' | 'rates') => [
    named(`${name}Sign`, { use: 'sig' }),
    named(`${name}Seal`, { use: 'enc' }),
  ];
  return {
    sequence: 1,
    validUntil: '2026-12-30T00:00:00.000Z',
    issuerKeys: (['gateway', 'consent', 'events'] as const).map((name) => named(name, { purpose: name })),
    organisations: [
      organisation(ids.bank, 'bank', { clients: ['test-bank'], keys: pair('bank') }),
      organisation(ids.register, 'department', { clients: [], keys: pair('register') }),
      organisation(ids.rates, 'department', { clients: [], keys: pair('rates') }),
    ],
  };
}
