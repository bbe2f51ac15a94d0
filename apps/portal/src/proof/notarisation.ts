import type { NotarisationReceipt, PublicCheck } from '@praya/notary/contract';
import type { NotaryRecord } from '@praya/notary/records/contract';
import type { NotarisationVerdict } from '@praya/verifier/notarisation';
import { notarisedStateAt } from '@praya/verifier/notarisation-history';
import type { CheckLine } from './check-list.tsx';
import type { TrustAnchor } from './trust.ts';

export type { PublicCheck };

const CLOCKS_DIFFER_MS = 600_000;

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
  readonly state: string;
  /** when whoever answered said so */
  readonly at: string;
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly digest: string | null;
  readonly issuer: string;
  readonly history: readonly { readonly revision: number; readonly state: string }[];
};

export function shownOf(check: PublicCheck): Shown {
  const { digest, issuer, history, state, checkedAt, validFrom, validUntil } = check;
  return { digest, issuer: issuer.id, history, state, at: checkedAt, validFrom, validUntil };
}

/** The same of a record as its own organisation sees it; it was asked for just now. */
export function shownOfRecord(record: NotaryRecord): Shown {
  const { digest, organisation, history, state, validFrom, validUntil } = record;
  const at = history.at(-1)?.at ?? record.createdAt;
  return { digest, issuer: organisation, history, state, at, validFrom, validUntil };
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

/** A receipt that holds, but is another record's, ends earlier or tells of another state, proves nothing of the page. */
function isShown(record: ProvenRecord, shown: Shown): boolean {
  const { history } = record;
  if (record.digest !== shown.digest || record.issuer.id !== shown.issuer) return false;
  const last = history.at(-1);
  const term =
    isSameInstant(last?.validFrom, shown.validFrom) && isSameInstant(last?.validUntil, shown.validUntil);
  const told = history.every(
    ({ revision, state }, at) =>
      shown.history[at]?.revision === revision && shown.history[at]?.state === state,
  );
  return term && told && history.length === shown.history.length && isStateNow(record, shown);
}

/** Whether the state follows from what was signed: at this moment, or at the one that was named, if it is not long ago. */
function isStateNow({ history }: ProvenRecord, shown: Shown): boolean {
  const now = Date.now();
  const named = Date.parse(shown.at);
  const moments = Math.abs(now - named) < CLOCKS_DIFFER_MS ? [now, named] : [now];
  const until = Date.parse(history.at(-1)?.validUntil ?? '');
  return moments.some((moment) => {
    const stated = notarisedStateAt(history, new Date(moment)) ?? history[0]?.state;
    return (stated === 'active' && until <= moment ? 'expired' : stated) === shown.state;
  });
}

function isSameInstant(signed: string | null | undefined, shown: string | null): boolean {
  if (signed == null || shown === null) return (signed ?? null) === shown;
  return Date.parse(signed) === Date.parse(shown);
}
