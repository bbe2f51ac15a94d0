import { newId } from '@praya/kernel/id';
import { expectValue } from '@praya/kernel/result';
import { describe, expect, test } from 'vitest';
import type { Scene } from '../contract-suite.ts';
import { aFile, digestOf } from '../test-world.ts';

const refused = (code: string, about: object = {}) => ({ ok: false, refusal: { code, ...about } });
const files = (count: number) =>
  Array.from({ length: count }, (_, n) => aFile({ title: `Permit ${n}`, digest: digestOf(`permit ${n}`) }));

/** What is true of many at once. */
export function bulkFacts(scene: () => Scene): void {
  describe('a bulk', () => {
    test('notarises every row that can be, and names field and rule of every other', async () => {
      const { notary, world } = scene();
      const rows = [
        ...files(2),
        { kind: 'file', title: 'No digest' },
        { kind: 'licence', title: '駕駛執照', holder: '陳大文' },
        { kind: 'approval', title: 'x', steps: [{ organisation: world.harbour.organisation }] },
        { kind: 'file', title: 'x'.repeat(201), digest: digestOf('x') },
      ];
      const { id, total } = expectValue(await notary.bulk(world.works, rows));
      expect(total).toBe(6);
      const view = expectValue(await notary.bulkView(world.works, id));
      expect(view).toMatchObject({ id, total: 6, done: 3, failures: 3, state: 'done' });
      expect(view.failed).toEqual([
        { row: 3, code: 'notary.record-invalid', field: 'digest', rule: 'required' },
        { row: 5, code: 'notary.bulk-not-for-kind', field: 'kind' },
        { row: 6, code: 'notary.record-invalid', field: 'title', rule: 'maxLength' },
      ]);
      expect(world.entries()).toHaveLength(3);
      const { items } = expectValue(await notary.records(world.works, { limit: 10 }));
      expect(items.map(({ title }) => title).sort()).toEqual(['Permit 0', 'Permit 1', '駕駛執照']);
    });

    test('has results with a line for each row, of which none is a formula', async () => {
      const { notary, world } = scene();
      const titles = ['=1+1', '  @SUM(A1)', 'plain, "quoted"', '＝全形'];
      const rows = titles.map((title, n) => aFile({ title, digest: digestOf(`row ${n}`) }));
      const { id } = expectValue(await notary.bulk(world.works, [...rows, { kind: 'file' }]));
      const csv = expectValue(await notary.bulkResults(world.works, id));
      expect(csv.startsWith('\uFEFFrow,state,record,code,url,')).toBe(true);
      const lines = csv.trimEnd().split('\r\n').slice(1);
      expect(lines).toHaveLength(5);
      expect(lines[0]).toContain(`,"'=1+1",`);
      expect(lines[1]).toContain(`,"'@SUM(A1)",`);
      expect(lines[2]).toContain(',"plain, ""quoted""",');
      expect(lines[3]).toContain(`,"'＝全形",`);
      expect(lines[4]).toMatch(/^5,refused,,,,,,,notary\.record-invalid,title,required$/);
      const { items } = expectValue(await notary.records(world.works, { query: 'quoted', limit: 5 }));
      expect(lines[2]).toContain(`notarised,${items[0]?.id},${items[0]?.code},${items[0]?.checkUrl}`);
    });

    test('is for its organisation alone', async () => {
      const { notary, world } = scene();
      const { id } = expectValue(await notary.bulk(world.works, files(1)));
      const unknown = refused('notary.bulk-unknown');
      expect(await notary.bulkView(world.harbour, id)).toMatchObject(unknown);
      expect(await notary.bulkResults(world.harbour, id)).toMatchObject(unknown);
      expect(await notary.bulkView(world.works, newId('ntb'))).toMatchObject(unknown);
    });

    test('of nothing, or of more than ten thousand, is refused', async () => {
      const { notary, world } = scene();
      expect(await notary.bulk(world.works, [])).toMatchObject(refused('notary.bulk-malformed'));
      const many = Array.from({ length: 10_001 }, () => ({}));
      expect(await notary.bulk(world.works, many)).toMatchObject(refused('notary.bulk-too-many'));
    });

    test('under one key is begun once', async () => {
      const { notary, world } = scene();
      const once = { key: 'k', bodyHash: 'h' };
      const [one, other] = [
        expectValue(await notary.bulk(world.works, files(2), once)),
        expectValue(await notary.bulk(world.works, files(2), once)),
      ];
      expect(other).toEqual(one);
      expectValue(await notary.bulkView(world.works, one.id));
      expect(world.entries()).toHaveLength(2);
      expect(await notary.bulk(world.works, files(1), { ...once, bodyHash: 'i' })).toMatchObject(
        refused('notary.key-reused'),
      );
    });
  });
}
