import { expectValue } from '@praya/kernel/result';
import { verifyNotarisation } from '@praya/verifier/notarisation';
import { describe, expect, test } from 'vitest';
import type { Scene } from '../contract-suite.ts';
import { digestOf, given } from '../test-world.ts';

/** What is true of checks by anybody. */
export function checkFacts(scene: () => Scene): void {
  describe('a check', () => {
    test('by code says who, what state and since when, and brings the receipt', async () => {
      const { notary, world } = scene();
      const { code } = await given(notary, world.works, { holder: 'Chan', reference: 'REF' });
      const found = expectValue(await notary.check(code));
      expect(found).toMatchObject({
        code,
        kind: 'file',
        issuer: { id: world.works.organisation, name: { en: 'Works Department', 'zh-Hant': '工程署' } },
        state: 'active',
        title: null,
        digest: digestOf('permit 17'),
        history: [{ state: 'active', issuer: { name: { en: 'Works Department' } } }],
      });
      expect(JSON.stringify(found)).not.toMatch(/Chan|REF|Permit/);
      expect(await verifyNotarisation(found.receipt, { anchor: await world.anchor() })).toMatchObject({
        ok: true,
      });
    });

    test('shows the title where its organisation shows it', async () => {
      const { notary, world } = scene();
      const { code } = await given(notary, world.works, { disclose: 'title' });
      expect(expectValue(await notary.check(code)).title).toBe('Permit 17');
    });

    test.each([
      ['that nobody has', '0'.repeat(26)],
      ['that is none', 'not a code'],
      ['with nothing in it', ''],
      ['of a record’s id', 'ntr_0198c0de-7e57-7000-8000-000000000001'],
    ])('by a code %s is answered like any other', async (_name, code) => {
      const { notary } = scene();
      expect(await notary.check(code)).toEqual({ ok: false, refusal: { code: 'notary.check-unknown' } });
    });

    test('reads a code as people type it', async () => {
      const { notary, world } = scene();
      const { code } = await given(notary, world.works);
      const typed = (code.match(/.{1,5}/g) ?? [])
        .join('-')
        .toLowerCase()
        .replaceAll('0', 'o')
        .replaceAll('1', 'l');
      expect(expectValue(await notary.check(` ${typed} `)).code).toBe(code);
    });

    test('by digest finds every record of the file, the newest first, ten at most', async () => {
      const { notary, world } = scene();
      const codes: string[] = [];
      for (let n = 0; n < 11; n++) {
        world.clock.advance(5);
        codes.unshift((await given(notary, n === 10 ? world.harbour : world.works)).code);
      }
      const found = await notary.checksOf(digestOf('permit 17'));
      expect(found.map(({ code }) => code)).toEqual(codes.slice(0, 10));
      expect(await notary.checksOf(digestOf('another'))).toEqual([]);
    });

    test('is answered without a receipt while the log has not published', async () => {
      const { notary, world } = scene();
      const { code } = await given(notary, world.works);
      world.publish(false);
      expect(expectValue(await notary.check(code))).toMatchObject({ state: 'active', receipt: null });
    });

    test('knows nothing of what has no place on the log', async () => {
      const { notary, world } = scene();
      world.refuseWith('ledger.unavailable');
      await notary.record(world.works, { kind: 'file', title: 'x', digest: digestOf('unplaced') });
      expect(await notary.checksOf(digestOf('unplaced'))).toEqual([]);
    });
  });
}
