import { randomBytes } from 'node:crypto';
import type { NotarisationReceipt, PublicCheck } from '@praya/notary/contract';
import type { NotaryRecord } from '@praya/notary/records/contract';
import { type NotarisedRecord, verifyNotarisation } from '@praya/verifier/notarisation';
import { notarisedStateAt } from '@praya/verifier/notarisation-history';
import type { TrustAnchor } from '@praya/verifier/trust-list';
import { type Browser, createBrowser } from './browser.ts';
import type { CityProcess } from './city-process.ts';
import { importDemonstrationPasskey } from './demonstration.ts';
import { changeRecord, digestOf, notariseFile, witnessedReceipt } from './notary.ts';
import { openPortal, seatResident } from './resident.ts';
import { createSteps, expect, type Step, type Steps } from './steps.ts';
import { type Tampering, tamperInEveryWay } from './tampering/every-way.ts';

/** What the play came to. */
export type LedgerJob = {
  readonly steps: readonly Step[];
  readonly tampering: readonly Tampering[];
  readonly proofsVerified: number;
  /** from her click to a receipt that two of three witnesses have cosigned */
  readonly notarisedAfterMs: number;
  readonly revokedAfterMs: number;
};

const KILOBYTE = 1024;

/**
 * Plays notarisation over the protocols: an officer notarises, anybody verifies offline, she revokes, it is seen;
 * then everybody cheats, and every cheat is caught. The city is damaged on the way: it must be one of its own.
 *
 * Errors  throws at the first thing that is not as it should be, also at a cheat that nobody notices
 */
export async function playLedgerJob(
  city: Pick<CityProcess, 'origin' | 'dataDirectory' | 'databaseUrl'>,
  note: (step: string, ms: number) => void = () => undefined,
): Promise<LedgerJob> {
  const steps = createSteps(note);
  const anchor = await steps.timed('trust anchor', () => fetchAnchor(city.origin));
  const officer = await steps.timed('an officer signs in', () => signInOfficer(city.origin));
  const documents = ['Site plan', 'Survey', 'Certificate of completion'].map((title) => ({
    title,
    document: randomBytes(KILOBYTE),
  }));
  const startedAt = performance.now();
  const records = await steps.timed('she notarises three documents', () =>
    Promise.all(documents.map((one) => notariseFile(officer, one))),
  );
  const receipts = await steps.timed('witnessed receipts', () =>
    Promise.all(records.map(({ id }) => witnessedReceipt(officer, { id, anchor }))),
  );
  const notarisedAfterMs = Math.round(performance.now() - startedAt);
  const [record, receipt, { document }] = firstOf(records, receipts, documents);
  const proofs = await steps.timed('a stranger verifies offline', () =>
    verifiedState(receipt, { anchor, document, state: 'active' }),
  );
  await steps.timed('a stranger asks by the file alone', () =>
    publicState(city.origin, { document, state: 'active' }),
  );
  const revoked = await revoke(steps, { officer, record, anchor, document });
  await steps.timed('the public page says so', () =>
    publicState(city.origin, { document, state: 'revoked' }),
  );
  const tampering = await tamperInEveryWay(
    { ...city, timed: steps.timed },
    { anchor, document, receipt: revoked.receipt, another: receipts[1] ?? receipt },
  );
  return {
    steps: steps.done,
    tampering,
    proofsVerified: proofs + revoked.proofs,
    notarisedAfterMs,
    revokedAfterMs: revoked.ms,
  };
}

async function fetchAnchor(origin: string): Promise<TrustAnchor> {
  const response = await fetch(`${origin}/.well-known/praya-trust-anchor`);
  return response.json() as Promise<TrustAnchor>;
}

async function signInOfficer(origin: string): Promise<Browser> {
  const browser = createBrowser(origin);
  await openPortal(await seatResident(browser, await importDemonstrationPasskey(browser, 'notary')));
  return browser;
}

type Case = {
  readonly officer: Browser;
  readonly record: NotaryRecord;
  readonly anchor: TrustAnchor;
  readonly document: Uint8Array;
};

async function revoke(steps: Steps, { officer, record, anchor, document }: Case) {
  const { id } = record;
  const change = (to: 'suspended' | 'revoked', reason: string) => changeRecord(officer, { id, to, reason });
  await steps.timed('she suspends', () => change('suspended', 'A measurement is disputed'));
  const suspended = await witnessedReceipt(officer, { id, anchor });
  const proofs = await verifiedState(suspended, { anchor, document, state: 'suspended' });
  const beganAt = performance.now();
  await steps.timed('she revokes', () => change('revoked', 'Issued in error'));
  const receipt = await witnessedReceipt(officer, { id, anchor });
  const ms = Math.round(performance.now() - beganAt);
  const more = await steps.timed('a stranger verifies again: revoked', () =>
    verifiedState(receipt, { anchor, document, state: 'revoked' }),
  );
  return { receipt, ms, proofs: proofs + more };
}

/** Every check holds, and the history that they prove ends where it should. Answers how many checks there were. */
async function verifiedState(
  receipt: NotarisationReceipt,
  about: { anchor: TrustAnchor; document: Uint8Array; state: NotarisedRecord['history'][number]['state'] },
): Promise<number> {
  const { anchor, document, state } = about;
  const { ok, checks, record } = await verifyNotarisation(receipt, { anchor, digest: digestOf(document) });
  const wrong = checks.filter((check) => !check.ok).map(({ name, detail }) => `${name} ${detail}`);
  expect(ok && record !== null, `every check of a receipt holds (${wrong.join(', ')})`);
  expect(notarisedStateAt(record.history, new Date()) === state, `the receipt proves that it is ${state}`);
  expect(record.history.length === receipt.statements.length, 'the receipt has the whole history');
  return checks.length;
}

async function publicState(origin: string, about: { document: Uint8Array; state: string }): Promise<void> {
  const digest = encodeURIComponent(digestOf(about.document));
  const response = await fetch(`${origin}/notary/v1/checks?digest=${digest}`);
  const { items } = (await response.json()) as { items: PublicCheck[] };
  expect(items.length === 1 && items[0]?.state === about.state, `the public check says ${about.state}`);
}

function firstOf<A, B, C>(one: readonly A[], two: readonly B[], three: readonly C[]): [A, B, C] {
  const [a, b, c] = [one[0], two[0], three[0]];
  if (a === undefined || b === undefined || c === undefined) throw new Error('Nothing was notarised');
  return [a, b, c];
}
