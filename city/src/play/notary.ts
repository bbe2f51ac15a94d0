import { createHash } from 'node:crypto';
import type { NotarisationReceipt } from '@praya/notary/contract';
import type { NotaryRecord } from '@praya/notary/records/contract';
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

/** The receipt, once the witnesses have cosigned a checkpoint that holds every statement. */
export async function receiptOf(officer: Browser, id: string): Promise<NotarisationReceipt> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await officer.call<NotarisationReceipt>('GET', `/notary/v1/records/${id}/receipt`);
    } catch (error) {
      const pending = error instanceof PlayError && error.code === 'notary.proof-pending';
      if (!pending || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
