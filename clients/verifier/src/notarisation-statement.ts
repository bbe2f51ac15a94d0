import { decodeBase64url } from './base64url.ts';
import { type Bytes, sameBytes, textOf, utf8 } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Checked, proven, unproven } from './checked.ts';
import { verifySign1 } from './cose.ts';
import { textDigest } from './digest.ts';
import {
  count,
  digestText,
  instant,
  members,
  nullable,
  oneOf,
  optional,
  type Shaped,
  text,
} from './shape.ts';
import { readStatement, type SignedStatement, statementEntry } from './signed-statement.ts';
import { keyCountsAt, organisationOf, type TrustList } from './trust-list.ts';

const CONTENT_TYPE = 'application/json';

const isStatement = members({
  type: oneOf('praya.notarisation.v1'),
  issuer: text(100),
  record: text(100),
  revision: count,
  previous: nullable(digestText),
  kind: oneOf('file', 'folder', 'licence', 'approval'),
  digest: digestText,
  state: oneOf('pending', 'active', 'suspended', 'revoked', 'rejected'),
  reason: nullable(text(2000)),
  at: instant,
  effectiveFrom: nullable(instant),
  validFrom: optional(instant),
  validUntil: optional(instant),
  salt: digestText,
});

/** What was stated of a record once. */
export type NotarisationStatement = Shaped<typeof isStatement>;
export type NotarisedState = NotarisationStatement['state'];

/** A statement whose signature was checked: what it says, its digest, and what of it the log keeps. */
export type VerifiedStatement = {
  readonly content: NotarisationStatement;
  readonly digest: string;
  readonly entry: Bytes;
};

/**
 * Checks one statement: signed by a notary's key of the trust list that counted then, for an organisation of the list.
 *
 * Shape   COSE_Sign1 with an empty unprotected header over canonical JSON; iss is the organisation, sub the record
 * Errors  those of readStatement and verifySign1, notarisation.malformed, notarisation.claims-wrong, trust.key-unknown, trust.key-not-valid-then, trust.organisation-unknown
 */
export async function verifyNotarisationStatement(
  encoded: string,
  trust: TrustList,
): Promise<Checked<VerifiedStatement>> {
  const bytes = decodeBase64url(encoded);
  const read = bytes === null ? unproven('notarisation.malformed') : readStatement(bytes);
  if (!read.ok) return read;
  const statement = read.value;
  const content = contentOf(statement);
  if (content === null) return unproven('notarisation.malformed');
  if (statement.issuer !== content.issuer || statement.subject !== content.record) {
    return unproven('notarisation.claims-wrong');
  }
  const keys = trust.issuerKeys.filter(({ purpose }) => purpose === 'notary');
  const key = keys.find(({ kid }) => kid === statement.keyId);
  if (key === undefined) return unproven('trust.key-unknown');
  const signed = await verifySign1(statement.message, { jwk: key.jwk });
  if (!signed.ok) return signed;
  if (!keyCountsAt(key, new Date(content.at))) return unproven('trust.key-not-valid-then');
  if (organisationOf(trust, content.issuer) === null) return unproven('trust.organisation-unknown');
  const json = textOf(statement.payload) ?? '';
  return proven({ content, digest: await textDigest(json), entry: await statementEntry(statement) });
}

/** What is stated, only where every byte of it is signed and in its one form. */
function contentOf({ message, payload, contentType }: SignedStatement): NotarisationStatement | null {
  if (message.unprotected.size > 0 || contentType !== CONTENT_TYPE) return null;
  try {
    const content: unknown = JSON.parse(textOf(payload) ?? '');
    return isStatement(content) && sameBytes(utf8(canonicalJson(content)), payload) ? content : null;
  } catch {
    return null;
  }
}
