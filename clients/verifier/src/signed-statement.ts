import { type Bytes, concat, textOf } from './bytes.ts';
import { type CborValue, cborBytes, isCborArray, isCborBytes } from './cbor.ts';
import { type Checked, proven, unproven } from './checked.ts';
import { claimsOf, LABEL, readSign1, type Sign1 } from './cose.ts';
import { sha256 } from './digest.ts';

/** A Signed Statement taken apart, its signature not checked: who says what about which subject. */
export type SignedStatement = {
  readonly message: Sign1;
  readonly issuer: string;
  readonly subject: string;
  /** null where the header names no key, or one whose name is not UTF-8 */
  readonly keyId: string | null;
  readonly contentType: string | number | null;
  readonly payload: Bytes;
  /** the COSE Receipts in its unprotected header: with one or more it is a Transparent Statement */
  readonly receipts: readonly Bytes[];
};

const MOST_RECEIPTS = 16;

/**
 * Takes a Signed or a Transparent Statement apart.
 *
 * Errors  those of readSign1, statement.malformed (no issuer, no subject, a detached payload, receipts that are none)
 * Source  RFC 9943, “Signed Statements”, “Transparent Statements”
 */
export function readStatement(bytes: Uint8Array): Checked<SignedStatement> {
  const message = readSign1(bytes);
  if (!message.ok) return message;
  const { header, unprotected, payload } = message.value;
  const { issuer, subject } = claimsOf(message.value);
  const receipts = receiptsIn(unprotected.get(LABEL.receipts));
  if (!issuer || !subject || payload === null || receipts === null) return unproven('statement.malformed');
  const contentType = header.get(LABEL.contentType) ?? null;
  if (contentType !== null && typeof contentType !== 'string' && typeof contentType !== 'number') {
    return unproven('statement.malformed');
  }
  const keyId = header.get(LABEL.keyId);
  return proven({
    message: message.value,
    issuer,
    subject,
    keyId: isCborBytes(keyId) ? textOf(keyId) : null,
    contentType,
    payload,
    receipts,
  });
}

/**
 * What a log keeps of a statement, whichever receipts it carries.
 *
 * Shape   SHA-256 of the tagged COSE_Sign1 with an empty unprotected header, 32 bytes
 */
export function statementEntry({ message }: SignedStatement): Promise<Bytes> {
  const { protectedBytes, payload, signature } = message;
  return sha256(
    concat(
      Uint8Array.of(0xd2, 0x84),
      cborBytes(protectedBytes),
      Uint8Array.of(0xa0),
      cborBytes(payload ?? new Uint8Array()),
      cborBytes(signature),
    ),
  );
}

function receiptsIn(value: CborValue | undefined): readonly Bytes[] | null {
  if (value === undefined) return [];
  if (!isCborArray(value) || value.length === 0 || value.length > MOST_RECEIPTS) return null;
  const receipts = value.filter((one) => isCborBytes(one));
  return receipts.length === value.length ? receipts : null;
}
