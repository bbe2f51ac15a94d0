import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { inclusionReceipt, signRoot } from './receipt.ts';
import { signerOf } from './signer.ts';
import { signStatement, transparentStatement } from './statement.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const text = (value: string) => new TextEncoder().encode(value);

// RFC 8032 §7.1, test 1; Ed25519 always gives the same signature
const privateKey = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  },
});
const signingKey = signerOf({ kid: 'k', algorithm: 'EdDSA', privateKey });
const about = { signingKey, payload: text('{}'), issuer: 'org_1', subject: 'ntr_1' };
const statement = signStatement(about);

describe('a signed statement', () => {
  test('is one sequence of bytes', () => {
    const header =
      `a4 01 27 03 70${hex(text('application/json'))} 04 41 6b 0f a2 01 65${hex(text('org_1'))} 02 65${hex(text('ntr_1'))}`.replaceAll(
        ' ',
        '',
      );
    expect(hex(statement).slice(0, -128)).toBe(`d2845828${header}a0427b7d5840`);
    const signed = Buffer.from(`846a5369676e6174757265315828${header}40427b7d`, 'hex');
    const signature = statement.slice(-64);
    expect(verify(null, signed, createPublicKey(privateKey), signature)).toBe(true);
  });

  test('by ES256 has a signature of r and s', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const byEcdsa = signerOf({ kid: 'k', algorithm: 'ES256', privateKey: pair.privateKey });
    const signed = signStatement({ ...about, signingKey: byEcdsa });
    expect(signed).toHaveLength(statement.length);
    const input = Buffer.concat([
      Buffer.from('846a5369676e617475726531', 'hex'),
      Buffer.from(signed.slice(2, 2 + 2 + 40)),
      Buffer.from('40427b7d', 'hex'),
    ]);
    const key = { key: pair.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', input, key, signed.slice(-64))).toBe(true);
  });

  test('says what kind of content it is of', () => {
    const other = signStatement({ ...about, contentType: 'text/plain' });
    expect(Buffer.from(other).includes('text/plain')).toBe(true);
  });
});

describe('a transparent statement', () => {
  test('is the statement with its receipts where nothing was', () => {
    const whole = transparentStatement(statement, [Uint8Array.of(1), Uint8Array.of(2)]);
    expect(hex(whole)).toBe(hex(statement).replace('a0427b7d', 'a119018a8241014102427b7d'));
  });

  test('is made of a statement of any length', () => {
    for (const length of [0, 200, 300, 70_000]) {
      const issuer = 'o'.repeat(Math.min(length, 60_000));
      const long = signStatement({ ...about, issuer, payload: new Uint8Array(length) });
      const whole = transparentStatement(long, [Uint8Array.of(1)]);
      expect(whole).toHaveLength(long.length + 6);
      expect(() => transparentStatement(whole, [Uint8Array.of(1)])).toThrow(RangeError);
    }
  });

  test('is made of nothing else, and not without a receipt', () => {
    const one = [Uint8Array.of(1)];
    expect(() => transparentStatement(statement, [])).toThrow(RangeError);
    expect(() => transparentStatement(statement, [new Uint8Array()])).toThrow(RangeError);
    for (const strange of [
      '',
      'd2',
      'd284',
      'd28440',
      'd284a0a0',
      'd28440a1',
      'd29040a0',
      'd2845f40ffa0',
      'd2845a00000000a0',
    ]) {
      expect(() => transparentStatement(Buffer.from(strange, 'hex'), one), strange).toThrow(RangeError);
    }
  });
});

describe('a receipt', () => {
  const root = signRoot(signingKey, { issuer: 'log.example', root: new Uint8Array(32).fill(7) });

  test('is one sequence of bytes, its payload not in it', () => {
    const path = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const receipt = hex(inclusionReceipt(root, { size: 4, index: 2, path }));
    const header = `a4012704416b0fa1016b${hex(text('log.example'))}19018b01`;
    const proof = `830402825820${'01'.repeat(32)}5820${'02'.repeat(32)}`;
    expect(receipt.slice(0, -128)).toBe(`d2845819${header}a119018ca120815848${proof}f65840`);
    const signed = Buffer.from(`846a5369676e6174757265315819${header}405820${'07'.repeat(32)}`, 'hex');
    expect(verify(null, signed, createPublicKey(privateKey), root.signature)).toBe(true);
  });

  test('of another entry has the same signature', () => {
    const [one, other] = [0, 3].map((index) => inclusionReceipt(root, { size: 4, index, path: [] }));
    expect(one?.slice(-64)).toEqual(other?.slice(-64));
    expect(one).not.toEqual(other);
  });
});
