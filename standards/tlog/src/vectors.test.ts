import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verifyConsistency } from './consistency-proof.ts';
import { verifyInclusion } from './inclusion-proof.ts';

// The vectors of transparency-dev/merkle lie beside the checkout, not in it.
const folder = new URL('../../../../shared/data/ledger/', import.meta.url);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const bytesOf = (text: string | null) => Buffer.from(text ?? '', 'base64');

function readCases<T>(name: string): (T & { case: string; wantErr: boolean })[] {
  return readFileSync(new URL(name, folder), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

type Inclusion = {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
};
type Consistency = { size1: number; size2: number; root1: string; root2: string; proof: string[] | null };

if (existsSync(folder)) {
  describe('the published vectors of transparency-dev/merkle', () => {
    it.each(readCases<Inclusion>('merkle-inclusion.jsonl'))('answer $case as published', (vector) => {
      const answer = verifyInclusion(sha256, {
        index: vector.leafIdx,
        size: vector.treeSize,
        leafHash: bytesOf(vector.leafHash),
        root: bytesOf(vector.root),
        proof: (vector.proof ?? []).map(bytesOf),
      });
      expect(answer.ok).toBe(!vector.wantErr);
    });

    it.each(readCases<Consistency>('merkle-consistency.jsonl'))('answer $case as published', (vector) => {
      const answer = verifyConsistency(sha256, {
        from: vector.size1,
        to: vector.size2,
        fromRoot: bytesOf(vector.root1),
        toRoot: bytesOf(vector.root2),
        proof: (vector.proof ?? []).map(bytesOf),
      });
      expect(answer.ok).toBe(!vector.wantErr);
    });
  });
} else {
  it.skip('the published vectors are not beside this checkout', () => {});
}
