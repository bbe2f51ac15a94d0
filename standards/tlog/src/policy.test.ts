import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CosignerKey, cosignerKeyOf, formatCosignerKey } from './cosignature.ts';
import { formatVerifierKey, verifierKeyOf } from './note.ts';
import {
  formatPolicy,
  POLICY_MAX_LENGTH,
  type Policy,
  parsePolicy,
  policyMet,
  quorumSize,
} from './policy.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const codeOf = (answer: { ok: boolean; refusal?: { code: string } }) => answer.refusal?.code ?? 'ok';

const bytesOf = (seed: number, length: number) => {
  const bytes = new Uint8Array(length).fill(seed);
  bytes[0] = seed >> 8;
  return bytes;
};
const keyOf = (seed: number, name = `witness.example/w${seed}`): CosignerKey =>
  cosignerKeyOf(sha256, { name, algorithm: 'Ed25519', publicKey: bytesOf(seed, 32) });
const mlDsaKeyOf = (seed: number, name: string): CosignerKey =>
  cosignerKeyOf(sha256, { name, algorithm: 'ML-DSA-44', publicKey: bytesOf(seed, 1312) });
const keys = Array.from({ length: 7 }, (_, at) => keyOf(at));
const vkeys = keys.map(formatCosignerKey);
const [, w1, w2, w3, w4, w5, w6] = vkeys;
const logKey = verifierKeyOf(sha256, 'example.com/log', bytesOf(99, 32));
const log = formatVerifierKey(logKey);

const read = (text: string): Policy => {
  const policy = parsePolicy(sha256, text);
  if (!policy.ok) throw new Error(policy.refusal.code);
  return policy.value;
};
const refusalOf = (text: string) => codeOf(parsePolicy(sha256, text));
const met = (policy: Policy, ...seeds: number[]) =>
  policyMet(
    policy,
    seeds.map((seed) => keyOf(seed)),
  );

// the example of the specification
const example = `log ${log}

witness X1 ${w1}
witness X2 ${w2}
witness X3 ${w3}
group X-witnesses 2 X1 X2 X3

witness Y1 ${w4}
witness Y2 ${w5}
witness Y3 ${w6}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

describe('the policy of the specification’s example', () => {
  const policy = read(example);

  it('has one log, six witnesses and three groups', () => {
    expect(policy.logs).toEqual([{ key: logKey, url: null }]);
    expect(policy.witnesses.map(({ name }) => name)).toEqual(['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3']);
    expect(policy.groups).toEqual([
      { name: 'X-witnesses', need: 2, members: ['X1', 'X2', 'X3'] },
      { name: 'Y-witnesses', need: 1, members: ['Y1', 'Y2', 'Y3'] },
      { name: 'X-and-Y', need: 2, members: ['X-witnesses', 'Y-witnesses'] },
    ]);
    expect(quorumSize(policy)).toEqual({ need: 3, of: 6 });
  });

  it('is met by two of X with one of Y, and by nothing less', () => {
    for (let chosen = 0; chosen < 64; chosen += 1) {
      const seeds = [1, 2, 3, 4, 5, 6].filter((seed) => chosen & (1 << (seed - 1)));
      const x = seeds.filter((seed) => seed <= 3).length;
      expect(met(policy, ...seeds)).toBe(x >= 2 && seeds.length > x);
    }
  });

  it('is not met by other keys of the same names', () => {
    const others = [1, 2, 4].map((seed) => keyOf(seed + 50, `witness.example/w${seed}`));
    expect(policyMet(policy, others)).toBe(false);
    // not even with the same id
    const colliding = others.map((key, at) => ({ ...key, keyId: keyOf([1, 2, 4][at] ?? 0).keyId }));
    expect(policyMet(policy, colliding)).toBe(false);
  });
});

describe('a policy', () => {
  it('may want nobody', () => {
    const policy = read('quorum none\n');
    expect(policy).toEqual({ logs: [], witnesses: [], groups: [], quorum: 'none' });
    expect(policyMet(policy, [])).toBe(true);
    expect(quorumSize(policy)).toEqual({ need: 0, of: 0 });
  });

  it('has comments, tabs, spaces and no last newline', () => {
    const text = `\n# comment\n\t # another\n\twitness \t w1  ${w1}   https://w1.example.com/  \n\n  quorum\tw1`;
    expect(read(text).witnesses).toEqual([{ name: 'w1', key: keys[1], url: 'https://w1.example.com/' }]);
  });

  it('takes names as they are, words of the grammar too', () => {
    const policy = read(`witness all ${w1}\nwitness any ${w2}\ngroup group 2 all any\nquorum group\n`);
    expect(policy.groups).toEqual([{ name: 'group', need: 2, members: ['all', 'any'] }]);
    // the sign of the kelvin is not the letter K
    const kelvin = `witness \u212a ${w1}\nwitness K ${w2}\nquorum \u212a\n`;
    expect([met(read(kelvin), 1), met(read(kelvin), 2)]).toEqual([true, false]);
  });

  it('counts a witness with two keys once when its keys are a group', () => {
    const name = 'witness.example/w3';
    const post = mlDsaKeyOf(8, name);
    const policy = read(
      [
        `witness w1 ${w1}\nwitness w2 ${w2}\nwitness w3-ed ${w3}\nwitness w3-ml ${formatCosignerKey(post)}`,
        'group w3 any w3-ed w3-ml\ngroup quorum 2 w1 w2 w3\nquorum quorum\n',
      ].join('\n'),
    );
    expect(quorumSize(policy)).toEqual({ need: 2, of: 3 });
    expect(policyMet(policy, [keyOf(3), post])).toBe(false);
    expect(policyMet(policy, [keyOf(1), post])).toBe(true);
  });

  it('names logs of both kinds of key', () => {
    const key = mlDsaKeyOf(9, 'example.com/other');
    const policy = read(`log ${log} https://log.example.com/\nlog ${formatCosignerKey(key)}\nquorum none\n`);
    expect(policy.logs).toEqual([
      { key: logKey, url: 'https://log.example.com/' },
      { key, url: null },
    ]);
  });

  it('reads back as it was written', () => {
    expect(read(formatPolicy(read(example)))).toEqual(read(example));
    const shape = fc.record({
      witnesses: fc.integer({ min: 1, max: 20 }),
      cut: fc.nat(),
      need: fc.nat(),
      urls: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, ({ witnesses, cut, need, urls }) => {
        const all = Array.from({ length: witnesses }, (_, at) => ({
          name: `w${at}`,
          key: keyOf(at),
          url: urls ? `https://w${at}.example/` : null,
        }));
        const inner = all.slice(0, 1 + (cut % witnesses)).map(({ name }) => name);
        const outer = ['inner', ...all.slice(inner.length).map(({ name }) => name)];
        const groups = [
          { name: 'inner', need: 1 + (need % inner.length), members: inner },
          { name: 'outer', need: 1 + (need % outer.length), members: outer },
        ];
        const policy = { logs: [], witnesses: all, groups, quorum: 'outer' };
        expect(read(formatPolicy(policy))).toEqual(policy);
      }),
    );
  });

  it('is never met by fewer than its quorum needs, and more keys never unmeet it', () => {
    const policy = read(example);
    const some = fc.uniqueArray(fc.integer({ min: 0, max: 8 }));
    fc.assert(
      fc.property(some, some, (seeds, more) => {
        if (seeds.length < quorumSize(policy).need) expect(met(policy, ...seeds)).toBe(false);
        if (met(policy, ...seeds)) expect(met(policy, ...seeds, ...more)).toBe(true);
      }),
    );
  });

  it('never throws while it is read, whatever it is', () => {
    const pieces = fc.constantFrom(
      'log',
      'witness',
      'group',
      'quorum',
      'none',
      'any',
      '2',
      ' ',
      '\n',
      'w',
      w1 ?? '',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' }))), (text) => {
        expect(typeof parsePolicy(sha256, text.join('')).ok).toBe('boolean');
      }),
    );
  });
});

describe('a policy is refused', () => {
  const one = `witness w1 ${w1}\n`;
  const two = `${one}witness w2 ${w2}\n`;
  const ecdsa = `ecdsa.example.com+00000000+${Buffer.from([2, 1, 2, 3]).toString('base64')}`;
  const wrongId = formatCosignerKey({ ...keyOf(3), keyId: 1 });
  it.each([
    ['a control character', 'quorum none\n\u0001', 'tlog.policy-malformed'],
    ['a carriage return', 'quorum none\r\n', 'tlog.policy-malformed'],
    ['a delete character', '# \u007f\nquorum none\n', 'tlog.policy-malformed'],
    ['half a surrogate', '# \ud800\nquorum none\n', 'tlog.policy-malformed'],
    ['an unknown word', 'quibble w1\nquorum none\n', 'tlog.policy-malformed'],
    ['a word of another object', 'constructor w1\nquorum none\n', 'tlog.policy-malformed'],
    ['a comment behind a line', `witness w1 ${w1} https://w/ # c\nquorum w1\n`, 'tlog.policy-malformed'],
    ['a log without a key', 'log\nquorum none\n', 'tlog.policy-malformed'],
    ['a log with three things', `log ${log} a b\nquorum none\n`, 'tlog.policy-malformed'],
    ['a log with garbage', 'log garbage\nquorum none\n', 'tlog.key-malformed'],
    ['a log of an unknown type', `log ${ecdsa}\nquorum none\n`, 'tlog.key-malformed'],
    [
      'a log with a wrong id',
      `log ${log.replace(/\+[0-9a-f]{8}\+/, '+00000000+')}\nquorum none\n`,
      'tlog.key-id-mismatch',
    ],
    [
      'a log twice',
      `log ${log}\nlog ${log} https://log.example.com/\nquorum none\n`,
      'tlog.policy-duplicate',
    ],
    ['a witness without a key', 'witness w1\nquorum none\n', 'tlog.policy-malformed'],
    ['a witness with a key of another type', `witness w1 ${ecdsa}\nquorum w1\n`, 'tlog.key-malformed'],
    ['a witness with a note key', `witness w1 ${log}\nquorum w1\n`, 'tlog.key-malformed'],
    ['a witness with a wrong id', `witness w1 ${wrongId}\nquorum w1\n`, 'tlog.key-id-mismatch'],
    ['a witness named none', `witness none ${w1}\nquorum none\n`, 'tlog.policy-malformed'],
    ['a witness’s name twice', `${one}witness w1 ${w2}\nquorum w1\n`, 'tlog.policy-duplicate'],
    [
      'a public key under another name',
      `${one}witness w2 ${formatCosignerKey(keyOf(1, 'impostor'))}\nquorum w1\n`,
      'tlog.policy-duplicate',
    ],
    ['a group of a witness’s name', `${one}group w1 any w1\nquorum w1\n`, 'tlog.policy-duplicate'],
    ['a group without members', `${one}group g1 1\nquorum w1\n`, 'tlog.policy-malformed'],
    ['a group without a number', `${one}group g1\nquorum w1\n`, 'tlog.policy-malformed'],
    ['a group named none', `${one}group none any w1\nquorum none\n`, 'tlog.policy-malformed'],
    ['none of a group needed', `${one}group g1 0 w1\nquorum g1\n`, 'tlog.policy-malformed'],
    ['a negative number', `${one}group g1 -1 w1\nquorum g1\n`, 'tlog.policy-malformed'],
    ['a leading zero', `${one}group g1 01 w1\nquorum g1\n`, 'tlog.policy-malformed'],
    ['more needed than there are', `${one}group g1 2 w1\nquorum g1\n`, 'tlog.policy-malformed'],
    ['an unknown member', `${one}group g1 any w2\nquorum g1\n`, 'tlog.policy-unknown-name'],
    ['a member defined later', `group g1 any w1\n${one}quorum g1\n`, 'tlog.policy-unknown-name'],
    ['a group that names itself', `${one}group g1 any g1 w1\nquorum g1\n`, 'tlog.policy-unknown-name'],
    ['none as a member', `${one}group g1 any none w1\nquorum g1\n`, 'tlog.policy-unknown-name'],
    ['a member twice', `${one}group g1 all w1 w1\nquorum g1\n`, 'tlog.policy-duplicate'],
    [
      'a member of two groups',
      `${two}group g1 any w1 w2\ngroup g2 any w1\nquorum g1\n`,
      'tlog.policy-duplicate',
    ],
    ['no quorum', one, 'tlog.policy-malformed'],
    ['two quorums', `${one}quorum w1\nquorum w1\n`, 'tlog.policy-duplicate'],
    ['an unknown quorum', 'quorum unknown\n', 'tlog.policy-unknown-name'],
    ['a quorum defined later', `quorum w1\n${one}`, 'tlog.policy-unknown-name'],
    ['a quorum without a name', 'quorum\n', 'tlog.policy-malformed'],
    ['a quorum of two names', `${two}quorum w1 w2\n`, 'tlog.policy-malformed'],
    ['nothing at all', '', 'tlog.policy-malformed'],
  ])('with %s', (_, text, code) => {
    expect(refusalOf(text)).toBe(code);
  });

  it('when there are more than 64 of a kind, or when it is too long', () => {
    const witnesses = (count: number) =>
      Array.from({ length: count }, (_, at) => `witness w${at} ${formatCosignerKey(keyOf(at))}\n`).join('');
    const logs = (count: number) =>
      Array.from(
        { length: count },
        (_, at) => `log ${formatVerifierKey(verifierKeyOf(sha256, 'l', bytesOf(at, 32)))}\n`,
      ).join('');
    const groups = (count: number) =>
      Array.from({ length: count }, (_, at) => `group g${at} any ${at === 0 ? 'w1' : `g${at - 1}`}\n`).join(
        '',
      );
    expect(refusalOf(`${witnesses(64)}quorum w1\n`)).toBe('ok');
    expect(refusalOf(`${witnesses(65)}quorum w1\n`)).toBe('tlog.policy-too-large');
    expect(refusalOf(`${logs(64)}quorum none\n`)).toBe('ok');
    expect(refusalOf(`${logs(65)}quorum none\n`)).toBe('tlog.policy-too-large');
    expect(refusalOf(`${one}${groups(64)}quorum g63\n`)).toBe('ok');
    expect(refusalOf(`${one}${groups(65)}quorum g63\n`)).toBe('tlog.policy-too-large');
    expect(refusalOf(`#${'a'.repeat(POLICY_MAX_LENGTH)}\nquorum none\n`)).toBe('tlog.policy-too-large');
  });
});
