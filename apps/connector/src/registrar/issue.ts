import { randomBytes } from 'node:crypto';
import { newId } from '@praya/kernel/id';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type { ConnectorRefusal } from '../refusals.ts';
import { sealTo } from '../sealed.ts';
import { hashOfCode, locatorOf, newCode, printedCode } from './code.ts';
import { normalised } from './lookup.ts';
import type { Registrar } from './registrar.ts';
import { findLookup, findPerson, type IssuedBy, keepEnrolment, type PersonRow } from './store.ts';

const LIFE_MS = 15 * 60_000;
const MOST_DRAWS = 20;

type Issued = { readonly enrolment: string; readonly code: string; readonly expiresAt: string };

/** Issues an enrolment code for a person who was just looked up, sealed to the officer's browser. */
export async function issueCode(
  registrar: Registrar,
  lookupId: string,
): Promise<Result<Issued, ConnectorRefusal>> {
  const lookup = await findLookup(registrar.db, lookupId, registrar.now());
  if (lookup === undefined) return refuse('connector.lookup-unknown');
  const { identityNumber, replyTo } = lookup;
  const { enrolment, code, expiresAt } = await drawCode(registrar, { identityNumber, issuedBy: 'counter' });
  const content = { code, expiresAt };
  return ok({
    enrolment,
    code: await sealTo(replyTo, { typ: 'praya-enrolment-code+jwe', content }),
    expiresAt,
  });
}

/** What the operator of the register sees; it never leaves the register's own machine. */
export type OperatorCode = {
  readonly person: PersonRow;
  readonly code: string;
  readonly expiresAt: string;
};

/** Issues an enrolment code at the register's own machine, where no officer can yet; undefined for an unknown number. */
export async function issueCodeAsOperator(
  registrar: Pick<Registrar, 'db' | 'now' | 'codes' | 'source'>,
  typed: string,
): Promise<OperatorCode | undefined> {
  const person = await findPerson(registrar.db, registrar.source, normalised(typed));
  if (person === undefined) return undefined;
  const { identityNumber } = person;
  const { code, expiresAt } = await drawCode(registrar, { identityNumber, issuedBy: 'operator' });
  return { person, code, expiresAt };
}

async function drawCode(
  { db, now: clock, codes }: Pick<Registrar, 'db' | 'now' | 'codes'>,
  about: { readonly identityNumber: string; readonly issuedBy: IssuedBy },
): Promise<Issued> {
  const now = clock();
  const id = newId('enr', now);
  const expiresAt = new Date(now.getTime() + LIFE_MS);
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const code = newCode();
    const salt = randomBytes(16).toString('base64url');
    const codeHash = hashOfCode(codes, { salt, code });
    if (
      !(await keepEnrolment(db, { ...about, id, locator: locatorOf(code), salt, codeHash, expiresAt }, now))
    )
      continue;
    return { enrolment: id, code: printedCode(code), expiresAt: expiresAt.toISOString() };
  }
  throw new Error('No free locator for an enrolment code');
}
