import { randomBytes } from 'node:crypto';
import { textDigest } from '@praya/kernel/canonical';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type { ExchangeRefusal, Receipt } from '../contract.ts';
import { actRecord, commitmentOf } from '../rules.ts';
import type { NewAct, Settlement } from '../store.ts';
import type { Room } from './room.ts';

type Evidence = {
  readonly consent: string | null;
  readonly states: readonly string[];
  readonly response: string | null;
};

/** Puts an act on the ledger and keeps its proof; only then is it done and has a receipt. */
export async function settle(
  room: Room,
  act: NewAct,
  evidence: Evidence,
): Promise<Result<Receipt, ExchangeRefusal>> {
  const salt = act.salt ?? randomBytes(32);
  const responseDigest = evidence.response === null ? null : textDigest(evidence.response);
  const record = actRecord({ ...act, responseDigest });
  const trust = await room.directory.trustList();
  const placed = await room.ledger.append(commitmentOf(record, salt));
  if (!placed.ok) return refuse('exchange.evidence-unavailable', { detail: placed.refusal.code });
  const settlement: Settlement = {
    at: room.now(),
    responseDigest,
    responseJws: evidence.response,
    consent: evidence.consent,
    states: evidence.states,
    trust,
    salt,
    proof: placed.value,
  };
  if (!(await room.store.settle(act.id, settlement))) return refuse('exchange.abandoned');
  return ok(receiptOf(act, settlement));
}

/** Everything that a stranger needs to check an act that is done. */
export function receiptOf(act: NewAct, settlement: Omit<Settlement, 'at'>): Receipt {
  const { consent, states, responseJws, responseDigest, salt, proof, trust } = settlement;
  return {
    type: 'praya.receipt.v1',
    consent,
    states: [...states],
    request: act.requestJws,
    response: responseJws,
    act: actRecord({ ...act, responseDigest }),
    salt: Buffer.from(salt).toString('base64url'),
    log: proof,
    trust,
  };
}

/** Runs what an act consists of; a refusal or a fault on the way marks the act as failed. */
export async function carryOut<T, C extends string>(
  room: Room,
  act: NewAct,
  steps: () => Promise<Result<T, C>>,
): Promise<Result<T, C>> {
  try {
    const outcome = await steps();
    if (!outcome.ok) await room.store.fail(act.id, { code: outcome.refusal.code, at: room.now() });
    return outcome;
  } catch (error) {
    const failure = { code: 'exchange.evidence-unavailable', at: room.now() };
    // Where this cannot be written either, the act stays pending and the job ends it.
    await room.store.fail(act.id, failure).catch(() => false);
    throw error;
  }
}
