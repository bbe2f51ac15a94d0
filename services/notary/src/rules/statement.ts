import { canonicalJson, sha256 } from '@praya/kernel/canonical';
import type { CoseSigner } from '@praya/scitt/cose-sign1';
import { signStatement } from '@praya/scitt/statement';
import type { RecordId, RecordKind, StatedState } from '../records/contract.ts';

/** What a statement says. Names, titles and references are never in it. */
export type StatementContent = {
  readonly type: 'praya.notarisation.v1';
  readonly issuer: string;
  readonly record: RecordId;
  readonly revision: number;
  readonly previous: string | null;
  readonly kind: RecordKind;
  readonly digest: string;
  readonly state: StatedState;
  readonly reason: string | null;
  readonly at: string;
  readonly effectiveFrom: string | null;
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly salt: string;
};

/** A statement, signed: the digest of what it says, its bytes, and what of them is on the log. */
export type SignedStatement = {
  readonly digest: string;
  readonly statement: Uint8Array;
  readonly entry: Uint8Array;
};

const SALT_BYTES = 32;

/**
 * Signs a statement in the name of an organisation.
 *
 * Shape   COSE_Sign1 over the canonical JSON; the entry is the SHA-256 of its bytes, and the salt makes that a commitment
 * Source  RFC 9943, RFC 8785
 */
export function signed(content: StatementContent, signingKey: CoseSigner): SignedStatement {
  const payload = Buffer.from(canonicalJson(content));
  const about = { signingKey, payload, issuer: content.issuer, subject: content.record };
  const statement = signStatement(about);
  return { digest: sha256(payload).toString('base64url'), statement, entry: sha256(statement) };
}

/** A salt that nobody has seen. */
export function newSalt(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(SALT_BYTES))).toString('base64url');
}
