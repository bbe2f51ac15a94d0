import { createHash } from 'node:crypto';
import { createFakeDirectory } from '@praya/directory/fake';
import type { Clock } from '@praya/kernel/clock';
import type { DatabasePool } from '@praya/kernel/database';
import type { Id } from '@praya/kernel/id';
import { createKeyring, type Keyring } from '@praya/kernel/keyring';
import { createLog } from '@praya/kernel/log';
import { testMasterKey } from '@praya/kernel/testing';
import { createLedger, logKeyLifetimes } from '@praya/ledger/service';
import type { Actor } from '@praya/notary/contract';
import type { NewRecord } from '@praya/notary/records/contract';
import { createNotary, type NotaryNeeds, notaryJobs } from '@praya/notary/service';

const ORGANISATION = 'org_0198c0de-7e57-7000-8000-000000000001' as Id<'org'>;

/** The notary and the ledger as one process has them, on databases that other processes have too. */
export function openNotaryOffice(about: {
  open(room: 'notary' | 'ledger'): DatabasePool;
  readonly now: Clock;
  readonly faults?: NonNullable<NotaryNeeds['faults']>;
}) {
  const { now } = about;
  const pools = { notary: about.open('notary'), ledger: about.open('ledger') };
  const ring = (purpose: string, room: 'notary' | 'ledger'): Keyring =>
    createKeyring({
      db: pools[room],
      masterKey: testMasterKey,
      room,
      purpose,
      algorithm: room === 'ledger' ? 'EdDSA' : 'ES256',
      now,
      ...(room === 'ledger' ? { lifetimes: logKeyLifetimes } : {}),
    });
  const ledger = createLedger({
    db: pools.ledger,
    now,
    host: 'praya.test',
    signerOf: (origin) => ring(`log:${origin}`, 'ledger'),
    log: createLog(
      { service: 'notary', level: 'warn' },
      { write: (line) => void process.stderr.write(line) },
    ),
  });
  const name = { en: 'Works', 'zh-Hant': '工程署', 'zh-Hans': '工程署' };
  const organisations = [{ id: ORGANISATION, slug: 'works', kind: 'department', name }] as const;
  const needs: NotaryNeeds = {
    db: pools.notary,
    now,
    directory: createFakeDirectory({ city: { purposes: [], organisations }, now }),
    ledger: {
      sequence: (entries, tenant) => ledger.sequence(entries, tenant),
      proofOf: (place) => ledger.proofOf(place),
      open: (tenant, owner) => ledger.open(tenant, owner),
      coseReceipt: async () => ({ ok: false, refusal: { code: 'ledger.unavailable' } }),
    },
    signer: ring('notary', 'notary'),
    origin: 'https://praya.test',
    ...(about.faults === undefined ? {} : { faults: about.faults }),
  };
  const jobs = notaryJobs(needs);
  const attempt = { jobId: '1', attempt: 1, maxAttempts: 1, signal: new AbortController().signal };
  const actor: Actor = {
    organisation: ORGANISATION,
    by: { person: 'per_0198c0de-7e57-7000-8000-000000000001' as Id<'per'> },
  };
  return {
    notary: createNotary(needs),
    ledger,
    actor,
    file: (title: string): NewRecord => ({
      kind: 'file',
      title,
      digest: createHash('sha256').update(title).digest('base64url'),
    }),
    finish: () => jobs['notary.finish']?.({}, attempt),
    workThrough: (id: string) => jobs['notary.bulk']?.({ id }, attempt),
    close: async () => {
      await ledger.stop();
      await Promise.all([pools.notary.end({ timeout: 1 }), pools.ledger.end({ timeout: 1 })]);
    },
  };
}
