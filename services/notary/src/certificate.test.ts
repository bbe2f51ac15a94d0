import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { LANGUAGES } from '@praya/kernel/language';
import { expectValue } from '@praya/kernel/result';
import { describe, expect, test } from 'vitest';
import { createFakeNotary } from './fake.ts';
import type { NewRecord } from './records/contract.ts';
import { createWorld, given, ORIGIN, type World } from './test-world.ts';

const LICENCE: Partial<NewRecord> = {
  kind: 'licence',
  digest: null,
  title: '道路挖掘許可證 Permit to excavate',
  reference: 'W/2026/0017',
  holder: '陳大文 CHAN Tai Man',
  validUntil: '2027-11-22T16:00:00Z',
};

function roomOf({ directory, ledger, signer, clock }: World) {
  return createFakeNotary({ directory, ledger, signer, now: clock, origin: ORIGIN });
}

/**
 * The text of a PDF, read as a reader does it: by the map from glyphs to characters that each font brings.
 * White space is left out, for it is no letter but a place.
 */
function textOf(pdf: Uint8Array): string {
  const file = Buffer.from(pdf).toString('latin1');
  const objects = new Map(
    Array.from(file.matchAll(/(\d+) 0 obj\n([\s\S]*?)endobj/g), ([, number = '', body = '']) => [
      number,
      body,
    ]),
  );
  const streamOf = (number: string) => {
    const body = objects.get(number) ?? '';
    const from = body.indexOf('stream\n') + 7;
    return inflateSync(Buffer.from(body.slice(from, body.lastIndexOf('\nendstream')), 'latin1')).toString(
      'latin1',
    );
  };
  const maps = new Map<string, ReadonlyMap<string, string>>();
  const page = [...objects.values()].find((body) => body.includes('/Type /Page\n')) ?? '';
  const resources = objects.get(/\/Resources (\d+) 0 R/.exec(page)?.[1] ?? '') ?? '';
  for (const [, name = '', number = ''] of resources.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const toUnicode = /\/ToUnicode (\d+) 0 R/.exec(objects.get(number) ?? '')?.[1] ?? '';
    const map = streamOf(toUnicode);
    const codes = /beginbfrange\n([\s\S]*?)endbfrange/.exec(map)?.[1] ?? '';
    const letters = new Map<string, string>();
    // A ligature is several characters.
    for (const [, first = '', list = ''] of codes.matchAll(/<(\w+)> <\w+> \[([^\]]*)\]/g))
      for (const [at, hex] of (list.match(/[\w ]+(?=>)/g) ?? []).entries())
        letters.set(
          (Number.parseInt(first, 16) + at).toString(16).padStart(4, '0'),
          Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'),
        );
    maps.set(name, letters);
  }
  const content = streamOf(/\/Contents (\d+) 0 R/.exec(page)?.[1] ?? '');
  let font: ReadonlyMap<string, string> = new Map();
  let text = '';
  for (const [, name, shown] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (name !== undefined) font = maps.get(name) ?? new Map();
    for (const [, hex = ''] of (shown ?? '').matchAll(/<(\w+)>/g))
      for (const code of hex.match(/.{4}/g) ?? []) text += font.get(code.toLowerCase()) ?? '\uFFFD';
  }
  return text.replaceAll(/\s/g, '');
}

const said = (text: string) => text.replaceAll(/\s/g, '');

describe('a certificate', () => {
  test.each([
    ['en', ['Works Department', 'Certificate of Notarisation', 'In force', '23 November 2027 at 00:00']],
    ['zh-Hant', ['工程署', '存證證明書', '有效', '2027年11月23日', '公開日誌']],
    ['zh-Hans', ['存证证明书', '有效', '2027年11月23日', '公开日志']],
  ] as const)(
    'in %s says title, holder, number, status, dates and where to check',
    async (language, words) => {
      const world = await createWorld();
      const notary = roomOf(world);
      const record = await given(notary, world.works, LICENCE);
      const pdf = expectValue(await notary.certificate(world.works, { id: record.id, language }));
      const text = textOf(pdf);
      const always = [
        LICENCE.title,
        LICENCE.reference,
        LICENCE.holder,
        record.id,
        record.code,
        record.checkUrl,
      ];
      for (const word of [...always, record.digest, ...words]) expect(text).toContain(said(String(word)));
      expect(text).not.toContain('\uFFFD');
    },
  );

  test('says that a record was revoked, and since when', async () => {
    const world = await createWorld();
    const notary = roomOf(world);
    const { id } = await given(notary, world.works, LICENCE);
    expectValue(await notary.change(world.works, { id, change: { to: 'revoked', reason: 'Error' } }));
    const text = textOf(expectValue(await notary.certificate(world.works, { id, language: 'en' })));
    expect(text).toContain(said('Revoked, since 23 November 2026 at 12:00'));
    expect(text).not.toContain(said('In force'));
  });

  test('names those who approved, and those who have not', async () => {
    const world = await createWorld();
    const notary = roomOf(world);
    const steps = [world.harbour, world.bank].map(({ organisation }) => ({ organisation }));
    const { id } = await given(notary, world.works, { kind: 'approval', digest: null, steps });
    expectValue(await notary.decide(world.harbour, { id, decision: { decision: 'approve' } }));
    const text = textOf(expectValue(await notary.certificate(world.bank, { id, language: 'zh-Hant' })));
    expect(text).toContain('海港署:於2026年11月23日');
    expect(text).toContain('銀行:未有決定');
  });

  test('is the same bytes for the same record at the same instant', async () => {
    const world = await createWorld();
    const notary = roomOf(world);
    const { id } = await given(notary, world.works, LICENCE);
    const print = async () =>
      Buffer.from(expectValue(await notary.certificate(world.works, { id, language: 'en' })));
    expect((await print()).equals(await print())).toBe(true);
  });

  test('is one page, however long everything in it is', async () => {
    const world = await createWorld();
    const notary = roomOf(world);
    const long = { title: '長'.repeat(200), holder: 'W'.repeat(200), reference: 'é'.repeat(100) };
    const { id } = await given(notary, world.works, { ...LICENCE, ...long });
    for (const language of LANGUAGES) {
      const pdf = Buffer.from(expectValue(await notary.certificate(world.works, { id, language })));
      expect(pdf.toString('latin1').match(/\/Type \/Page\n/g)).toHaveLength(1);
      expect(textOf(pdf)).toContain(long.title);
    }
  });

  test('shows a box for a letter that no font has', async () => {
    const world = await createWorld();
    const notary = roomOf(world);
    const { id } = await given(notary, world.works, { ...LICENCE, holder: 'A\u{10FFFD}B' });
    expect(textOf(expectValue(await notary.certificate(world.works, { id, language: 'en' })))).toContain(
      'A□B',
    );
  });
});

const poppler = await promisify(execFile)('pdftotext', ['-v']).then(
  () => true,
  () => false,
);

test.runIf(poppler)('other software reads the same text', async () => {
  const world = await createWorld();
  const notary = roomOf(world);
  const { id, code } = await given(notary, world.works, LICENCE);
  const directory = await mkdtemp(join(tmpdir(), 'praya-certificate-'));
  const file = join(directory, 'certificate.pdf');
  await writeFile(file, expectValue(await notary.certificate(world.works, { id, language: 'zh-Hant' })));
  const { stdout } = await promisify(execFile)('pdftotext', [file, '-']);
  await rm(directory, { recursive: true });
  expect(said(stdout)).toContain(said(`${LICENCE.title}有效`));
  expect(said(stdout)).toContain(`${ORIGIN}/check/${code}`);
});
