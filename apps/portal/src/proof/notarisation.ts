import type { NotarisationReceipt, PublicCheck } from '@praya/notary/contract';
import type { NotarisationVerdict } from '@praya/verifier/notarisation';
import type { CheckLine } from './check-list.tsx';
import type { TrustAnchor } from './trust.ts';

export type { PublicCheck };
export type ProvenRecord = NonNullable<NotarisationVerdict['record']>;
export type RecordVerdict = {
  readonly ok: boolean;
  readonly checks: readonly CheckLine[];
  /** all holds but the witnesses, who have not yet cosigned */
  readonly waiting: boolean;
  /** only when everything holds */
  readonly record: ProvenRecord | null;
};

/** What a page says of a record, to be compared with what was signed. */
export type Shown = {
  readonly digest: string | null;
  readonly issuer: string;
  readonly history: readonly { readonly revision: number; readonly state: string }[];
};

export function shownOf(check: PublicCheck): Shown {
  return { digest: check.digest, issuer: check.issuer.id, history: check.history };
}

/** The code that checks, fetched apart from the pages that may never need it. */
export function loadNotarisationVerifier() {
  return import('@praya/verifier/notarisation');
}

/** Checks the receipt of a record in this browser; with what the page shows and the document at hand, those too. */
export async function checkNotarisation(
  receipt: NotarisationReceipt | unknown,
  by: { readonly anchor: TrustAnchor; readonly digest?: string; readonly shown?: Shown },
): Promise<RecordVerdict> {
  const { verifyNotarisation } = await loadNotarisationVerifier();
  const { anchor, digest, shown } = by;
  const verdict = await verifyNotarisation(receipt, { anchor, ...(digest !== undefined && { digest }) });
  const waiting = isWaiting(verdict.checks);
  if (shown === undefined || verdict.record === null) return { ...verdict, waiting };
  const agrees = isShown(verdict.record, shown);
  const line: CheckLine = { name: 'page', ok: agrees, ...(!agrees && { code: 'notarisation.page-wrong' }) };
  const checks = [...verdict.checks, line];
  return { ok: agrees, checks, waiting, record: agrees ? verdict.record : null };
}

function isWaiting(checks: readonly CheckLine[]): boolean {
  const failed = checks.filter(({ ok }) => !ok);
  const [only] = failed;
  return failed.length === 1 && only?.name === 'witnesses' && only.detail === 'receipt.not-witnessed';
}

/** A receipt that holds, but is another record's or ends earlier, proves nothing about what the page says. */
function isShown(record: ProvenRecord, shown: Shown): boolean {
  if (record.digest !== shown.digest || record.issuer.id !== shown.issuer) return false;
  return (
    record.history.length === shown.history.length &&
    record.history.every(
      ({ revision, state }, at) =>
        shown.history[at]?.revision === revision && shown.history[at]?.state === state,
    )
  );
}
