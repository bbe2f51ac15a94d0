import { parsePolicy } from '@praya/tlog/policy';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../sha256.ts';
import type { Outcome } from './converse.ts';
import { claimedSize, standing } from './quorum.ts';
import { createWitnessDouble } from './witness-double.ts';
import { type Witness, witnessesOf } from './witnesses.ts';

const doubles = ['a', 'b', 'c', 'd', 'e'].map((name) => createWitnessDouble(name, []));

function policyOf(need: number, of: number) {
  const lines = doubles
    .slice(0, of)
    .map(({ name, vkeys }) => `witness ${name} ${vkeys[0]} http://${name}.example/\n`);
  const names = doubles.slice(0, of).map(({ name }) => name);
  const policy = parsePolicy(sha256, `${lines.join('')}group g ${need} ${names.join(' ')}\nquorum g\n`);
  if (!policy.ok) throw new Error(policy.refusal.code);
  return policy.value;
}

const said = (witness: Witness, size: number | null, claims: number | null = null): Outcome => ({
  witness,
  cosignatures: [],
  size,
  claims,
  trouble: null,
});

describe('of three witnesses, two of whom are needed', () => {
  const policy = policyOf(2, 3);
  const [a, b, c] = witnessesOf(policy);
  if (a === undefined || b === undefined || c === undefined) throw new Error('there are three');
  const silent = (witness: Witness) => said(witness, null);
  const same = (witness: Witness) => said(witness, 10);
  const more = (witness: Witness, size = 11) => said(witness, size, size);

  test.each([
    ['all have seen no more', [same(a), same(b), same(c)], 'confirmed'],
    ['one does not answer', [same(a), silent(b), same(c)], 'confirmed'],
    ['two do not answer', [same(a), silent(b), silent(c)], 'unknown'],
    ['none answers', [silent(a), silent(b), silent(c)], 'unknown'],
    ['one alone claims more', [same(a), more(b, 900), same(c)], 'confirmed'],
    ['one claims more and one does not answer', [same(a), more(b), silent(c)], 'unknown'],
    ['two claim more', [same(a), more(b), more(c)], 'behind'],
    ['two claim more and one does not answer', [silent(a), more(b), more(c, 12)], 'behind'],
    ['all claim more', [more(a), more(b), more(c)], 'behind'],
    ['two claim more, and that much is given', [same(a), more(b, 10), more(c, 9)], 'confirmed'],
  ] as const)('when %s', (_, outcomes, answer) => {
    expect(standing(policy, outcomes, 10)).toBe(answer);
  });

  test('the size that is claimed is the one that two have reached', () => {
    expect(claimedSize(policy, [more(a, 900), more(b, 12), more(c, 13)])).toBe(13);
    expect(claimedSize(policy, [more(a, 900), same(b), more(c, 13)])).toBe(13);
    expect(claimedSize(policy, [more(a, 900), same(b), silent(c)])).toBe(null);
  });
});

test('whatever the witnesses say, a log is confirmed only where too few can have seen more', () => {
  const shape = fc.integer({ min: 1, max: 5 }).chain((of) =>
    fc.record({
      of: fc.constant(of),
      need: fc.integer({ min: 1, max: of }),
      says: fc.array(fc.constantFrom('silent', 'same', 'more'), { minLength: of, maxLength: of }),
    }),
  );
  fc.assert(
    fc.property(shape, ({ need, of, says }) => {
      const policy = policyOf(need, of);
      const outcomes = witnessesOf(policy).map((witness, at) =>
        says[at] === 'silent' ? said(witness, null) : said(witness, 7, says[at] === 'more' ? 8 : null),
      );
      const count = (word: string) => says.filter((one) => one === word).length;
      const expected =
        count('more') >= need ? 'behind' : count('more') + count('silent') >= need ? 'unknown' : 'confirmed';
      expect(standing(policy, outcomes, 7)).toBe(expected);
      expect(claimedSize(policy, outcomes)).toBe(count('more') >= need ? 8 : null);
    }),
  );
});

test('where nobody is needed nobody has a say', () => {
  const none = parsePolicy(sha256, `witness a ${doubles[0]?.vkeys[0]} http://a/\nquorum none\n`);
  if (!none.ok) throw new Error(none.refusal.code);
  const outcomes = witnessesOf(none.value).map((witness) => said(witness, 99, 99));
  expect(outcomes).toHaveLength(1);
  for (const policy of [null, none.value]) {
    expect(standing(policy, outcomes, 1)).toBe('confirmed');
    expect(claimedSize(policy, outcomes)).toBe(null);
  }
});

describe('the witnesses of a policy', () => {
  const read = (text: string) => {
    const policy = parsePolicy(sha256, text);
    if (!policy.ok) throw new Error(policy.refusal.code);
    return policy.value;
  };
  const two = createWitnessDouble('w.example', [], ['Ed25519', 'ML-DSA-44']);
  const [ed, ml] = two.vkeys;

  test('keys of one name are one witness, asked at its address', () => {
    const policy = read(
      `witness 1 ${ed} http://w.example/x/\nwitness 2 ${ml} http://w.example/x\nquorum none\n`,
    );
    expect(witnessesOf(policy)).toEqual([
      { name: 'w.example', address: 'http://w.example/x/add-checkpoint', keys: two.keys },
    ]);
  });

  test('those without an address are not asked', () => {
    expect(witnessesOf(read(`witness 1 ${ed}\nquorum 1\n`))).toEqual([]);
    expect(witnessesOf(null)).toEqual([]);
  });

  test('an address that is none, or two of one name, is refused', () => {
    expect(() => witnessesOf(read(`witness 1 ${ed} ftp://w.example/\nquorum 1\n`))).toThrow(RangeError);
    expect(() => witnessesOf(read(`witness 1 ${ed} w.example\nquorum 1\n`))).toThrow(RangeError);
    const text = `witness 1 ${ed} http://a.example/\nwitness 2 ${ml} http://b.example/\nquorum 1\n`;
    expect(() => witnessesOf(read(text))).toThrow(RangeError);
  });

  test('more keys than fit a note are refused', () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, at) => {
        const { vkeys } = createWitnessDouble(`w${at}`, []);
        return `witness ${at} ${vkeys[0]} http://w${at}/\n`;
      }).join('');
    expect(witnessesOf(read(`${lines(24)}quorum 0\n`))).toHaveLength(24);
    expect(() => witnessesOf(read(`${lines(25)}quorum 0\n`))).toThrow(RangeError);
  });
});
