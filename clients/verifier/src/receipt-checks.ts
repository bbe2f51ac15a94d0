import { type Checked, unproven, type VerifierCode } from './checked.ts';

/** The proofs of a receipt. `shape` is named only when what was given is no receipt at all. */
export type CheckName =
  | 'shape'
  | 'trust-list'
  | 'consent-signature'
  | 'citizen-signature'
  | 'state-chain'
  | 'request-signature'
  | 'provider-signature'
  | 'response-binds-consent'
  | 'commitment'
  | 'inclusion-proof'
  | 'log-signature'
  | 'witnesses';

/** What a check says when it does not hold; `not-checked` when a piece that it leans on does not hold. */
export type ReceiptCode = `receipt.${CheckName}-${'missing' | 'wrong' | 'not-checked'}`;

/** One proof of the receipt. `detail` is the reason of `wrong`, or the check that `not-checked` leans on. */
export type ReceiptCheck = {
  readonly name: CheckName;
  readonly ok: boolean;
  readonly code?: ReceiptCode;
  readonly detail?: VerifierCode | CheckName;
};

/** A value that an earlier check proved, or the name of that check when it did not. */
export type Proof<T> = { readonly from: CheckName; readonly value: T | null };

type Needs = { readonly [name: string]: Proof<unknown> };
type Given<N extends Needs> = { readonly [K in keyof N]: NonNullable<N[K]['value']> };

/** Runs one check, writes down how it went, and answers what it proved. A fault counts as wrong. */
export async function examine<T, N extends Needs>(
  checks: ReceiptCheck[],
  about: { readonly name: CheckName; readonly pieces: readonly unknown[]; readonly needs: N },
  run: (given: Given<N>) => Promise<Checked<T>>,
): Promise<Proof<T>> {
  const { name, pieces, needs } = about;
  const nothing = { from: name, value: null };
  if (pieces.some((piece) => piece === null || piece === undefined)) {
    checks.push({ name, ok: false, code: `receipt.${name}-missing` });
    return nothing;
  }
  const unmet = Object.values(needs).find(({ value }) => value === null);
  if (unmet !== undefined) {
    checks.push({ name, ok: false, code: `receipt.${name}-not-checked`, detail: unmet.from });
    return nothing;
  }
  const given = Object.fromEntries(Object.entries(needs).map(([need, { value }]) => [need, value]));
  const answer = await withoutFault(() => run(given as Given<N>));
  if (!answer.ok) {
    checks.push({ name, ok: false, code: `receipt.${name}-wrong`, detail: answer.refusal.code });
    return nothing;
  }
  checks.push({ name, ok: true });
  return { from: name, value: answer.value };
}

async function withoutFault<T>(run: () => Promise<Checked<T>>): Promise<Checked<T>> {
  try {
    return await run();
  } catch {
    return unproven('verifier.fault');
  }
}
