import type { Check, CheckCode, Proof as ProofOf } from './checks.ts';

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

/** What a check of a receipt says when it does not hold. */
export type ReceiptCode = CheckCode<'receipt', CheckName>;

/** One proof of the receipt. */
export type ReceiptCheck = Check<'receipt', CheckName>;

/** A value that an earlier check of the receipt proved, or the name of that check when it did not. */
export type Proof<T> = ProofOf<T, CheckName>;
