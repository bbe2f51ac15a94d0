import { createHash } from 'node:crypto';
import { cosignerKeyOf, formatCosignerKey } from '@praya/tlog/cosignature';
import { formatVerifierKey, verifierKeyOf } from '@praya/tlog/note';
import { parsePolicy, policyMet } from '@praya/tlog/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestLog } from './testing/test-log.ts';
import { createTestWitnesses } from './testing/test-witnesses.ts';
import { quorumIsMet, readWitnessPolicy, verifyWitnesses, type WitnessPolicy } from './witness-policy.ts';

const hasher = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const keys = Array.from({ length: 6 }, (_, at) =>
  cosignerKeyOf(hasher, {
    name: `witness.example/w${at + 1}`,
    algorithm: at === 5 ? 'ML-DSA-44' : 'Ed25519',
    publicKey: new Uint8Array(at === 5 ? 1312 : 32).fill(at + 1),
  }),
);
const [k1 = '', k2 = '', k3 = '', k4 = '', k5 = '', k6 = ''] = keys.map(formatCosignerKey);
const log = formatVerifierKey(verifierKeyOf(hasher, 'example.com/log', new Uint8Array(32).fill(99)));
const three = `witness a ${k1}\nwitness b ${k2}\nwitness c ${k3}\n`;

// the example of C2SP tlog-policy
const EXAMPLE = `log ${log}

witness X1 ${k1}
witness X2 ${k2}
witness X3 ${k3}
group X-witnesses 2 X1 X2 X3

witness Y1 ${k4}
witness Y2 ${k5}
witness Y3 ${k6}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

async function read(text: string): Promise<WitnessPolicy> {
  const policy = await readWitnessPolicy(text);
  if (!policy.ok) throw new Error(policy.refusal.code);
  return policy.value;
}
const codeOf = async (text: string) => {
  const policy = await readWitnessPolicy(text);
  return policy.ok ? 'ok' : policy.refusal.code;
};
const met = (policy: WitnessPolicy, ...names: string[]) => quorumIsMet(policy, new Set(names));

describe('the example of the specification', () => {
  it('asks for two of X and one of Y', async () => {
    const policy = await read(EXAMPLE);
    expect(policy.logs).toEqual([log]);
    expect(met(policy, 'X1', 'X3', 'Y2')).toBe(true);
    expect(met(policy, 'X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3')).toBe(true);
    expect(met(policy, 'X1', 'Y1', 'Y2', 'Y3')).toBe(false);
    expect(met(policy, 'X1', 'X2', 'X3')).toBe(false);
    expect(met(policy)).toBe(false);
  });
});

describe('a policy', () => {
  it.each<[string, string]>([
    [
      'with comments, tabs and empty lines',
      `# ours\n\n \t\n\twitness\ta ${k1} https://w.example\n  # why\nquorum  a\n`,
    ],
    ['of nobody', 'quorum none\n'],
    ['of nobody, with witnesses', `${three}quorum none\n`],
    ['that is empty', ''],
    ['with the addresses of its logs', `log ${log} https://example.com/log\nquorum none\n`],
    ['without a last newline', `witness a ${k1}\nquorum a`],
    ['whose names are not ASCII', `witness 貝 ${k1}\nquorum 貝\n`],
  ])('%s is read', async (_, text) => {
    expect(await codeOf(text)).toBe('ok');
  });

  it.each<[string, string]>([
    ['without a quorum', three],
    ['of comments alone', '# nothing\n'],
    ['with two quorums', `${three}quorum a\nquorum a\n`],
    ['whose quorum is not defined yet', `quorum a\n${three}`],
    ['whose quorum is nobody', `${three}quorum d\n`],
    ['with another word', `${three}quorums a\nquorum a\n`],
    ['with a word too many', `${three}quorum a b\n`],
    ['with a witness twice by name', `witness a ${k1}\nwitness a ${k2}\nquorum a\n`],
    ['with a witness twice by key', `witness a ${k1}\nwitness b ${k1}\nquorum a\n`],
    ['with a log twice', `log ${log}\nlog ${log}\nquorum none\n`],
    ['whose witness is called none', `witness none ${k1}\nquorum none\n`],
    ['whose group is called none', `${three}group none any a\nquorum none\n`],
    ['whose witness has a log’s key', `witness a ${log}\nquorum a\n`],
    ['whose key is not one', `witness a ${k1.slice(0, -4)}\nquorum a\n`],
    ['whose group is empty', `${three}group g any\nquorum g\n`],
    ['whose group asks for none', `${three}group g 0 a b\nquorum g\n`],
    ['whose group asks for more than it has', `${three}group g 3 a b\nquorum g\n`],
    ['whose group asks for a number with a zero before it', `${three}group g 01 a b\nquorum g\n`],
    ['whose group has a stranger', `${three}group g any a d\nquorum g\n`],
    ['whose group has itself', `${three}group g any g\nquorum g\n`],
    ['whose group has a member twice', `${three}group g 2 a a\nquorum g\n`],
    ['with a member of two groups', `${three}group g any a b\ngroup h any b c\ngroup i all g h\nquorum i\n`],
    ['with a control character', `${three}quorum a\r\n`],
    ['with a delete character', `${three}quorum a\n# \u007f\n`],
    ['with half a character', `${three}quorum a\n# \ud800\n`],
  ])('%s is refused', async (_, text) => {
    expect(await codeOf(text)).toBe('policy.malformed');
  });

  it('that is too long, or names too many, is refused', async () => {
    expect(await codeOf(`#${' '.repeat(262_144)}`)).toBe('policy.too-large');
    const groups = Array.from(
      { length: 256 },
      (_, at) => `group g${at} any ${at === 0 ? 'a' : `g${at - 1}`}\n`,
    );
    expect(await codeOf(`witness a ${k1}\n${groups.slice(0, 255).join('')}quorum g254\n`)).toBe('ok');
    expect(await codeOf(`witness a ${k1}\n${groups.join('')}quorum g255\n`)).toBe('policy.too-large');
  });

  it('of any lines is read as our own reader reads it, and never throws', async () => {
    const word = fc.constantFrom('a', 'b', 'g', 'none', k1, k2, log, 'any', 'all', '1', '2', '#', 'quorum');
    const keyword = fc.constantFrom('log', 'witness', 'group', 'quorum', '#', 'x', '');
    const line = fc
      .tuple(keyword, fc.array(word, { maxLength: 4 }))
      .map(([head, rest]) => [head, ...rest].join(' '));
    const sound = fc.constantFrom(
      [`witness a ${k1}`, `witness b ${k2}`, 'group g 1 a b', 'quorum g'],
      [`log ${log}`, `witness a ${k1}`, `witness b ${k2}`, 'quorum a'],
      [`witness b ${k2}`, `witness a ${k1}`, 'group g all b', 'group h 2 g a', 'quorum h'],
    );
    const nearly = fc.tuple(sound, line, fc.nat(5), fc.nat(2)).map(([lines, other, at, drop]) => {
      return [...lines.slice(0, at), other, ...lines.slice(at + (drop === 0 ? 1 : 0))];
    });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(sound, nearly, fc.array(line, { minLength: 1 })), async (lines) => {
        const text = `${lines.join('\n')}\n`;
        const [ours, theirs] = [await readWitnessPolicy(text), parsePolicy(hasher, text)];
        expect(ours.ok, text).toBe(theirs.ok);
        if (!ours.ok || !theirs.ok) return;
        accepted += 1;
        for (const names of [[], ['a'], ['b'], ['a', 'b']]) {
          const signers = names.map((name) => theirs.value.witnesses.find((one) => one.name === name)?.key);
          const signed = signers.filter((key) => key !== undefined);
          expect(met(ours.value, ...names)).toBe(policyMet(theirs.value, signed));
        }
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});

describe('a checkpoint', () => {
  it('is witnessed when enough have cosigned it, and no one’s cosignature is wrong', async () => {
    const [one, witnesses] = [await createTestLog('praya.example/log'), await createTestWitnesses(3)];
    const lines = witnesses.policy
      .replace('all-of-them all', 'most 2')
      .replace('quorum all-of-them', 'quorum most');
    const policy = await read(lines);
    const note = await witnesses.cosign(await one.checkpoint());
    const without = (...names: number[]) =>
      names.reduce((text, name) => text.replace(new RegExp(`— witness-${name}.*\n`), ''), note);
    const answerOf = async (text: string) => {
      const answer = await verifyWitnesses(text, policy);
      return answer.ok
        ? answer.value.map(({ witness, finding }) => `${witness} ${finding}`)
        : answer.refusal.code;
    };
    expect(await answerOf(note)).toEqual(['w1 good', 'w2 good', 'w3 good']);
    expect(await answerOf(without(2))).toEqual(['w1 good', 'w2 missing', 'w3 good']);
    expect(await answerOf(without(1, 2))).toBe('receipt.not-witnessed');
    const spoilt = note.slice(0, -20) + (note.at(-20) === 'A' ? 'B' : 'A') + note.slice(-19);
    expect(await answerOf(spoilt)).toBe('note.cosignature-wrong');
    expect(await answerOf('no note')).toBe('note.malformed');
  });
});
