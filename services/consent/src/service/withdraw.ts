import { idSchema } from '@praya/kernel/id';
import { claimedKeyId, claimedPayload, verifyJws } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ConsentRefusal, Consents } from '../contract.ts';
import { countsAt } from '../rules.ts';
import { change } from './change.ts';
import { type Room, recipientOf } from './room.ts';

const SKEW_SECONDS = 60;

const Withdrawal = Type.Object(
  {
    iss: Type.String({ maxLength: 100 }),
    aud: Type.String({ maxLength: 300 }),
    consent_id: idSchema('con'),
    iat: Type.Integer(),
    jti: Type.String({ minLength: 8, maxLength: 100 }),
  },
  { additionalProperties: false },
);
type Withdrawal = Static<typeof Withdrawal>;

/** The recipient gives a consent back. It needs no token for it: its signature says who it is. */
export async function withdraw(room: Room, text: string): ReturnType<Consents['withdraw']> {
  const read = await readWithdrawal(room, text);
  if (!read.ok) return read;
  const { iss: clientId, jti, consent_id: id, iat } = read.value;
  const now = room.now();
  if (Math.abs(now.getTime() / 1000 - iat) > SKEW_SECONDS) return refuse('consent.withdrawal-expired');
  if (!(await room.store.spend({ clientId, jti, at: now }))) return refuse('consent.withdrawal-replayed');
  return change(room, { id, by: { clientId }, to: 'revoked' });
}

async function readWithdrawal(room: Room, text: string): Promise<Result<Withdrawal, ConsentRefusal>> {
  const claimed = claimedPayload(text);
  if (!Value.Check(Withdrawal, claimed)) return refuse('consent.withdrawal-malformed');
  const recipient = await recipientOf(room, claimed.iss);
  if (!recipient.ok) return recipient;
  const kid = claimedKeyId(text);
  const key = recipient.value.keys.find((candidate) => candidate.kid === kid && candidate.use === 'sig');
  if (key === undefined || !countsAt(key, room.now())) return refuse('consent.withdrawal-signature');
  const payload = await verifyJws(text, { typ: 'praya-withdrawal+jws', jwk: key.jwk });
  if (!Value.Check(Withdrawal, payload)) return refuse('consent.withdrawal-signature');
  return payload.aud === room.issuer ? ok(payload) : refuse('consent.withdrawal-malformed', { field: 'aud' });
}
