import { type Checked, proven, unproven } from './checked.ts';
import { type Check, examine, type Findings, type Proof } from './checks.ts';
import { leafHash } from './merkle.ts';
import { verifyHistory } from './notarisation-history.ts';
import {
  type NotarisationStatement,
  type VerifiedStatement,
  verifyNotarisationStatement,
} from './notarisation-statement.ts';
import { plainCopy } from './plain-copy.ts';
import { checkpointIsSigned, checkpointIsWitnessed } from './receipt-log.ts';
import { list, members, oneOf, type Shaped, text } from './shape.ts';
import { originOf, proofLeads, readTlogProof, type TlogProof } from './tlog-proof.ts';
import {
  organisationOf,
  type TrustAnchor,
  type TrustedOrganisation,
  type TrustList,
  trustListCountsAt,
  verifyTrustList,
} from './trust-list.ts';

const MOST_STATEMENTS = 200;

const isNotarisationReceipt = members({
  type: oneOf('praya.notarisation-receipt.v1'),
  record: text(100),
  statements: list(members({ statement: text(20_000), proof: text(200_000) }), MOST_STATEMENTS),
  trust: text(1_000_000),
});
type NotarisationReceipt = Shaped<typeof isNotarisationReceipt>;

/** The proofs of a notarisation. `document` is named only where a document is compared. */
export type NotarisationCheckName =
  | 'shape'
  | 'trust-list'
  | 'statement-signatures'
  | 'history'
  | 'inclusion-proofs'
  | 'log-signatures'
  | 'witnesses'
  | 'document';
export type NotarisationCheck = Check<'notarisation', NotarisationCheckName>;

/** What was proven of a record. How it stands at an instant: `notarisedStateAt(history, at)`. */
export type NotarisedRecord = {
  readonly record: string;
  readonly kind: NotarisationStatement['kind'];
  /** of the document; SHA-256, base64url */
  readonly digest: string;
  /** the organisation that began it */
  readonly issuer: Pick<TrustedOrganisation, 'id' | 'name'>;
  readonly history: readonly NotarisationStatement[];
  readonly places: readonly { readonly origin: string; readonly index: number; readonly size: number }[];
};

export type NotarisationVerdict = {
  readonly ok: boolean;
  readonly checks: readonly NotarisationCheck[];
  /** only when everything holds */
  readonly record: NotarisedRecord | null;
};

type Case = {
  readonly findings: Findings<'notarisation', NotarisationCheckName>;
  readonly receipt: NotarisationReceipt;
  readonly trust: Proof<TrustList, NotarisationCheckName>;
};

/**
 * Checks every proof of a notarisation, offline, by a trust anchor alone. Never throws, whatever it is given.
 *
 * Shape   receipt: `praya.notarisation-receipt.v1` or its JSON text; `digest`: of the document at hand, base64url(SHA-256)
 * Errors  none thrown; each check that does not hold says `missing`, `wrong` or `not-checked`
 */
export async function verifyNotarisation(
  receipt: unknown,
  by: { readonly anchor: TrustAnchor; readonly digest?: string },
): Promise<NotarisationVerdict> {
  const copy = plainCopy(receipt);
  if (!isNotarisationReceipt(copy)) {
    const shape = { name: 'shape', ok: false, code: 'notarisation.shape-wrong' } as const;
    return { ok: false, checks: [shape], record: null };
  }
  const findings: Case['findings'] = { document: 'notarisation', checks: [] };
  const trust = await examine(findings, { name: 'trust-list', pieces: [copy.trust], needs: {} }, () =>
    verifyTrustList(copy.trust, by.anchor),
  );
  const about: Case = { findings, receipt: copy, trust };
  const statements = await examineStatements(about);
  const places = await examineLog(about, statements);
  await examineDocument(about, statements, by.digest);
  const { checks } = findings;
  const ok = checks.every((check) => check.ok);
  const proved = ok && trust.value !== null && statements.value !== null && places.value !== null;
  if (!proved) return { ok: false, checks, record: null };
  return { ok, checks, record: recordOf(trust.value, statements.value, places.value) };
}

type Statements = Proof<readonly VerifiedStatement[], NotarisationCheckName>;
type Places = NotarisedRecord['places'];

async function examineStatements({ findings, receipt, trust }: Case): Promise<Statements> {
  const pieces = receipt.statements.length === 0 ? [null] : [];
  const statements: Statements = await examine(
    findings,
    { name: 'statement-signatures', pieces, needs: { trust } },
    async (given) => {
      const verified = await all(receipt.statements, ({ statement }) =>
        verifyNotarisationStatement(statement, given.trust),
      );
      if (!verified.ok) return verified;
      const newest = verified.value.at(-1)?.content.at ?? '';
      return trustListCountsAt(given.trust, new Date(newest)) ? verified : unproven('trust.expired');
    },
  );
  await examine(findings, { name: 'history', pieces, needs: { statements } }, async (given) =>
    verifyHistory(receipt.record, given.statements),
  );
  return statements;
}

async function examineLog(
  { findings, receipt, trust }: Case,
  statements: Statements,
): Promise<Proof<Places, NotarisationCheckName>> {
  const proofs = readProofs(receipt);
  const pieces = receipt.statements.length === 0 ? [null] : [];
  const places: Proof<Places, NotarisationCheckName> = await examine(
    findings,
    { name: 'inclusion-proofs', pieces, needs: { statements } },
    async (given) => {
      if (!proofs.ok) return proofs;
      return all(proofs.value, async (proof, at) => {
        const entry = given.statements[at]?.entry;
        const size = await proofLeads(proof, entry === undefined ? null : await leafHash(entry));
        if (!size.ok) return size;
        return proven({ origin: originOf(proof.checkpoint) ?? '', index: proof.index, size: size.value });
      });
    },
  );
  await examine(findings, { name: 'log-signatures', pieces, needs: { trust } }, async (given) => {
    if (!proofs.ok) return proofs;
    return all(proofs.value, ({ checkpoint }) =>
      checkpointIsSigned({ checkpoint, origin: originOf(checkpoint) }, given.trust),
    );
  });
  await examine(findings, { name: 'witnesses', pieces, needs: { trust } }, async (given) => {
    if (!proofs.ok) return proofs;
    return all(proofs.value, ({ checkpoint }) => checkpointIsWitnessed(checkpoint, given.trust));
  });
  return places;
}

async function examineDocument(
  { findings }: Case,
  statements: Statements,
  digest: string | undefined,
): Promise<void> {
  if (digest === undefined) return;
  await examine(findings, { name: 'document', pieces: [], needs: { statements } }, async (given) => {
    const same = given.statements.every(({ content }) => content.digest === digest);
    return same ? proven(null) : unproven('notarisation.digest-wrong');
  });
}

/** The proofs of the statements. Extra data, which nobody signed, has no place here. */
function readProofs({ statements }: NotarisationReceipt): Checked<readonly TlogProof[]> {
  const proofs: TlogProof[] = [];
  for (const { proof } of statements) {
    const read = readTlogProof(proof);
    if (!read.ok) return read;
    if (read.value.extra !== null) return unproven('proof.extra-unexpected');
    proofs.push(read.value);
  }
  return proven(proofs);
}

/** Every answer, or the first that is wrong. */
async function all<T, U>(
  items: readonly T[],
  check: (item: T, at: number) => Promise<Checked<U>>,
): Promise<Checked<readonly U[]>> {
  const values: U[] = [];
  for (const [at, item] of items.entries()) {
    const answer = await check(item, at);
    if (!answer.ok) return answer;
    values.push(answer.value);
  }
  return proven(values);
}

function recordOf(
  trust: TrustList,
  statements: readonly VerifiedStatement[],
  places: Places,
): NotarisedRecord | null {
  const history = statements.map(({ content }) => content);
  const [first] = history;
  const issuer = first === undefined ? null : organisationOf(trust, first.issuer);
  if (first === undefined || issuer === null) return null;
  const { record, kind, digest } = first;
  const { id, name } = issuer;
  return { record, kind, digest, issuer: { id, name }, history, places };
}
