import { createHash } from 'node:crypto';
import type { NotarisationReceipt } from '@praya/notary/contract';
import type { NotaryRecord } from '@praya/notary/records/contract';
import { verifyNotarisation } from '@praya/verifier/notarisation';
import type { TrustAnchor } from '@praya/verifier/trust-list';
import { type Browser, PlayError } from './browser.ts';

const PATIENCE_MS = 20_000;
const PAUSE_MS = 100;

/** What the page does with a document before anything leaves the machine. Shape: SHA-256, base64url. */
export function digestOf(document: Uint8Array): string {
  return createHash('sha256').update(document).digest('base64url');
}

/** An officer notarises a document: its hash and its title leave her machine, the document does not. */
export function notariseFile(
  officer: Browser,
  about: { readonly title: string; readonly document: Uint8Array },
): Promise<NotaryRecord> {
  return officer.call<NotaryRecord>('POST', '/notary/v1/records', {
    kind: 'file',
    title: about.title,
    digest: digestOf(about.document),
  });
}

/** She suspends, reinstates or revokes. */
export function changeRecord(
  officer: Browser,
  about: { readonly id: string; readonly to: 'suspended' | 'active' | 'revoked'; readonly reason: string },
): Promise<NotaryRecord> {
  const { id, to, reason } = about;
  return officer.call<NotaryRecord>('POST', `/notary/v1/records/${id}/state`, { to, reason });
}

/**
 * The receipt, once the witnesses have cosigned a checkpoint that holds every statement: before that it is still to come,
 * or has a proof that the log alone has signed.
 */
export async function witnessedReceipt(
  officer: Browser,
  about: { readonly id: string; readonly anchor: TrustAnchor },
): Promise<NotarisationReceipt> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const receipt = await receiptNow(officer, about.id);
    if (receipt !== null && (await isWitnessed(receipt, about.anchor))) return receipt;
    if (Date.now() > deadline) throw new Error(`The witnesses have not cosigned in ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function receiptNow(officer: Browser, id: string): Promise<NotarisationReceipt | null> {
  try {
    return await officer.call<NotarisationReceipt>('GET', `/notary/v1/records/${id}/receipt`);
  } catch (error) {
    if (error instanceof PlayError && error.code === 'notary.proof-pending') return null;
    throw error;
  }
}

async function isWitnessed(receipt: NotarisationReceipt, anchor: TrustAnchor): Promise<boolean> {
  const { checks } = await verifyNotarisation(receipt, { anchor });
  return checks.every(({ ok, name }) => ok || name !== 'witnesses');
}
