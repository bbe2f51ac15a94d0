import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { leafHash } from './merkle.ts';
import { proofTextOf } from './testing/notarisation-builder.ts';
import { type Cast, createCast, trustListOf } from './testing/receipt-builder.ts';
import { type ProofCheckName, type ProofVerdict, readTlogProof, verifyTlogProof } from './tlog-proof.ts';

const entry = new TextEncoder().encode('the entry');

let cast: Cast;
let index: number;
let text: string;
beforeAll(async () => {
  cast = await createCast();
  index = cast.log.append(entry);
  text = await proofTextOf(cast, index);
});

const by = () => ({ logs: [cast.log], witnessPolicy: cast.witnesses.policy });
const verify = (value: unknown) => verifyTlogProof(value, { ...by(), entry });
const findingOf = (verdict: ProofVerdict, name: ProofCheckName) => {
  const check = verdict.checks.find((candidate) => candidate.name === name);
  return check?.ok ? 'ok' : `${check?.code} ${check?.detail ?? ''}`.trim();
};

describe('a proof', () => {
  it('holds, and says where the entry is', async () => {
    const verdict = await verify(text);
    expect(verdict).toEqual({
      ok: true,
      checks: ['inclusion-proof', 'log-signature', 'witnesses'].map((name) => ({ name, ok: true })),
      place: { origin: 'praya.example/log', index, size: cast.log.size() },
    });
  });

  it('holds of the leaf hash as of the entry', async () => {
    expect((await verifyTlogProof(text, { ...by(), leafHash: await leafHash(entry) })).ok).toBe(true);
  });

  it('holds by the trust list, and by no other', async () => {
    const { anchor } = cast;
    const trust = await anchor.sign('praya-trust-list+jws', trustListOf(cast));
    const verdict = await verifyTlogProof(text, { anchor, trust, entry });
    expect([verdict.ok, verdict.checks[0]]).toEqual([true, { name: 'trust-list', ok: true }]);
    const other = await verifyTlogProof(text, { anchor, trust: `${trust}A`, entry });
    expect(findingOf(other, 'log-signature')).toBe('proof.log-signature-not-checked trust-list');
    expect(findingOf(other, 'witnesses')).toBe('proof.witnesses-not-checked trust-list');
    expect([other.ok, findingOf(other, 'inclusion-proof')]).toEqual([false, 'ok']);
  });

  it('of nobody’s entry says that it is missing', async () => {
    const verdict = await verifyTlogProof(text, by());
    expect([verdict.ok, verdict.place]).toEqual([false, null]);
    expect(findingOf(verdict, 'inclusion-proof')).toBe('proof.inclusion-proof-missing');
    expect(findingOf(verdict, 'log-signature')).toBe('ok');
  });

  it('may carry extra data, which is read and proves nothing', async () => {
    const extra = text.replace('\nindex ', '\nextra c29tZXRoaW5n\nindex ');
    expect((await verify(extra)).ok).toBe(true);
    const read = readTlogProof(extra);
    expect(read.ok && new TextDecoder().decode(read.value.extra ?? new Uint8Array())).toBe('something');
  });

  it.each<[ProofCheckName, string, (it: string) => string]>([
    ['inclusion-proof', 'merkle.root-mismatch', (it) => it.replace(`index ${index}`, `index ${index - 1}`)],
    ['inclusion-proof', 'merkle.index-out-of-range', (it) => it.replace(`index ${index}`, 'index 4096')],
    ['inclusion-proof', 'merkle.proof-length', (it) => it.replace(/(index \d+\n)[^\n]+\n/, '$1')],
    ['inclusion-proof', 'note.malformed', (it) => it.slice(0, -1)],
    ['log-signature', 'note.signature-wrong', (it) => it.replace(/\n\d+\n/, '\n4096\n')],
    ['log-signature', 'note.signature-missing', (it) => it.replace(/— praya.example\/log .*\n/, '')],
    [
      'log-signature',
      'note.origin-wrong',
      (it) => it.replace('\npraya.example/log\n', '\nother.example/log\n'),
    ],
    ['witnesses', 'note.cosignature-wrong', (it) => it.replace(/\n\d+\n/, '\n4096\n')],
    ['witnesses', 'receipt.not-witnessed', (it) => it.replace(/— witness-1.*\n/, '')],
  ])('that was changed is caught by %s: %s', async (name, detail, change) => {
    const verdict = await verify(change(text));
    expect([verdict.ok, verdict.place]).toEqual([false, null]);
    expect(findingOf(verdict, name)).toBe(`proof.${name}-wrong ${detail}`);
  });

  it('of another entry is caught', async () => {
    const verdict = await verifyTlogProof(text, { ...by(), entry: new TextEncoder().encode('another') });
    expect(findingOf(verdict, 'inclusion-proof')).toBe('proof.inclusion-proof-wrong merkle.root-mismatch');
  });

  it.each<[string, (it: string) => unknown]>([
    ['nothing', () => undefined],
    ['a number', () => 7],
    ['another version', (it) => it.replace('@v1', '@v2')],
    ['without an index', (it) => it.replace(/index \d+\n/, '')],
    ['an index with a zero before it', (it) => it.replace(/index (\d+)/, 'index 0$1')],
    ['a negative index', (it) => it.replace(/index (\d+)/, 'index -1')],
    ['an index past 2^53', (it) => it.replace(/index \d+/, 'index 9007199254740993')],
    ['a hash cut short', (it) => it.replace(/(index \d+\n)..../, '$1')],
    ['a hash in another base64', (it) => it.replace(/(index \d+\n)[^\n]+/, `$1${'_'.repeat(43)}=`)],
    ['an empty line of extra data', (it) => it.replace('\nindex', '\nextra \nindex')],
    ['extra data that is not base64', (it) => it.replace('\nindex', '\nextra ?\nindex')],
    ['without a checkpoint', (it) => it.slice(0, it.indexOf('\n\n'))],
    ['too long', (it) => it + '\n'.repeat(300_000)],
    ['too many hashes', (it) => it.replace(/(index \d+\n)/, `$1${`${'A'.repeat(43)}=\n`.repeat(64)}`)],
  ])('is not %s', async (_, change) => {
    const verdict = await verify(change(text));
    expect([verdict.ok, verdict.checks.map(({ name }) => name)]).toEqual([false, ['shape']]);
  });

  it('with any character changed is refused by name', async () => {
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A';
      const verdict = await verify(text.slice(0, at) + other + text.slice(at + 1));
      expect([verdict.ok, verdict.place], `character ${at}`).toEqual([false, null]);
      expect(verdict.checks.some(({ ok, code }) => !ok && code !== undefined)).toBe(true);
    }
  });

  it('of any text never throws', async () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('c2sp.org/tlog-proof@v1', 'index 0', '', 'extra AAAA'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        expect((await verify(lines.join('\n'))).ok).toBe(false);
      }),
    );
  });
});
