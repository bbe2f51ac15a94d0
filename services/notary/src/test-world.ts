import { createHash } from 'node:crypto';
import type { Directory } from '@praya/directory/contract';
import { createFakeDirectory } from '@praya/directory/fake';
import type { Id } from '@praya/kernel/id';
import { fakeKeyring } from '@praya/kernel/keyring/fake';
import { expectValue, ok, type Result } from '@praya/kernel/result';
import { type FixedClock, fixedClock } from '@praya/kernel/testing';
import { createFakeLedger } from '@praya/ledger/fake';
import type { TrustAnchor } from '@praya/verifier/trust-list';
import { type Actor, NOTARY_TENANT, type Notary } from './contract.ts';
import type { NewRecord, NotaryRecord } from './records/contract.ts';
import type { NotaryLedger, Place } from './service/room.ts';

/** Everything around the notary in a test: two departments, a bank, a log, a clock that stands still. */
export type World = {
  readonly clock: FixedClock;
  readonly directory: Directory;
  readonly ledger: NotaryLedger;
  readonly signer: ReturnType<typeof fakeKeyring>;
  readonly works: Actor;
  readonly otherOfWorks: Actor;
  readonly program: Actor;
  readonly harbour: Actor;
  readonly bank: Actor;
  /** entries by the log's tenant, in order */
  entries(tenant?: string): readonly Uint8Array[];
  /** while it answers a code, the ledger refuses with it */
  refuseWith(code: string | null): void;
  /** while false, no proof is published */
  publish(is: boolean): void;
  anchor(): Promise<TrustAnchor>;
};

export const NOW = '2026-11-23T04:00:00.000Z';
export const ORIGIN = 'https://praya.test';

const numbered = <P extends string>(prefix: P, n: number) =>
  `${prefix}_0198c0de-7e57-7000-8000-${String(n).padStart(12, '0')}` as Id<P>;

const named = (en: string, zh: string) => ({ en, 'zh-Hant': zh, 'zh-Hans': zh });

/** A new world. */
export async function createWorld(): Promise<World> {
  const clock = fixedClock(NOW);
  const signer = fakeKeyring({ now: () => new Date('2026-01-01T00:00:00Z'), kid: 'notary-1' });
  const logs = createFakeLedger({ host: 'praya.test' });
  for (const tenant of [NOTARY_TENANT, 'harbour']) expectValue(await logs.open(tenant));
  const organisations = [
    { id: numbered('org', 1), slug: 'works', kind: 'department', name: named('Works Department', '工程署') },
    { id: numbered('org', 2), slug: 'harbour', kind: 'department', name: named('Harbour Office', '海港署') },
    { id: numbered('org', 3), slug: 'bank', kind: 'bank', name: named('Bank', '銀行') },
  ] as const;
  const directory = createFakeDirectory({
    city: { purposes: [], organisations },
    now: clock,
    issuerKeys: async () =>
      (await signer.published()).map(({ kid, jwk, validFrom, validUntil }) => ({
        kid,
        purpose: 'notary' as const,
        jwk,
        validFrom: validFrom.toISOString(),
        validUntil: validUntil.toISOString(),
        revokedAt: null,
      })),
    logs: (await logs.identities()).logs,
  });
  const { ledger, entries, ...moods } = watched(logs);
  return {
    clock,
    directory,
    signer,
    ledger,
    entries,
    ...moods,
    works: { organisation: organisations[0].id, by: { person: numbered('per', 1) } },
    otherOfWorks: { organisation: organisations[0].id, by: { person: numbered('per', 2) } },
    program: { organisation: organisations[0].id, by: { client: 'works-programs' } },
    harbour: { organisation: organisations[1].id, by: { person: numbered('per', 3) } },
    bank: { organisation: organisations[2].id, by: { person: numbered('per', 4) } },
    anchor: async () => (await directory.trustAnchor()) as unknown as TrustAnchor,
  };
}

function watched(logs: ReturnType<typeof createFakeLedger>) {
  const seen = new Map<string, Map<string, Uint8Array>>();
  let refusal: string | null = null;
  let published = true;
  const refused = <T>(code: string): Result<T> => ({ ok: false, refusal: { code } });
  const ledger: NotaryLedger = {
    sequence: async (entries, tenant) => {
      if (refusal !== null) return refused(refusal);
      const placed = await logs.sequence(entries, tenant);
      const kept = seen.get(tenant) ?? new Map<string, Uint8Array>();
      if (placed.ok)
        for (const [at, place] of placed.value.entries())
          kept.set(nameOf(place), entries[at] ?? new Uint8Array());
      seen.set(tenant, kept);
      return placed;
    },
    proofOf: async (place) => (published ? logs.proofOf(place) : refused('ledger.index-out-of-range')),
    open: (tenant, owner) => logs.open(tenant, owner),
    coseReceipt: async () => (published ? ok(Uint8Array.of(0x40)) : refused('ledger.index-out-of-range')),
  };
  return {
    ledger,
    entries: (tenant = NOTARY_TENANT) => [...(seen.get(tenant)?.values() ?? [])],
    refuseWith: (code: string | null) => {
      refusal = code;
    },
    publish: (is: boolean) => {
      published = is;
    },
  };
}

function nameOf({ origin, index }: Place): string {
  return `${origin} ${index}`;
}

/** The digest of a document. */
export function digestOf(document: string): string {
  return createHash('sha256').update(document).digest('base64url');
}

/** A file to notarise. */
export function aFile(over: Partial<NewRecord> = {}): NewRecord {
  return { kind: 'file', title: 'Permit 17', digest: digestOf('permit 17'), ...over };
}

/** A record that is notarised. */
export async function given(
  notary: Notary,
  actor: Actor,
  over: Partial<NewRecord> = {},
): Promise<NotaryRecord> {
  return expectValue(await notary.record(actor, aFile(over)));
}
