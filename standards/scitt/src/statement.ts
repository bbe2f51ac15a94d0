import { encodeCbor, joinBytes } from './cbor.ts';
import { CLAIM, type CoseSigner, encodeSign1, HEADER, protectedHeader, signSign1 } from './cose-sign1.ts';

/** The tag of COSE_Sign1 and the head of its four members. */
const OPENING = Uint8Array.of(0xd2, 0x84);
const EMPTY_MAP = 0xa0;
const BYTE_STRING = 2;

/**
 * A Signed Statement: who says what about which subject.
 *
 * Shape   tagged COSE_Sign1; protected: alg, kid, content type, CWT claims iss and sub; unprotected: empty
 * Source  RFC 9943, “Signed Statements”; RFC 9597
 */
export function signStatement(about: {
  readonly signingKey: CoseSigner;
  readonly payload: Uint8Array;
  readonly issuer: string;
  readonly subject: string;
  /** by default `application/json` */
  readonly contentType?: string;
}): Uint8Array {
  const { signingKey, payload, issuer, subject, contentType = 'application/json' } = about;
  const claims = new Map([
    [CLAIM.issuer, issuer],
    [CLAIM.subject, subject],
  ]);
  const header = protectedHeader(
    signingKey,
    new Map<number, string | typeof claims>([
      [HEADER.contentType, contentType],
      [HEADER.cwtClaims, claims],
    ]),
  );
  const signature = signSign1(signingKey, { header, payload });
  return encodeSign1({ header, unprotected: new Map(), payload, signature });
}

/**
 * A Transparent Statement: the Signed Statement with the receipts of logs in its unprotected header.
 *
 * Shape   header 394: an array of byte strings, each a COSE Receipt
 * Errors  throws on a statement that signStatement did not make, and on none or empty receipts
 * Source  RFC 9943, “Transparent Statements”; RFC 9942
 */
export function transparentStatement(statement: Uint8Array, receipts: readonly Uint8Array[]): Uint8Array {
  if (receipts.length === 0 || receipts.some((receipt) => receipt.length === 0))
    throw new RangeError('A transparent statement has a receipt');
  const at = unprotectedAt(statement);
  const unprotected = encodeCbor(new Map([[HEADER.receipts, receipts]]));
  return joinBytes(statement.subarray(0, at), unprotected, statement.subarray(at + 1));
}

/** Where the empty unprotected header stands: after the tag, the array's head and the protected header. */
function unprotectedAt(statement: Uint8Array): number {
  const opens = OPENING.every((byte, place) => statement[place] === byte);
  const at = opens ? endOfBytes(statement, OPENING.length) : 0;
  if (at === 0 || statement[at] !== EMPTY_MAP) throw new RangeError('Not a signed statement of ours');
  return at;
}

/** The end of the byte string that begins here; 0 where there is none. Its length takes two bytes at most. */
function endOfBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const short = first & 0x1f;
  if (first >> 5 !== BYTE_STRING || short > 25) return 0;
  if (short < 24) return at + 1 + short;
  if (short === 24) return at + 2 + (bytes[at + 1] ?? 0);
  return at + 3 + ((bytes[at + 1] ?? 0) << 8) + (bytes[at + 2] ?? 0);
}
