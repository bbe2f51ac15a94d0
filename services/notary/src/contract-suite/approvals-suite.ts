import { expectValue } from '@praya/kernel/result';
import { verifyNotarisation } from '@praya/verifier/notarisation';
import { describe, expect, test } from 'vitest';
import type { Scene } from '../contract-suite.ts';
import { given } from '../test-world.ts';

const refused = (code: string) => ({ ok: false, refusal: { code } });
const approve = { decision: 'approve' } as const;

/** What is true of chains of approval between departments. */
export function approvalFacts(scene: () => Scene): void {
  const begin = () => {
    const { notary, world } = scene();
    const steps = [world.harbour, world.bank].map(({ organisation }) => ({ organisation }));
    return given(notary, world.works, { kind: 'approval', digest: null, steps });
  };

  describe('a chain of approvals', () => {
    test('is pending until everybody has approved in order, each in her own name', async () => {
      const { notary, world } = scene();
      const { id, state, steps } = await begin();
      expect(state).toBe('pending');
      expect(steps).toMatchObject([{ name: { en: 'Harbour Office' }, decision: null }, { decision: null }]);
      const half = expectValue(await notary.decide(world.harbour, { id, decision: approve }));
      expect(half).toMatchObject({ state: 'pending', steps: [{ decision: 'approve' }, { decision: null }] });
      const done = expectValue(await notary.decide(world.bank, { id, decision: approve }));
      expect(done).toMatchObject({ state: 'active', steps: [{}, { decision: 'approve' }] });
      expect(done.history.map(({ issuer }) => issuer)).toEqual([
        world.works.organisation,
        world.harbour.organisation,
        world.bank.organisation,
      ]);
      const receipt = expectValue(await notary.receipt(world.works, id));
      expect(await verifyNotarisation(receipt, { anchor: await world.anchor() })).toMatchObject({ ok: true });
    });

    test('ends where somebody rejects it, who says why', async () => {
      const { notary, world } = scene();
      const { id } = await begin();
      expect(await notary.decide(world.harbour, { id, decision: { decision: 'reject' } })).toMatchObject(
        refused('notary.reason-needed'),
      );
      const decision = { decision: 'reject', reason: 'The drawing is missing' } as const;
      const record = expectValue(await notary.decide(world.harbour, { id, decision }));
      expect(record).toMatchObject({
        state: 'rejected',
        steps: [{ decision: 'reject' }, { decision: null }],
      });
      expect(await notary.decide(world.bank, { id, decision: approve })).toMatchObject(
        refused('notary.state-not-reachable'),
      );
    });

    test('is decided by nobody whose turn it is not', async () => {
      const { notary, world } = scene();
      const { id } = await begin();
      for (const actor of [world.bank, world.works])
        expect(await notary.decide(actor, { id, decision: approve })).toMatchObject(
          refused('notary.not-your-turn'),
        );
      const file = await given(notary, world.works);
      expect(await notary.decide(world.works, { id: file.id, decision: approve })).toMatchObject(
        refused('notary.state-not-reachable'),
      );
    });

    test('waits in the inbox of the one whose turn it is, the oldest first', async () => {
      const { notary, world } = scene();
      const first = await begin();
      world.clock.advance(10);
      const second = await begin();
      const inbox = async (actor: typeof world.works) =>
        expectValue(await notary.inbox(actor, { limit: 5 })).items.map(({ id }) => id);
      expect(await inbox(world.harbour)).toEqual([first.id, second.id]);
      expect(await inbox(world.bank)).toEqual([]);
      expectValue(await notary.decide(world.harbour, { id: first.id, decision: approve }));
      expect(await inbox(world.harbour)).toEqual([second.id]);
      expect(await inbox(world.bank)).toEqual([first.id]);
      const page = expectValue(await notary.inbox(world.harbour, { cursor: second.id, limit: 5 }));
      expect(page).toEqual({ items: [], next: null });
    });

    test('is withdrawn by its organisation, and not by those who approve', async () => {
      const { notary, world } = scene();
      const { id } = await begin();
      const change = { to: 'revoked', reason: 'Not needed' } as const;
      expect(await notary.change(world.harbour, { id, change })).toMatchObject(
        refused('notary.not-your-organisation'),
      );
      expect(await notary.erase(world.harbour, { id, erasure: { reason: 'x' } })).toMatchObject(
        refused('notary.not-your-organisation'),
      );
      const record = expectValue(await notary.change(world.works, { id, change }));
      expect(record).toMatchObject({ state: 'revoked', steps: [{ decision: null }, { decision: null }] });
      expect(expectValue(await notary.inbox(world.harbour, { limit: 5 })).items).toEqual([]);
    });

    test('is decided once when two officers of a department decide at once', async () => {
      const { notary, world } = scene();
      const { id } = await begin();
      const decisions = [approve, { decision: 'reject', reason: 'No' } as const];
      const answers = await Promise.all(
        decisions.map((decision) => notary.decide(world.harbour, { id, decision })),
      );
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      expect(expectValue(await notary.find(world.works, id)).revision).toBe(2);
    });
  });
}
