import { expectValue } from '@praya/kernel/result';
import { verifyNotarisation } from '@praya/verifier/notarisation';
import { notarisedStateAt } from '@praya/verifier/notarisation-history';
import { describe, expect, test } from 'vitest';
import type { Scene } from '../contract-suite.ts';
import type { StateChange } from '../records/contract.ts';
import { given } from '../test-world.ts';

const refused = (code: string, about: object = {}) => ({ ok: false, refusal: { code, ...about } });

/** What is true of suspending, reinstating and revoking. */
export function changeFacts(scene: () => Scene): void {
  const to = (state: StateChange['to'], over: Partial<StateChange> = {}): StateChange => ({
    to: state,
    reason: 'Because',
    ...over,
  });

  describe('a change', () => {
    test('adds a statement that names the one before, and nothing that was said is changed', async () => {
      const { notary, world } = scene();
      const first = await given(notary, world.works);
      world.clock.advance(1000);
      const { history } = expectValue(
        await notary.change(world.works, { id: first.id, change: to('suspended') }),
      );
      expect(history[0]).toEqual(first.history[0]);
      expect(history[1]).toMatchObject({
        revision: 2,
        state: 'suspended',
        reason: 'Because',
        previous: first.history[0]?.digest,
        at: '2026-11-23T04:00:01.000Z',
        place: { index: 1 },
      });
    });

    test('leads from state to state as long as the record has not ended', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      for (const state of ['suspended', 'active', 'suspended', 'revoked'] as const)
        expect(expectValue(await notary.change(world.works, { id, change: to(state) })).state).toBe(state);
      const receipt = expectValue(await notary.receipt(world.works, id));
      expect(await verifyNotarisation(receipt, { anchor: await world.anchor() })).toMatchObject({ ok: true });
      for (const state of ['active', 'suspended', 'revoked'] as const)
        expect(await notary.change(world.works, { id, change: to(state) })).toMatchObject(
          refused('notary.state-not-reachable'),
        );
    });

    test('to the state that it has is refused', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      expect(await notary.change(world.works, { id, change: to('active') })).toMatchObject(
        refused('notary.state-not-reachable'),
      );
    });

    test('counts from the instant that it names, and can be called off until then', async () => {
      const { notary, world } = scene();
      const { id, code } = await given(notary, world.works);
      const effectiveFrom = '2026-12-01T00:00:00+08:00';
      const change = to('revoked', { effectiveFrom });
      const record = expectValue(await notary.change(world.works, { id, change }));
      expect(record).toMatchObject({
        state: 'active',
        history: [{}, { effectiveFrom: '2026-11-30T16:00:00.000Z' }],
      });
      const states = async () => [
        expectValue(await notary.find(world.works, id)).state,
        expectValue(await notary.check(code)).state,
        ...expectValue(await notary.records(world.works, { state: 'revoked', limit: 5 })).items.map(
          () => 'listed',
        ),
      ];
      world.clock.set('2026-11-30T15:59:59.999Z');
      expect(await states()).toEqual(['active', 'active']);
      expectValue(await notary.change(world.works, { id, change: to('active') }));
      world.clock.set('2026-11-30T16:00:00.000Z');
      expect(await states()).toEqual(['active', 'active']);
      const history = expectValue(await notary.receipt(world.works, id));
      const verdict = await verifyNotarisation(history, { anchor: await world.anchor() });
      expect(notarisedStateAt(verdict.record?.history ?? [], world.clock())).toBe('active');
    });

    test('that was not called off counts at its very instant', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      const change = to('suspended', { effectiveFrom: '2026-12-01T00:00:00Z' });
      expectValue(await notary.change(world.works, { id, change }));
      world.clock.set('2026-12-01T00:00:00.000Z');
      expect(expectValue(await notary.find(world.works, id)).state).toBe('suspended');
      const listed = expectValue(await notary.records(world.works, { state: 'suspended', limit: 5 }));
      expect(listed.items).toHaveLength(1);
    });

    test('may count from an earlier instant', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works, { validFrom: '2026-01-01T00:00:00Z' });
      const change = to('revoked', { effectiveFrom: '2026-06-01T00:00:00Z' });
      expect(expectValue(await notary.change(world.works, { id, change })).state).toBe('revoked');
    });

    test.each([
      ['before the record began', '2026-11-23T03:59:59.999Z'],
      ['in ten years', '2036-01-01T00:00:00Z'],
      ['never', '2016-12-31T23:59:60Z'],
    ])('that would count %s is refused', async (_name, effectiveFrom) => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      expect(
        await notary.change(world.works, { id, change: to('revoked', { effectiveFrom }) }),
      ).toMatchObject(refused('notary.effective-out-of-range', { field: 'effectiveFrom' }));
    });

    test('whose reason hides something is refused', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      const change = to('revoked', { reason: 'a\u202Eb' });
      expect(await notary.change(world.works, { id, change })).toMatchObject(
        refused('notary.record-invalid', { field: 'reason' }),
      );
    });

    test('on what one has not seen is refused', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      expectValue(await notary.change(world.works, { id, change: to('suspended', { revision: 1 }) }));
      expect(
        await notary.change(world.otherOfWorks, { id, change: to('revoked', { revision: 1 }) }),
      ).toMatchObject(refused('notary.changed-meanwhile'));
    });

    test('by two officers at once happens once', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      const answers = await Promise.all(
        [world.works, world.otherOfWorks, world.program].map((actor) =>
          notary.change(actor, { id, change: to('suspended', { revision: 1 }) }),
        ),
      );
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      expect(expectValue(await notary.find(world.works, id)).history).toHaveLength(2);
      expect(world.entries()).toHaveLength(2);
    });

    test('that the ledger did not take is made before the next one', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      world.refuseWith('ledger.unavailable');
      expect(await notary.change(world.works, { id, change: to('suspended') })).toMatchObject(
        refused('notary.evidence-unavailable'),
      );
      expect(expectValue(await notary.find(world.works, id)).state).toBe('active');
      world.refuseWith(null);
      const record = expectValue(await notary.change(world.works, { id, change: to('revoked') }));
      expect(record.history.map(({ state }) => state)).toEqual(['active', 'suspended', 'revoked']);
    });

    test('of a clock that goes back is not earlier than what was said before', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      world.clock.advance(-60_000);
      const { history } = expectValue(await notary.change(world.works, { id, change: to('suspended') }));
      expect(history[1]?.at).toBe(history[0]?.at);
    });
  });
}
