import { organisations } from '@praya/city/organisations';
import type { Organisation } from '@praya/directory/contract';
import { type Cast, createCast } from '../../../clients/verifier/src/testing/receipt-builder.ts';
import { createTestWitnesses } from '../../../clients/verifier/src/testing/test-witnesses.ts';
import { createPretendedLog, type PretendedLog } from './pretended-log.ts';
import { newKey, type SigningKey } from './signing.ts';

export const ORIGIN = 'http://localhost:8232';

const LONG_AGO = '2025-01-01T00:00:00Z';
const FAR_OFF = '2036-01-01T00:00:00Z';

type Slug = keyof typeof organisations;

/** The ids under which the pretended server knows the city's organisations. */
export const IDS = {
  platform: 'org_01980000-0000-7000-8000-000000000001',
  persons: 'org_01980000-0000-7000-8000-000000000002',
  rates: 'org_01980000-0000-7000-8000-000000000003',
  companies: 'org_01980000-0000-7000-8000-000000000004',
  bank: 'org_01980000-0000-7000-8000-000000000005',
} as const satisfies Record<Slug, string>;

const CLIENTS: Partial<Record<Slug, readonly string[]>> = { bank: ['lantern-bay-bank'] };

export type Party = {
  readonly slug: Slug;
  readonly id: string;
  readonly signing: SigningKey;
  readonly sealing: SigningKey;
};
export type Parties = {
  readonly all: Readonly<Record<Slug, Party>>;
  readonly cast: Cast;
  readonly anchor: { readonly kid: string; readonly jwk: object; readonly fingerprint: string };
  readonly trustList: string;
  readonly logs: readonly PretendedLog[];
  /** as the trust list has them */
  readonly organisations: readonly object[];
};

async function partyOf(slug: Slug): Promise<Party> {
  const signing = await newKey(`${slug}-sig`, 'ES256');
  const sealing = await newKey(`${slug}-enc`, 'ECDH-ES');
  return { slug, id: IDS[slug], signing, sealing };
}

function keyEntry(key: SigningKey, use: 'sig' | 'enc') {
  return { kid: key.kid, use, jwk: key.publicJwk, validFrom: LONG_AGO, validUntil: FAR_OFF, revokedAt: null };
}

function trustedOrganisation({ slug, id, signing, sealing }: Party) {
  const { kind, name } = organisations[slug];
  const keys = [keyEntry(signing, 'sig'), keyEntry(sealing, 'enc')];
  return { id, kind, name, clients: CLIENTS[slug] ?? [], connector: null, keys };
}

/** A policy that asks for two of these. */
function twoOf(vkeys: readonly string[]): string {
  const lines = vkeys.map((vkey, at) => `witness w${at} ${vkey}\n`).join('');
  return `${lines}group two 2 ${vkeys.map((_, at) => `w${at}`).join(' ')}\nquorum two\n`;
}

/** The city's organisations with fresh keys, and the trust list that names them. */
export async function createParties(): Promise<Parties> {
  const all = {
    platform: await partyOf('platform'),
    persons: await partyOf('persons'),
    rates: await partyOf('rates'),
    companies: await partyOf('companies'),
    bank: await partyOf('bank'),
  };
  const cast = await createCast();
  const witnesses = await createTestWitnesses(3);
  const logs = [
    createPretendedLog({ host: 'localhost', tenant: 'evidence', shard: '2026h2', size: 700 }, witnesses),
    createPretendedLog({ host: 'localhost', tenant: 'notary', shard: '2026h2', size: 181 }, witnesses),
    createPretendedLog({ host: 'localhost', tenant: 'evidence', shard: '2026h1', size: 1 }, witnesses),
    createPretendedLog({ host: 'localhost', tenant: 'rates', shard: '2026h2', size: 0 }, witnesses),
  ];
  const trusted = Object.values(all).map(trustedOrganisation);
  const list = {
    type: 'praya.trust-list.v1',
    issuer: ORIGIN,
    sequence: 7,
    issuedAt: new Date().toISOString(),
    validUntil: FAR_OFF,
    rp: { id: 'localhost', origins: [ORIGIN] },
    logs: logs.map(({ origin, vkey }) => ({ origin, vkey })),
    witnessPolicy: twoOf(witnesses.vkeys),
    issuerKeys: [],
    organisations: trusted,
  };
  const trustList = await cast.anchor.sign('praya-trust-list+jws', list);
  const { kid, jwk } = cast.anchor;
  return { all, cast, trustList, logs, organisations: trusted, anchor: { kid, jwk, fingerprint: kid } };
}

/** An organisation as the directory's pages get it. */
export function directoryEntry(party: Party): Organisation {
  const { slug, name, kind } = organisations[party.slug];
  const client = {
    clientId: 'lantern-bay-bank',
    redirectUris: ['http://localhost:8090/callback'],
    purposes: ['account-opening'],
    eventsUri: 'http://localhost:8090/events',
  };
  const key = (made: SigningKey, use: 'sig' | 'enc') => ({
    ...keyEntry(made, use),
    jwk: {
      kty: 'EC' as const,
      crv: 'P-256' as const,
      x: made.publicJwk.x ?? '',
      y: made.publicJwk.y ?? '',
      kid: made.kid,
    },
  });
  return {
    id: party.id as Organisation['id'],
    slug,
    kind,
    name,
    clients: party.slug === 'bank' ? [client] : [],
    connector:
      kind === 'department' ? { url: 'http://localhost:8081', registrar: party.slug === 'persons' } : null,
    keys: [key(party.signing, 'sig'), key(party.sealing, 'enc')],
    suspendedAt: null,
  };
}
