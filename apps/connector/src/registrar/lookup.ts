import { newId } from '@praya/kernel/id';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ConnectorRefusal } from '../refusals.ts';
import { openSealed, sealTo } from '../sealed.ts';
import type { Registrar } from './registrar.ts';
import { findPerson, keepLookup } from './store.ts';

const Coordinate = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });

/** What the officer's browser seals to us. */
const Query = Type.Object(
  {
    idNo: Type.String({ minLength: 1, maxLength: 20 }),
    /** where it is given, it must be hers too */
    dateOfBirth: Type.Optional(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })),
    replyTo: Type.Object({
      kty: Type.Literal('EC'),
      crv: Type.Literal('P-256'),
      x: Coordinate,
      y: Coordinate,
      kid: Type.Optional(Type.String({ maxLength: 100 })),
    }),
  },
  { additionalProperties: false },
);

const LIFE_MS = 10 * 60_000;

/** Looks a person up for the officer; the answer is sealed to her browser. */
export async function lookUp(
  registrar: Registrar,
  query: string,
): Promise<Result<{ lookup: string; answer: string }, ConnectorRefusal>> {
  const text = await openSealed(query, registrar.config.keys.encryption);
  const asked = text === undefined ? undefined : parsed(text);
  if (!Value.Check(Query, asked)) return refuse('connector.query-sealed');
  const now = registrar.now();
  const { idNo, dateOfBirth, replyTo } = asked;
  const person = await findPerson(registrar.db, registrar.source, normalised(idNo));
  const found = person !== undefined && (dateOfBirth === undefined || dateOfBirth === person.dateOfBirth);
  const id = newId('lkp', now);
  if (found) {
    const expiresAt = new Date(now.getTime() + LIFE_MS);
    await keepLookup(registrar.db, { id, identityNumber: person.identityNumber, replyTo, expiresAt });
  }
  const content = found
    ? { found, nameEn: person.nameEn, nameZh: person.nameZh, dateOfBirth: person.dateOfBirth }
    : { found, nameEn: null, nameZh: null, dateOfBirth: null };
  return ok({ lookup: id, answer: await sealTo(replyTo, { typ: 'praya-lookup+jwe', content }) });
}

/** An identity card number as the register writes it: officers type cards in many ways. */
export function normalised(typed: string): string {
  const text = typed.toUpperCase().replaceAll(/[\s()]/g, '');
  return `${text.slice(0, -1)}(${text.slice(-1)})`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
