import { answer, type Call, refuseAll } from './calls.ts';
import type { OwnConnection } from './connections.ts';
import type { FaultPoint } from './faults.ts';
import { collectPlaces, submit } from './submissions.ts';

/** Hands calls to the process that holds the lease, and brings back their places. */
export type Forwarder = {
  /** throws when the calls could not be handed over for sure: they are still the caller's */
  forward(origin: string, calls: readonly Call[]): Promise<void>;
  /** places have arrived, perhaps */
  collect(): void;
  /** handed over and without an answer, for a log or for all */
  outstanding(origin?: string): number;
  /** answers the calls whose time is over */
  sweep(now: number): void;
};

type Group = { readonly origin: string; readonly calls: readonly Call[] };

/** One for all logs of a process. */
export function createForwarder(needs: {
  holder: string;
  mail: OwnConnection;
  /** what became of these calls is not known: they are to be handed over again */
  onUnsure(origin: string, calls: readonly Call[]): void;
  hit(point: FaultPoint): Promise<void>;
}): Forwarder {
  const { holder, mail, hit } = needs;
  const groups = new Map<string, Group>();
  let collecting: 'no' | 'yes' | 'again' = 'no';

  async function forward(origin: string, calls: readonly Call[]): Promise<void> {
    await hit('before-forward');
    const leaves = Buffer.concat(calls.map((call) => call.leaves));
    const bundle = Buffer.concat(calls.map((call) => call.bundle));
    // On the one connection on which places are fetched: nobody can fetch them before this answer is here.
    const id = await submit(mail.db(), { origin, sender: holder }, { leaves, bundle });
    groups.set(id, { origin, calls });
    await hit('after-forward');
  }

  async function collect(): Promise<void> {
    if (collecting !== 'no') {
      collecting = 'again';
      return;
    }
    try {
      do {
        collecting = 'yes';
        await hit('before-collect');
        const arrived = await collectPlaces(mail.db(), holder);
        await hit('after-collect');
        for (const [id, places] of arrived) arrive(id, places);
      } while ((collecting as string) === 'again');
    } catch {
      doubt();
    } finally {
      collecting = 'no';
    }
  }

  // Rows may be gone whose places we never heard. Handed over again, the same entries get the same places.
  function doubt(): void {
    const all = [...groups.values()];
    groups.clear();
    for (const { origin, calls } of all) needs.onUnsure(origin, calls);
  }

  function arrive(id: string, places: readonly number[]): void {
    const group = groups.get(id);
    groups.delete(id);
    let at = 0;
    for (const call of group?.calls ?? []) {
      answer(call, places.slice(at, at + call.count));
      at += call.count;
    }
  }

  function sweep(now: number): void {
    for (const [id, { calls }] of groups) {
      if (calls.some((call) => call.until > now)) continue;
      groups.delete(id);
      refuseAll(calls, 'ledger.unavailable');
    }
  }

  function outstanding(origin?: string): number {
    if (origin === undefined) return groups.size;
    let count = 0;
    for (const group of groups.values()) if (group.origin === origin) count += 1;
    return count;
  }

  return { forward, collect: () => void collect(), outstanding, sweep };
}
