import { type Checked, unproven } from './checked.ts';
import { type Check, examine, type Findings } from './checks.ts';
import { verifySign1 } from './cose.ts';
import { type LogKeyOf, logKeysOf, type ReceiptPlace, verifyCoseReceipt } from './cose-receipt.ts';
import { readStatement, type SignedStatement, statementEntry } from './signed-statement.ts';
import { type TrustAnchor, type TrustList, verifyTrustList } from './trust-list.ts';

/** The proofs of a transparent statement. */
export type StatementCheckName = 'shape' | 'trust-list' | 'statement-signature' | 'log-receipt';
export type StatementCheck = Check<'statement', StatementCheckName>;

/** What a transparent statement proves. What it says and where it is stands there only when everything holds. */
export type StatementVerdict = {
  readonly ok: boolean;
  readonly checks: readonly StatementCheck[];
  readonly statement: Pick<SignedStatement, 'issuer' | 'subject' | 'contentType' | 'payload'> | null;
  readonly places: readonly ReceiptPlace[];
};

/**
 * By what a statement is checked: the trust list (JWS) and its anchor, or the keys themselves. `logs` alone leaves
 * the statement's own signature unchecked, and the verdict negative.
 */
export type StatementTrust =
  | { readonly anchor: TrustAnchor; readonly trust: unknown }
  | { readonly issuerKey: unknown; readonly logKeyOf: LogKeyOf };

type Keys = { readonly issuerKeyOf: (statement: SignedStatement) => unknown; readonly logKeyOf: LogKeyOf };

/**
 * Checks a transparent statement offline: its issuer's signature, and each receipt. Never throws.
 *
 * Shape   every receipt must hold; by the trust list, the key is one of purpose `notary` that the header names
 * Errors  none thrown; each check that does not hold says `missing`, `wrong` or `not-checked`
 * Source  RFC 9943, “Validation”
 */
export async function verifyTransparentStatement(
  bytes: Uint8Array,
  by: StatementTrust,
): Promise<StatementVerdict> {
  const findings: Findings<'statement', StatementCheckName> = { document: 'statement', checks: [] };
  const read = readSafely(bytes);
  if (!read.ok) {
    const shape = {
      name: 'shape',
      ok: false,
      code: 'statement.shape-wrong',
      detail: read.refusal.code,
    } as const;
    return { ok: false, checks: [shape], statement: null, places: [] };
  }
  const statement = read.value;
  const keys = await keysBy(findings, by);
  await examine(findings, { name: 'statement-signature', pieces: [], needs: { keys } }, (given) =>
    verifySign1(statement.message, { jwk: given.keys.issuerKeyOf(statement) }),
  );
  const pieces = statement.receipts.length === 0 ? [null] : statement.receipts;
  const places = await examine(findings, { name: 'log-receipt', pieces, needs: { keys } }, (given) =>
    verifyReceipts(statement, given.keys.logKeyOf),
  );
  const { checks } = findings;
  const ok = checks.every((check) => check.ok);
  const { issuer, subject, contentType, payload } = statement;
  return {
    ok,
    checks,
    statement: ok ? { issuer, subject, contentType, payload } : null,
    places: ok ? (places.value ?? []) : [],
  };
}

async function keysBy(findings: Findings<'statement', StatementCheckName>, by: StatementTrust) {
  if (!('anchor' in by)) {
    const keys: Keys = { issuerKeyOf: () => by.issuerKey, logKeyOf: by.logKeyOf };
    return { from: 'shape', value: keys } as const;
  }
  return examine(findings, { name: 'trust-list', pieces: [by.trust], needs: {} }, async () => {
    const trust = await verifyTrustList(by.trust, by.anchor);
    return trust.ok ? { ok: true, value: keysOf(trust.value) } : trust;
  });
}

function keysOf(trust: TrustList): Keys {
  const keys = trust.issuerKeys.filter(({ purpose }) => purpose === 'notary');
  return {
    issuerKeyOf: ({ keyId }) => keys.find(({ kid }) => kid === keyId)?.jwk,
    logKeyOf: logKeysOf(trust.logs),
  };
}

async function verifyReceipts(
  statement: SignedStatement,
  logKeyOf: LogKeyOf,
): Promise<Checked<readonly ReceiptPlace[]>> {
  const entry = await statementEntry(statement);
  const places: ReceiptPlace[] = [];
  for (const receipt of statement.receipts) {
    const place = await verifyCoseReceipt(receipt, { entry, logKeyOf });
    if (!place.ok) return place;
    places.push(place.value);
  }
  return { ok: true, value: places };
}

function readSafely(bytes: Uint8Array): Checked<SignedStatement> {
  try {
    return readStatement(bytes);
  } catch {
    return unproven('verifier.fault');
  }
}
