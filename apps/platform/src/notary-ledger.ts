import type { Keyring } from '@praya/kernel/keyring';
import { ok } from '@praya/kernel/result';
import { createCoseReceipts } from '@praya/ledger/cose-receipts';
import type { LedgerRoom } from '@praya/ledger/service';
import { NOTARY_TENANT } from '@praya/notary/contract';
import type { NotaryLedger } from '@praya/notary/service';

/** What strangers know logs by. They know the notary's from the first trust list on. */
export async function identitiesOf(ledger: LedgerRoom): ReturnType<LedgerRoom['identities']> {
  await ledger.open(NOTARY_TENANT);
  return ledger.identities();
}

/** The ledger as the notary asks it, with COSE Receipts by the logs' own keys. */
export function forNotary(ledger: LedgerRoom, signerOf: (origin: string) => Keyring): NotaryLedger {
  const receipts = createCoseReceipts({ signerOf });
  return {
    sequence: (entries, tenant) => ledger.sequence(entries, tenant),
    proofOf: (place) => ledger.proofOf(place),
    open: (tenant, owner) => ledger.open(tenant, owner),
    coseReceipt: async (place) => {
      const proof = await ledger.proofOf(place);
      return proof.ok ? ok(await receipts.receiptOf(proof.value)) : proof;
    },
  };
}
