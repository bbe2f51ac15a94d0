import type { Receipt } from '@praya/exchange/contract';
import type { ReceiptVerdict } from '@praya/verifier/receipt';
import { queryOptions } from '@tanstack/react-query';
import { get } from '../api/request.ts';
import { saveFile } from '../parts/save-file.ts';
import type { TrustAnchor } from './trust.ts';

export type Verdict = ReceiptVerdict;

/** The code that checks, fetched apart from the pages that may never need it. */
export function loadVerifier() {
  return import('@praya/verifier/receipt');
}

/** Checks a receipt in this browser, with nothing but the receipt and the anchor. */
export async function checkReceipt(receipt: unknown, anchor: TrustAnchor): Promise<Verdict> {
  const { verifyReceipt } = await loadVerifier();
  return verifyReceipt(receipt, { anchor });
}

/** The same for one act: a receipt that holds, but is another act's, proves nothing about this one. */
export async function checkReceiptOf(act: string, receipt: unknown, anchor: TrustAnchor): Promise<Verdict> {
  const verdict = await checkReceipt(receipt, anchor);
  if (!verdict.ok || verdict.act?.id === act) return verdict;
  return { ok: false, act: null, checks: [{ name: 'shape', ok: false, code: 'receipt.shape-wrong' }] };
}

export function receiptQuery(act: string) {
  return queryOptions({
    queryKey: ['receipt', act],
    queryFn: ({ signal }) => get<Receipt>(`/api/acts/${encodeURIComponent(act)}/receipt`, signal),
    staleTime: 60_000,
  });
}

/** Hands a receipt over as a file. */
export function saveReceipt(receipt: Receipt): void {
  saveFile(`receipt-${receipt.act.id}.json`, JSON.stringify(receipt, null, 2), 'application/json');
}
