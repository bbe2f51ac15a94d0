import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { transparentStatement } from '@praya/scitt/statement';
import { canonicalJson } from '@praya/verifier/canonical-json';
import { buildReceipt } from '@praya/verifier/testing';
import { testReceipt, testStatement } from '@praya/verifier/testing/cose';
import {
  buildNotarisation,
  createNotaryCast,
  type NotaryCast,
  notaryTrustListOf,
  proofTextOf,
} from '@praya/verifier/testing/notarisation';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { verify } from './verify.ts';

let directory: string;
let cast: NotaryCast;
const at = (name: string) => join(directory, name);
const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(at(name), content);
  return at(name);
};
const json = (name: string, value: unknown) => write(name, JSON.stringify(value));

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'praya-verify-'));
  cast = await createNotaryCast();
  json('anchor.json', { kid: cast.anchor.kid, jwk: cast.anchor.jwk });
  json('key.json', cast.notary.jwk);
  write('policy.txt', cast.witnesses.policy);
  write('whole-policy.txt', `log ${cast.log.vkey}\n${cast.witnesses.policy}`);
  const list = await cast.anchor.sign('praya-trust-list+jws', notaryTrustListOf(cast));
  write('trust.jws', `${list}\n`);
  write('entry.bin', 'the entry');
  json('receipt.json', await buildReceipt(cast));
  const index = cast.log.append(new TextEncoder().encode('the entry'));
  write('entry.tlog-proof', await proofTextOf(cast, index));
  const payload = new TextEncoder().encode('{}');
  const statement = await testStatement(cast.notary, { issuer: 'org_persons', subject: 'ntr_1', payload });
  const place = cast.log.append(createHash('sha256').update(statement).digest());
  const [root, path] = await Promise.all([cast.log.root(), cast.log.pathOf(place)]);
  const about = { issuer: cast.log.origin, root, size: cast.log.size(), index: place, path };
  const whole = transparentStatement(statement, [await testReceipt(cast.log.key, about)]);
  write('statement.cose', whole);
  whole[whole.length - 1] = (whole.at(-1) ?? 0) ^ 1;
  write('changed.cose', whole);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

/** Runs the command as the shell would. */
async function run(...args: string[]): Promise<{ exitCode: number; said: string; complaint: string }> {
  const said: string[] = [];
  const complaint: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void said.push(String(line)));
  vi.spyOn(console, 'error').mockImplementation((line) => void complaint.push(String(line)));
  const options = { ...verify.options, json: { type: 'boolean' as const, default: false } };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const exitCode = await verify.run({ values, positionals, json: values['json'] === true });
  return { exitCode, said: said.join('\n'), complaint: complaint.join('\n') };
}
const anchored = () => ['--anchor', at('anchor.json')];
const parsed = async (...args: string[]) => {
  const { exitCode, said } = await run(...args, '--json');
  return { exitCode, ...(JSON.parse(said) as Record<string, unknown>) };
};
const namesOf = (verdict: Record<string, unknown>) =>
  (verdict['checks'] as { name: string; ok: boolean }[]).map(({ name, ok }) => `${ok ? '' : 'not '}${name}`);

describe('a receipt of an act', () => {
  test('is checked as ever', async () => {
    const verdict = await parsed(at('receipt.json'), ...anchored());
    expect(verdict).toMatchObject({ exitCode: 0, kind: 'receipt', ok: true, act: { id: 'act_1' } });
    expect(namesOf(verdict)).toHaveLength(11);
    const { said } = await run(at('receipt.json'), ...anchored());
    expect(said).toContain('✓ witnesses');
    expect(said).toContain('Valid under the anchor');
  });

  test('that is wrong is named, with exit code 1', async () => {
    const receipt = await buildReceipt(cast, { kind: 'consent' });
    const file = json('wrong.json', { ...receipt, log: { ...receipt.log, checkpoint: 'x' } });
    const { exitCode, said } = await run(file, ...anchored());
    expect(exitCode).toBe(1);
    expect(said).toContain('✗ log-signature  receipt.log-signature-wrong note.malformed');
    expect(said).toContain('NOT VALID');
  });
});

describe('a receipt of a notarisation', () => {
  /** A notarisation of what is in a file or a folder. */
  async function notarised(digest: string, name: string): Promise<string> {
    const statements = [
      { digest, state: 'active' },
      { digest, state: 'revoked', reason: 'A mistake' },
    ];
    return json(name, await buildNotarisation(cast, { statements }));
  }

  test('says what is stated, and compares the file', async () => {
    const document = write('deed.pdf', 'the deed');
    const digest = createHash('sha256').update('the deed').digest('base64url');
    const file = await notarised(digest, 'notarisation.json');
    const verdict = await parsed(file, '--file', document, ...anchored());
    expect(verdict).toMatchObject({ exitCode: 0, kind: 'notarisation', ok: true, state: 'revoked' });
    expect(namesOf(verdict).at(-1)).toBe('document');
    const { said } = await run(file, ...anchored());
    expect(said).toContain('  2. 2026-03-02T09:01:00.000Z  revoked (A mistake)');
    expect(said).toContain('it is now revoked');
    write('deed.pdf', 'another deed');
    const other = await run(file, '--file', document, ...anchored());
    expect(other.exitCode).toBe(1);
    expect(other.said).toContain('✗ document  notarisation.document-wrong notarisation.digest-wrong');
  });

  test('of a folder compares every file in it by its path', async () => {
    mkdirSync(at('folder/b'), { recursive: true });
    write('folder/b/two.txt', 'two');
    write('folder/a.txt', 'one');
    write('folder/b/.DS_Store', 'left by a system');
    const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url');
    const manifest = [
      { path: 'a.txt', size: 3, digest: digestOf('one') },
      { path: 'b/two.txt', size: 3, digest: digestOf('two') },
    ];
    const file = await notarised(digestOf(canonicalJson(manifest)), 'folder.json');
    expect((await run(file, '--file', at('folder'), ...anchored())).exitCode).toBe(0);
    write('folder/c.txt', 'one more');
    expect((await run(file, '--file', at('folder'), ...anchored())).exitCode).toBe(1);
  });
});

describe('a proof', () => {
  const proof = () => [at('entry.tlog-proof'), '--entry', at('entry.bin')];

  test('is checked by the key of the log and the policy of witnesses', async () => {
    const verdict = await parsed(...proof(), '--log-vkey', cast.log.vkey, '--policy', at('policy.txt'));
    expect(verdict).toMatchObject({ exitCode: 0, ok: true, place: { origin: 'praya.example/log' } });
    expect(namesOf(verdict)).toEqual(['inclusion-proof', 'log-signature', 'witnesses']);
    expect((await run(...proof(), '--log-vkey', cast.log.vkey)).exitCode).toBe(0);
    expect((await run(...proof(), '--policy', at('whole-policy.txt'))).exitCode).toBe(0);
  });

  test('is checked by the trust list', async () => {
    const verdict = await parsed(...proof(), '--trust', at('trust.jws'), ...anchored());
    expect(namesOf(verdict)).toEqual(['trust-list', 'inclusion-proof', 'log-signature', 'witnesses']);
    expect(verdict.exitCode).toBe(0);
  });

  test('is checked by the leaf hash', async () => {
    const leaf = createHash('sha256').update('\0the entry').digest();
    for (const text of [leaf.toString('hex'), leaf.toString('base64')]) {
      const { exitCode } = await run(at('entry.tlog-proof'), '--leaf', text, '--log-vkey', cast.log.vkey);
      expect(exitCode).toBe(0);
    }
  });

  test('of another entry, or of another log, is not valid', async () => {
    const other = await run(at('entry.tlog-proof'), '--entry', at('key.json'), '--log-vkey', cast.log.vkey);
    expect(other.exitCode).toBe(1);
    expect(other.said).toContain('✗ inclusion-proof  proof.inclusion-proof-wrong merkle.root-mismatch');
    const key = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    const stranger = await run(...proof(), '--log-vkey', key);
    expect(stranger.said).toContain('✗ log-signature  proof.log-signature-wrong note.origin-wrong');
  });
});

describe('a transparent statement', () => {
  const keys = () => ['--log-vkey', cast.log.vkey, '--key', at('key.json')];

  test('is checked by the trust list or by the keys', async () => {
    const verdict = await parsed(at('statement.cose'), '--trust', at('trust.jws'), ...anchored());
    expect(namesOf(verdict)).toEqual(['trust-list', 'statement-signature', 'log-receipt']);
    expect(verdict).toMatchObject({ exitCode: 0, statement: { issuer: 'org_persons', payload: 'e30' } });
    const { exitCode, said } = await run(at('statement.cose'), ...keys());
    expect([exitCode, said]).toEqual([0, expect.stringContaining('org_persons about ntr_1')]);
  });

  test('that was changed is not valid', async () => {
    const { exitCode, said } = await run(at('changed.cose'), ...keys());
    expect([exitCode, said]).toEqual([
      1,
      expect.stringContaining(
        '✗ statement-signature  statement.statement-signature-wrong cose.signature-wrong',
      ),
    ]);
  });
});

describe('called wrongly', () => {
  test.each<[string, () => string[]]>([
    ['without a file', () => []],
    ['with two', () => [at('receipt.json'), at('receipt.json')]],
    ['a proof of nothing', () => [at('entry.tlog-proof'), '--log-vkey', cast.log.vkey]],
    ['a proof of two things', () => [at('entry.tlog-proof'), '--entry', at('entry.bin'), '--leaf', 'x']],
    ['a proof by nothing', () => [at('entry.tlog-proof'), '--entry', at('entry.bin')]],
    ['a proof by no key', () => [at('entry.tlog-proof'), '--entry', at('entry.bin'), '--log-vkey', 'x']],
    ['a leaf that is none', () => [at('entry.tlog-proof'), '--leaf', 'x', '--log-vkey', cast.log.vkey]],
    [
      'a policy that is none',
      () => [at('entry.tlog-proof'), '--entry', at('entry.bin'), '--policy', at('key.json')],
    ],
    [
      'a proof by two kinds of trust',
      () => [
        at('entry.tlog-proof'),
        '--entry',
        at('entry.bin'),
        '--trust',
        at('trust.jws'),
        '--log-vkey',
        'x',
      ],
    ],
    ['a statement without its key', () => [at('statement.cose'), '--log-vkey', cast.log.vkey]],
    [
      'a statement by two kinds of trust',
      () => [at('statement.cose'), '--trust', at('trust.jws'), '--key', at('key.json'), ...anchored()],
    ],
    ['a receipt with an option for proofs', () => [at('receipt.json'), '--leaf', 'x']],
    ['a receipt of an act with a document', () => [at('receipt.json'), '--file', at('entry.bin')]],
    [
      'a statement with an option for proofs',
      () => [at('statement.cose'), '--entry', at('entry.bin'), ...anchored()],
    ],
  ])('%s, it says how, with exit code 2', async (_, args) => {
    const { exitCode, said, complaint } = await run(...args());
    expect([exitCode, said]).toEqual([2, '']);
    expect(complaint).toContain('praya verify FILE');
  });

  test('with a file that is not there, it names the file', async () => {
    await expect(run(at('none.json'))).rejects.toThrow(`There is no receipt at ${at('none.json')}`);
    const big = write('big.json', new Uint8Array(4 * 1024 * 1024 + 1));
    await expect(run(big)).rejects.toThrow('larger than 4 MiB');
    await expect(run(write('text.json', '{'), ...anchored())).rejects.toThrow('is not JSON');
    await expect(run(at('receipt.json'), '--anchor', at('trust.jws'))).rejects.toThrow('is not JSON');
  });
});
