import { formatCheckpoint } from '@praya/tlog/checkpoint';
import { formatNote, parseNote } from '@praya/tlog/note';
import { formatTlogProof, parseTlogProof } from '@praya/tlog/tlog-proof';
import { expect, test } from 'vitest';
import { flipBit, flipProofHash, keepCosignatures, proofOfAnother } from './receipt.ts';

const ORIGIN = 'city.test/log/notary/2026h2';
const hashOf = (byte: number) => new Uint8Array(32).fill(byte);

function proofText(index: number): string {
  const text = formatCheckpoint({ origin: ORIGIN, size: 4, root: hashOf(9), extensions: [] });
  const line = (name: string) => ({ name, keyId: 7, signature: hashOf(1) });
  const checkpoint = formatNote({ text, signatures: ['a.test', ORIGIN, 'b.test', 'c.test'].map(line) });
  return formatTlogProof({ index, proof: [hashOf(2), hashOf(3)], checkpoint });
}

const receipt = {
  record: 'one',
  statements: [
    { statement: 's0', proof: proofText(0) },
    { statement: 's1', proof: proofText(1) },
  ],
};

function read(text: string | undefined) {
  const proof = parseTlogProof(text ?? '');
  if (!proof.ok) throw new Error(proof.refusal.code);
  const note = parseNote(proof.value.checkpoint);
  if (!note.ok) throw new Error(note.refusal.code);
  return { ...proof.value, signers: note.value.signatures.map(({ name }) => name) };
}

test('one bit is turned round, and the bytes given stay as they were', () => {
  const bytes = Uint8Array.of(0, 0xff);
  expect(flipBit(bytes, 9)).toEqual(Uint8Array.of(0, 0xfd));
  expect(flipBit(flipBit(bytes, 3), 3)).toEqual(bytes);
  expect(bytes).toEqual(Uint8Array.of(0, 0xff));
});

test('a flipped hash is one bit of the first sibling of the newest statement, nothing else', () => {
  const tampered = flipProofHash(receipt);
  expect(tampered.statements[0]).toEqual(receipt.statements[0]);
  const [before, after] = [read(receipt.statements[1]?.proof), read(tampered.statements[1]?.proof)];
  expect(after.proof[0]).toEqual(flipBit(hashOf(2)));
  expect({ ...after, proof: after.proof.slice(1) }).toEqual({ ...before, proof: before.proof.slice(1) });
});

test('a tree of one entry has no hash to flip', () => {
  const alone = formatTlogProof({
    index: 0,
    proof: [],
    checkpoint: read(receipt.statements[0]?.proof).checkpoint,
  });
  expect(() => flipProofHash({ statements: [{ statement: 's', proof: alone }] })).toThrow('no hash');
});

test("another's proof stands in the place of the newest", () => {
  const other = { statements: [{ statement: 'x', proof: proofText(3) }] };
  const tampered = proofOfAnother(receipt, other);
  expect(tampered.statements.map(({ statement }) => statement)).toEqual(['s0', 's1']);
  expect(read(tampered.statements[1]?.proof).index).toBe(3);
});

test('cosignatures go, the log’s own signature and the text stay', () => {
  const tampered = keepCosignatures(receipt, 1);
  for (const { proof } of tampered.statements) expect(read(proof).signers).toEqual([ORIGIN, 'a.test']);
  expect(read(keepCosignatures(receipt, 3).statements[0]?.proof).signers).toHaveLength(4);
});
