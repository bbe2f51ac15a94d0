import { sha256 } from '@praya/kernel/canonical';
import { newId } from '@praya/kernel/id';
import { expectValue } from '@praya/kernel/result';
import { verifyNotarisation } from '@praya/verifier/notarisation';
import { describe, expect, test } from 'vitest';
import type { Scene } from '../contract-suite.ts';
import type { NewRecord } from '../records/contract.ts';
import { manifestDigest } from '../rules/new-record.ts';
import { aFile, digestOf, given, NOW, ORIGIN } from '../test-world.ts';

const refused = (code: string, about: object = {}) => ({ ok: false, refusal: { code, ...about } });
const once = { key: 'key-1', bodyHash: 'hash-1' };

/** What is true of notarising, reading, repeating and erasing. */
export function recordFacts(scene: () => Scene): void {
  describe('notarising', () => {
    test('a file leaves one signed statement, whose hash is the entry on the log', async () => {
      const { notary, world } = scene();
      const record = await given(notary, world.works, { reference: 'W/17', holder: '陳大文' });
      expect(record).toMatchObject({
        organisation: world.works.organisation,
        kind: 'file',
        title: 'Permit 17',
        reference: 'W/17',
        holder: '陳大文',
        digest: digestOf('permit 17'),
        state: 'active',
        revision: 1,
        disclose: 'status',
        checkUrl: `${ORIGIN}/check/${record.code}`,
        createdAt: NOW,
        history: [{ revision: 1, state: 'active', previous: null, at: NOW, effectiveFrom: null }],
      });
      const { statements } = expectValue(await notary.receipt(world.works, record.id));
      const statement = Buffer.from(statements[0]?.statement ?? '', 'base64url');
      expect(world.entries()).toEqual([sha256(statement)]);
    });

    test('is verified offline by the verifier that strangers install', async () => {
      const { notary, world } = scene();
      const record = await given(notary, world.works, { validUntil: '2027-01-01T00:00:00+08:00' });
      const receipt = expectValue(await notary.receipt(world.works, record.id));
      const by = { anchor: await world.anchor(), digest: digestOf('permit 17') };
      const verdict = await verifyNotarisation(receipt, by);
      expect(verdict.checks.filter(({ ok }) => !ok)).toEqual([]);
      expect(verdict.record).toMatchObject({
        record: record.id,
        issuer: { id: world.works.organisation },
        history: [{ state: 'active', validUntil: '2026-12-31T16:00:00.000Z' }],
      });
      expect(await verifyNotarisation(receipt, { ...by, digest: digestOf('other') })).toMatchObject({
        ok: false,
      });
    });

    test('puts no name, no title and no reference into what is signed', async () => {
      const { notary, world } = scene();
      const about = { title: 'Secret title', holder: 'Chan Tai Man', reference: 'REF-99' };
      const record = await given(notary, world.works, { ...about, kind: 'licence', digest: null });
      const { statements } = expectValue(await notary.receipt(world.works, record.id));
      const bytes = Buffer.from(statements[0]?.statement ?? '', 'base64url').toString('latin1');
      for (const word of Object.values(about)) expect(bytes).not.toContain(word);
      expect(bytes).toContain(record.digest);
    });

    test('a folder has the digest of its manifest, in whatever order the files came', async () => {
      const { notary, world } = scene();
      const manifest = ['b/二.txt', 'a.txt'].map((path) => ({ path, size: 3, digest: digestOf(path) }));
      const folder: Partial<NewRecord> = { kind: 'folder', digest: null, manifest };
      const one = await given(notary, world.works, folder);
      const other = await given(notary, world.works, { ...folder, manifest: [...manifest].reverse() });
      expect(one.digest).toBe(manifestDigest(manifest));
      expect(other.digest).toBe(one.digest);
      expect(one).toMatchObject({ files: 2, manifest: [{ path: 'a.txt' }, { path: 'b/二.txt' }] });
    });

    test('a licence without a document has the digest of its content, which nobody can guess', async () => {
      const { notary, world } = scene();
      const licence: Partial<NewRecord> = { kind: 'licence', digest: null, holder: 'Chan Tai Man' };
      const [one, other] = [
        await given(notary, world.works, licence),
        await given(notary, world.works, licence),
      ];
      expect(one.content).toMatchObject({ type: 'praya.licence.v1', holder: 'Chan Tai Man', record: one.id });
      expect(one.digest).not.toBe(other.digest);
    });

    test.each<[string, object, object]>([
      ['a file without a digest', { digest: null }, { field: 'digest', rule: 'required' }],
      [
        'a file with a manifest',
        { manifest: [{ path: 'a', size: 1, digest: digestOf('a') }] },
        { field: 'manifest' },
      ],
      ['a folder without files', { kind: 'folder', digest: null, manifest: [] }, { field: 'manifest' }],
      ['a title that is empty', { title: '  ' }, { field: 'title', rule: 'minLength' }],
      ['a title that turns round', { title: 'fdp.\u202Etxt' }, { field: 'title', rule: 'plain-text' }],
      ['half a character', { holder: '\uD800' }, { field: 'holder', rule: 'plain-text' }],
      ['a digest in hexadecimal', { digest: 'a'.repeat(64) }, { field: 'digest', rule: 'pattern' }],
      [
        'an end before the beginning',
        validity('2026-05-01', '2026-04-01'),
        { field: 'validUntil', rule: 'after-validFrom' },
      ],
      [
        'an instant that is none',
        { validUntil: '2016-12-31T23:59:60Z' },
        { field: 'validUntil', rule: 'date-time' },
      ],
      [
        'a year that nobody means',
        { validUntil: '9999-01-01T00:00:00Z' },
        { field: 'validUntil', rule: 'date-time' },
      ],
      ['a member that nobody knows', { owner: 'x' }, { field: 'owner', rule: 'unknown' }],
      [
        'a step of nobody',
        { kind: 'approval', digest: null, steps: [{ organisation: newId('org') }] },
        { rule: 'unknown' },
      ],
    ])('refuses %s and names the field', async (_name, over, about) => {
      const { notary, world } = scene();
      const record = { ...aFile(), ...over } as NewRecord;
      expect(await notary.record(world.works, record)).toMatchObject(refused('notary.record-invalid', about));
      expect(world.entries()).toEqual([]);
    });

    test('a path that comes twice in a folder is refused', async () => {
      const { notary, world } = scene();
      const file = { path: 'a', size: 1, digest: digestOf('a') };
      const folder = aFile({ kind: 'folder', digest: null, manifest: [file, file] });
      expect(await notary.record(world.works, folder)).toMatchObject(
        refused('notary.record-invalid', { field: 'manifest/1/path', rule: 'unique' }),
      );
    });

    test('an organisation that nobody knows may not', async () => {
      const { notary, world } = scene();
      const nobody = { ...world.works, organisation: newId('org') };
      expect(await notary.record(nobody, aFile())).toMatchObject(refused('notary.not-your-organisation'));
    });

    test.each([
      ['ledger.busy', 'notary.busy'],
      ['ledger.unavailable', 'notary.evidence-unavailable'],
      ['ledger.halted', 'notary.evidence-unavailable'],
    ])('is not acknowledged while the ledger says %s, and is found once it is placed', async (says, code) => {
      const { notary, world } = scene();
      world.refuseWith(says);
      expect(await notary.record(world.works, aFile(), once)).toMatchObject(refused(code));
      expect(expectValue(await notary.records(world.works, { limit: 20 })).items).toEqual([]);
      world.refuseWith(null);
      const record = expectValue(await notary.record(world.works, aFile(), once));
      expect(record.revision).toBe(1);
      expect(world.entries()).toHaveLength(1);
      expect(expectValue(await notary.records(world.works, { limit: 20 })).items).toHaveLength(1);
    });
  });

  describe('a repetition', () => {
    test('under one key notarises once, also at the same moment', async () => {
      const { notary, world } = scene();
      const many = await Promise.all([1, 2, 3, 4].map(() => notary.record(world.works, aFile(), once)));
      expect(new Set(many.map((one) => expectValue(one).id)).size).toBe(1);
      expect(world.entries()).toHaveLength(1);
    });

    test('under one key with another body is refused', async () => {
      const { notary, world } = scene();
      expectValue(await notary.record(world.works, aFile(), once));
      const other = notary.record(world.works, aFile(), { ...once, bodyHash: 'hash-2' });
      expect(await other).toMatchObject(refused('notary.key-reused'));
    });

    test('under the key of somebody else is no repetition', async () => {
      const { notary, world } = scene();
      const one = expectValue(await notary.record(world.works, aFile(), once));
      const other = expectValue(await notary.record(world.otherOfWorks, aFile(), once));
      expect(one.id).not.toBe(other.id);
    });

    test('of a change does nothing again', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      const about = { id, change: { to: 'revoked' as const, reason: 'Error' }, once };
      expect(expectValue(await notary.change(world.works, about)).revision).toBe(2);
      expect(expectValue(await notary.change(world.works, about)).revision).toBe(2);
      expect(
        await notary.change(world.works, { ...about, once: { ...once, bodyHash: 'other' } }),
      ).toMatchObject(refused('notary.key-reused'));
    });
  });

  describe('reading', () => {
    test('goes page by page, the newest first, none twice and none left out', async () => {
      const { notary, world } = scene();
      const made: string[] = [];
      for (let n = 0; n < 7; n++) {
        world.clock.advance(5);
        made.push((await given(notary, world.works, { title: `Permit ${n}` })).id);
      }
      const read: string[] = [];
      let cursor: string | undefined;
      do {
        const page: { cursor?: string; limit: number } =
          cursor === undefined ? { limit: 3 } : { cursor, limit: 3 };
        const { items, next } = expectValue(await notary.records(world.works, page));
        read.push(...items.map(({ id }) => id));
        cursor = next ?? undefined;
      } while (cursor !== undefined);
      expect(read).toEqual(made.reverse());
    });

    test.each<[string, (record: { code: string }) => string]>([
      ['part of a title', () => 'cable UNDER'],
      ['part of a reference', () => 'w/1'],
      ['part of a holder', () => '大文'],
      ['the code', ({ code }) => code.toLowerCase()],
      ['the digest', () => digestOf('the cable')],
    ])('finds by %s, and nothing else', async (_name, query) => {
      const { notary, world } = scene();
      await given(notary, world.works, { title: 'Something else 100%_' });
      const about = { title: 'A cable under Harbour Road', reference: 'W/17', holder: '陳大文' };
      const record = await given(notary, world.works, { ...about, digest: digestOf('the cable') });
      const found = expectValue(await notary.records(world.works, { query: query(record), limit: 20 }));
      expect(found.items.map(({ id }) => id)).toEqual([record.id]);
    });

    test('takes the letters of a pattern as they are', async () => {
      const { notary, world } = scene();
      await given(notary, world.works, { title: 'Half' });
      const whole = await given(notary, world.works, { title: '100%' });
      const found = expectValue(await notary.records(world.works, { query: '%', limit: 20 }));
      expect(found.items.map(({ id }) => id)).toEqual([whole.id]);
    });

    test('knows kinds and states, of which expiry comes by itself', async () => {
      const { notary, world } = scene();
      const licence = await given(notary, world.works, {
        kind: 'licence',
        validUntil: '2026-11-23T05:00:00Z',
      });
      world.clock.advance(1);
      const file = await given(notary, world.works);
      const ids = async (about: object) =>
        expectValue(await notary.records(world.works, { ...about, limit: 20 })).items.map(({ id }) => id);
      expect(await ids({ kind: 'licence' })).toEqual([licence.id]);
      expect(await ids({ state: 'active' })).toEqual([file.id, licence.id]);
      world.clock.set('2026-11-23T04:59:59.999Z');
      expect(await ids({ state: 'expired' })).toEqual([]);
      world.clock.set('2026-11-23T05:00:00.000Z');
      expect(await ids({ state: 'expired' })).toEqual([licence.id]);
      expect(await ids({ state: 'active' })).toEqual([file.id]);
      expect(expectValue(await notary.find(world.works, licence.id)).state).toBe('expired');
    });

    test('is for the organisation alone; for others there is nothing', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      expect(expectValue(await notary.records(world.harbour, { limit: 20 })).items).toEqual([]);
      const unknown = refused('notary.record-unknown');
      expect(await notary.find(world.harbour, id)).toMatchObject(unknown);
      expect(await notary.receipt(world.harbour, id)).toMatchObject(unknown);
      expect(await notary.proof(world.harbour, { id })).toMatchObject(unknown);
      expect(await notary.statement(world.harbour, { id })).toMatchObject(unknown);
      expect(await notary.certificate(world.harbour, { id, language: 'en' })).toMatchObject(unknown);
      expect(await notary.erase(world.harbour, { id, erasure: { reason: 'x' } })).toMatchObject(unknown);
      const change = { to: 'revoked' as const, reason: 'x' };
      expect(await notary.change(world.harbour, { id, change })).toMatchObject(unknown);
      expect(expectValue(await notary.find(world.otherOfWorks, id)).id).toBe(id);
    });

    test('refuses a cursor that is none', async () => {
      const { notary, world } = scene();
      const page = { cursor: 'x', limit: 5 };
      expect(await notary.records(world.works, page)).toMatchObject(refused('notary.cursor-malformed'));
      expect(await notary.inbox(world.works, page)).toMatchObject(refused('notary.cursor-malformed'));
    });
  });

  describe('proof', () => {
    test('is not there before the log has published it, and is then', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      world.publish(false);
      const pending = refused('notary.proof-pending');
      expect(await notary.receipt(world.works, id)).toMatchObject(pending);
      expect(await notary.statement(world.works, { id })).toMatchObject(pending);
      world.publish(true);
      expect(expectValue(await notary.proof(world.works, { id }))).toMatch(
        /^c2sp\.org\/tlog-proof@v1\nindex 0\n/,
      );
      expect(expectValue(await notary.statement(world.works, { id, revision: 1 }))[0]).toBe(0xd2);
    });

    test('of a revision that is not there is refused', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      expect(await notary.proof(world.works, { id, revision: 2 })).toMatchObject(
        refused('notary.revision-unknown'),
      );
    });
  });

  describe('erasing', () => {
    test('drops everything that says something; a tombstone and the entries stay', async () => {
      const { notary, world } = scene();
      const about = { title: 'To be forgotten', holder: 'Chan', disclose: 'title' as const };
      const { id, code, digest } = await given(notary, world.works, about);
      const erased = expectValue(
        await notary.erase(world.works, { id, erasure: { reason: 'Court order 9' } }),
      );
      expect(erased).toMatchObject({
        id,
        code,
        state: 'erased',
        title: null,
        holder: null,
        digest: null,
        history: [],
        erasedAt: NOW,
      });
      expect(JSON.stringify(erased)).not.toMatch(/forgotten|Chan|Court/);
      expect(world.entries()).toHaveLength(1);
      expect(await notary.receipt(world.works, id)).toMatchObject(refused('notary.record-erased'));
      expect(await notary.checksOf(digest ?? '')).toEqual([]);
      expect(expectValue(await notary.check(code))).toMatchObject({
        state: 'erased',
        title: null,
        receipt: null,
      });
      const found = expectValue(await notary.records(world.works, { state: 'erased', limit: 5 }));
      expect(found.items).toHaveLength(1);
    });

    test('is final', async () => {
      const { notary, world } = scene();
      const { id } = await given(notary, world.works);
      expectValue(await notary.erase(world.works, { id, erasure: { reason: 'x' } }));
      const gone = refused('notary.record-erased');
      expect(await notary.erase(world.works, { id, erasure: { reason: 'x' } })).toMatchObject(gone);
      const change = { to: 'revoked' as const, reason: 'x' };
      expect(await notary.change(world.works, { id, change })).toMatchObject(gone);
      expect(await notary.certificate(world.works, { id, language: 'en' })).toMatchObject(gone);
    });
  });

  test('an organisation that opens a log of its own has its later statements there', async () => {
    const { notary, world } = scene();
    await given(notary, world.harbour);
    const opened = expectValue(await notary.openLog(world.harbour));
    expect(opened).toMatchObject({ tenant: 'harbour', origin: 'praya.test/log/harbour/2026h2' });
    expect(expectValue(await notary.openLog(world.harbour))).toEqual(opened);
    const record = await given(notary, world.harbour);
    expect(record.history[0]?.place.origin).toBe(opened.origin);
    await given(notary, world.works);
    expect(world.entries('harbour')).toHaveLength(1);
    expect(world.entries()).toHaveLength(2);
    const receipt = expectValue(await notary.receipt(world.harbour, record.id));
    expect(await verifyNotarisation(receipt, { anchor: await world.anchor() })).toMatchObject({ ok: true });
  });
}

function validity(from: string, until: string) {
  return { validFrom: `${from}T00:00:00Z`, validUntil: `${until}T00:00:00Z` };
}
