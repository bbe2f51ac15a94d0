import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { logKeysOf, verifyCoseReceipt } from './cose-receipt.ts';
import { sha256 } from './digest.ts';
import { inclusionRoot, leafHash } from './merkle.ts';
import { type TestCbor, testCbor, testReceipt, testSign1 } from './testing/test-cose.ts';
import { createTestLog, pathOf, type TestLog, treeHash } from './testing/test-log.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const entry = utf8('the entry');

let log: TestLog;
let index: number;
let receipt: Uint8Array;
beforeAll(async () => {
  log = await createTestLog('praya.example/log/notary/2026h2');
  index = log.append(entry);
  log.append(utf8('one more'));
  receipt = await receiptOf();
});

async function receiptOf(at = index): Promise<Uint8Array> {
  const [root, path] = await Promise.all([log.root(), log.pathOf(at)]);
  return testReceipt(log.key, { issuer: log.origin, root, size: log.size(), index: at, path });
}
const check = async (bytes: Uint8Array, of: Uint8Array = entry) => {
  const answer = await verifyCoseReceipt(bytes, { entry: of, logKeyOf: logKeysOf([log]) });
  return answer.ok ? answer.value : answer.refusal.code;
};

describe('the published tree', () => {
  // github.com/action-state-group/scitt-cose, test-vectors/v1/valid-eddsa/expected.json and its README: eight leaves,
  // the third is the digest of a Signed Statement, the others are SHA-256 of a text that names them
  it('has the root that its entries give, and the path leads there', async () => {
    const leaf = Uint8Array.from(
      Buffer.from('a6dd4523ffdda1754c234acf209bdde758db7d30438468700a7bf6c01e800e3a', 'hex'),
    );
    const entries = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        at === 2 ? leaf : sha256(utf8(`scitt-cose test vectors v1 :: valid-eddsa :: filler leaf ${at}`)),
      ),
    );
    const leaves = await Promise.all(entries.map(leafHash));
    const root = '5c834b80c0b40ca993f0b4a3ef9d2e77a8a3e8113358e4f318866c02cd448362';
    expect(hex(await treeHash(leaves))).toBe(root);
    expect((await pathOf(2, leaves)).map(hex)).toEqual([
      'd5790c062bb617c193f8dbedf90469ccf49525739238b6d1102df4d3424fbd44',
      'fb85d1461099612b0a34168f8f207bc9a761a91cd1173f39c5dd7ca4d1d92a6c',
      'b8e2ffb9ad6e45622e44393e6f58a747c4c5b3900d9676e3ecf50aab2ba266e4',
    ]);
    const led = await inclusionRoot({
      index: 2,
      size: 8,
      leafHash: await leafHash(leaf),
      proof: await pathOf(2, leaves),
    });
    expect(led.ok && hex(led.value)).toBe(root);
  });
});

describe('a receipt', () => {
  it('says where the entry is', async () => {
    expect(await check(receipt)).toMatchObject({ issuer: log.origin, index, size: log.size() });
  });

  it('of the only entry of a log has an empty path', async () => {
    const alone = await createTestLog('praya.example/log/alone', 0);
    alone.append(entry);
    const root = await alone.root();
    const bytes = await testReceipt(alone.key, { issuer: alone.origin, root, size: 1, index: 0, path: [] });
    const answer = await verifyCoseReceipt(bytes, { entry, logKeyOf: logKeysOf([alone]) });
    expect(answer).toMatchObject({ ok: true, value: { index: 0, size: 1 } });
  });

  it('is not of another entry', async () => {
    expect(await check(receipt, utf8('another'))).toBe('cose.signature-wrong');
  });

  it('of a log that nobody named is not believed', async () => {
    const named = [{ origin: 'elsewhere.example/log', vkey: log.vkey }];
    const answer = await verifyCoseReceipt(receipt, { entry, logKeyOf: logKeysOf(named) });
    expect(answer).toMatchObject({ refusal: { code: 'cose.key-unknown' } });
    const garbled = await verifyCoseReceipt(receipt, {
      entry,
      logKeyOf: logKeysOf([{ origin: log.origin, vkey: 'x' }]),
    });
    expect(garbled).toMatchObject({ refusal: { code: 'cose.key-unknown' } });
  });

  it('of a log with several keys is checked by the one that it names', async () => {
    const other = await createTestLog(log.origin);
    const [root, path] = await Promise.all([log.root(), log.pathOf(index)]);
    const id = Uint8Array.from(Buffer.from(log.vkey.split('+')[1] ?? '', 'hex'));
    const bytes = await custom({ root, path, header: [[4, id]] });
    const answer = await verifyCoseReceipt(bytes, { entry, logKeyOf: logKeysOf([other, log]) });
    expect(answer.ok).toBe(true);
    const unnamed = await verifyCoseReceipt(receipt, { entry, logKeyOf: logKeysOf([other, log]) });
    expect(unnamed).toMatchObject({ refusal: { code: 'cose.signature-wrong' } });
  });

  it('may carry its root, which must then be the one', async () => {
    const [root, path] = await Promise.all([log.root(), log.pathOf(index)]);
    expect(await check(await custom({ root, path, detached: false }))).toMatchObject({ index });
    expect(await check(await custom({ root: new Uint8Array(32), path, detached: false }))).toBe(
      'merkle.root-mismatch',
    );
  });

  it('may carry proofs of several entries, in any order', async () => {
    const [root, path, first] = await Promise.all([log.root(), log.pathOf(index), log.pathOf(0)]);
    const ours = testCbor([log.size(), index, path]);
    const others = testCbor([log.size(), 0, first]);
    for (const proofs of [
      [ours, others],
      [others, ours],
    ]) {
      expect(await check(await custom({ root, path, proofs }))).toMatchObject({ index });
    }
    expect(await check(await custom({ root, path, proofs: [others] }))).toBe('cose.signature-wrong');
    const empty = testCbor([0, 0, []]);
    expect(await check(await custom({ root, path, proofs: [ours, empty] }))).toBe('cose.proof-malformed');
  });

  it.each<[string, string, () => Partial<Custom>]>([
    ['of another structure', 'cose.structure-unsupported', () => ({ structure: 2 })],
    ['without a structure', 'cose.structure-unsupported', () => ({ structure: null })],
    ['without a proof', 'cose.proof-malformed', () => ({ proofs: [] })],
    ['whose proof is no CBOR', 'cose.proof-malformed', () => ({ proofs: [Uint8Array.of(0xff)] })],
    ['whose proof is not wrapped', 'cose.proof-malformed', () => ({ proofs: [[1, 0, []]] })],
    ['whose proof has a text', 'cose.proof-malformed', () => ({ proofs: [testCbor([7, 1, ['x']])] })],
    ['of a leaf outside the tree', 'merkle.index-out-of-range', () => ({ proofs: [testCbor([5, 5, []])] })],
    ['whose path is too short', 'merkle.proof-length', () => ({ proofs: [testCbor([7, 5, []])] })],
    [
      'whose hash is too short',
      'merkle.hash-length',
      () => ({ proofs: [testCbor([2, 0, [new Uint8Array(31)]])] }),
    ],
    ['whose algorithm is another', 'cose.alg-wrong', () => ({ header: [[1, -7]] })],
  ])('%s is refused', async (_, code, change) => {
    const [root, path] = await Promise.all([log.root(), log.pathOf(index)]);
    expect(await check(await custom({ root, path, ...change() }))).toBe(code);
  });

  it('with any byte changed is refused', async () => {
    for (let at = 0; at < receipt.length; at += 1) {
      const changed = Uint8Array.from(receipt);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expect(await check(changed), `byte ${at}`).toBeTypeOf('string');
    }
  });

  it('of any bytes never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(await check(bytes)).toBeTypeOf('string');
      }),
    );
  });
});

type Custom = {
  readonly root: Uint8Array;
  readonly path: readonly Uint8Array[];
  readonly header: readonly [number, TestCbor][];
  readonly structure: number | null;
  readonly proofs: readonly TestCbor[];
  readonly detached: boolean;
};

async function custom(about: Pick<Custom, 'root' | 'path'> & Partial<Custom>): Promise<Uint8Array> {
  const { root, path, header = [], structure = 1, detached = true } = about;
  const proofs = about.proofs ?? [testCbor([log.size(), index, path])];
  const labels: [number, TestCbor][] = [
    [1, -8],
    [15, new Map([[1, log.origin]])],
    ...(structure === null ? [] : [[395, structure] satisfies [number, TestCbor]]),
    ...header,
  ];
  return testSign1(log.key, {
    header: new Map(labels),
    unprotected: new Map([[396, new Map([[-1, proofs]])]]),
    payload: root,
    detached,
  });
}
