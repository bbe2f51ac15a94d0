import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import {
  type Ed25519Verify,
  formatNote,
  formatVerifierKey,
  NOTE_MAX_LENGTH,
  parseNote,
  parseVerifierKey,
  signNote,
  verifierKeyOf,
  verifyNote,
} from './note.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const ed25519: Ed25519Verify = ({ publicKey, message, signature }) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};

function signerOf(name: string) {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const key = verifierKeyOf(sha256, name, publicKey);
  return { key, signer: { ...key, sign: (message: Uint8Array) => sign(null, message, pair.privateKey) } };
}

const log = signerOf('praya.example/log');
const witness = signerOf('witness.example');
const root = new Uint8Array(32).fill(9);
const body = formatCheckpoint({ origin: 'praya.example/log', size: 12, root, extensions: [] });
const signed = signNote(body, log.signer);
const codeOf = (answer: { ok: boolean; refusal?: { code: string } }) => answer.refusal?.code ?? 'ok';

describe('a signed note', () => {
  it('is the example of the specification, byte for byte, both ways', () => {
    const example = [
      'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n',
      '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n',
    ].join('');
    const parsed = parseNote(example);
    expect(parsed.ok && parsed.value.signatures.map(({ name, keyId }) => [name, keyId])).toEqual([
      ['quasimodo.example/salvatore', 0x367ba04b],
    ]);
    expect(parsed.ok && parsed.value.text.endsWith('ed è subito sera.\n')).toBe(true);
    expect(parsed.ok && formatNote(parsed.value)).toBe(example);
  });

  it('verifies by its key and gives back its text', () => {
    const answer = verifyNote(signed, [witness.key, log.key], ed25519);
    expect(answer).toEqual({ ok: true, value: { text: body, signedBy: [log.key] } });
  });

  it('carries cosignatures, and passes over those of unknown keys', () => {
    const first = parseNote(signed);
    const second = parseNote(signNote(body, witness.signer));
    if (!first.ok || !second.ok) throw new Error('both parse');
    const both = formatNote({
      text: body,
      signatures: [...first.value.signatures, ...second.value.signatures],
    });
    const signedBy = (keys: (typeof log.key)[]) => {
      const answer = verifyNote(both, keys, ed25519);
      return answer.ok ? answer.value.signedBy.map(({ name }) => name) : answer.refusal.code;
    };
    expect(signedBy([log.key, witness.key])).toEqual(['praya.example/log', 'witness.example']);
    expect(signedBy([witness.key])).toEqual(['witness.example']);
    expect(signedBy([signerOf('witness.example').key])).toBe('tlog.signature-missing');
  });

  it('is refused when its text or its signature is another', () => {
    expect(codeOf(verifyNote(signed.replace('\n12\n', '\n13\n'), [log.key], ed25519))).toBe(
      'tlog.signature-wrong',
    );
    const other = signNote(body, { ...log.signer, sign: () => new Uint8Array(64) });
    expect(codeOf(verifyNote(other, [log.key], ed25519))).toBe('tlog.signature-wrong');
  });

  it.each([
    ['no signature', 'text\n'],
    ['no blank line', `text\n— a ${btoa('12345')}\n`],
    ['no last newline', signed.slice(0, -1)],
    ['a hyphen for the dash', signed.replace('—', '-')],
    ['a name with a plus', signed.replace('— praya', '— pra+ya')],
    ['a name with an odd space', signed.replace('— praya', '— pra\u00a0ya')],
    ['an empty name', `text\n\n—  ${btoa('12345')}\n`],
    ['a signature of four bytes', `text\n\n— a ${btoa('1234')}\n`],
    ['base64 with loose bits', 'text\n\n— a MTIzNDV=\n'],
    ['base64 of the URL kind', 'text\n\n— a MTIz_-U=\n'],
    ['a carriage return', signed.replace('\n', '\r\n')],
    ['a control character', `a\u0001${signed}`],
    ['half a surrogate', `a\ud800${signed}`],
    ['a line after the signatures', `${signed}more\n`],
    ['nothing', ''],
  ])('is not one with %s', (_, note) => {
    expect(codeOf(parseNote(note))).toBe('tlog.note-malformed');
  });

  it('is refused when it is too large or has too many signatures', () => {
    expect(codeOf(parseNote(`${'a'.repeat(NOTE_MAX_LENGTH)}${signed}`))).toBe('tlog.note-too-large');
    const line = `— a ${btoa('12345')}\n`;
    expect(parseNote(`text\n\n${line.repeat(32)}`).ok).toBe(true);
    expect(codeOf(parseNote(`text\n\n${line.repeat(33)}`))).toBe('tlog.note-too-large');
  });

  it('cannot be made of a text without a last newline', () => {
    expect(() => signNote('text', log.signer)).toThrow(RangeError);
  });

  it('never throws while it is read, whatever it is', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\n', '\n\n— ', ' ', 'AAAA', '='));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(typeof parseNote(pieces.join('')).ok).toBe('boolean');
      }),
    );
  });
});

describe('a verifier key', () => {
  it('is the text of the Go note package, both ways', () => {
    const text = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    const key = parseVerifierKey(sha256, text);
    expect(key.ok && formatVerifierKey(key.value)).toBe(text);
  });

  it('is refused when its id is not the hash of its name and key', () => {
    const text = formatVerifierKey({ ...log.key, keyId: (log.key.keyId + 1) % 2 ** 32 });
    expect(codeOf(parseVerifierKey(sha256, text))).toBe('tlog.key-id-mismatch');
  });

  it.each([
    '',
    'a+b',
    'name+c74f20a3+AQ==',
    'na me+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    'PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    'PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  ])('is not %j', (text) => {
    expect(codeOf(parseVerifierKey(sha256, text))).toBe('tlog.key-malformed');
  });

  it('has a name without spaces and 32 bytes', () => {
    expect(() => verifierKeyOf(sha256, 'a b', new Uint8Array(32))).toThrow(RangeError);
    expect(() => verifierKeyOf(sha256, 'ab', new Uint8Array(31))).toThrow(RangeError);
  });
});

describe('a checkpoint', () => {
  it('reads back as it was written', () => {
    const checkpoint = fc.record({
      origin: fc.constantFrom('praya.example/log', 'a b', '海旁'),
      size: fc.maxSafeNat(),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      extensions: fc.array(fc.constantFrom('one', 'two two')),
    });
    fc.assert(
      fc.property(checkpoint, (value) => {
        expect(parseCheckpoint(formatCheckpoint(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('opens by its origin and the log’s key', () => {
    const by = { origin: 'praya.example/log', keys: [log.key], verify: ed25519 };
    expect(openCheckpoint(signed, by)).toMatchObject({ ok: true, value: { size: 12, root } });
    expect(codeOf(openCheckpoint(signed, { ...by, origin: 'other' }))).toBe('tlog.origin-mismatch');
    expect(codeOf(openCheckpoint(signed, { ...by, keys: [witness.key] }))).toBe('tlog.signature-missing');
    expect(codeOf(openCheckpoint(signNote('text\n', log.signer), by))).toBe('tlog.checkpoint-malformed');
  });

  const rootLine = Buffer.from(root).toString('base64');
  it.each([
    ['two lines', 'origin\n1\n'],
    ['no last newline', `origin\n1\n${rootLine}`],
    ['an empty origin', `\n1\n${rootLine}\n`],
    ['a size with a leading zero', `origin\n01\n${rootLine}\n`],
    ['a negative size', `origin\n-1\n${rootLine}\n`],
    ['a size with a plus', `origin\n+1\n${rootLine}\n`],
    ['a hexadecimal size', `origin\n0x1\n${rootLine}\n`],
    ['a size past 2^53', `origin\n9007199254740992\n${rootLine}\n`],
    ['an empty size', `origin\n\n${rootLine}\n`],
    ['a root of 31 bytes', `origin\n1\n${Buffer.alloc(31).toString('base64')}\n`],
    ['a root without padding', `origin\n1\n${rootLine.slice(0, -1)}\n`],
    ['an empty extension', `origin\n1\n${rootLine}\n\n`],
  ])('is not one with %s', (_, text) => {
    expect(codeOf(parseCheckpoint(text))).toBe('tlog.checkpoint-malformed');
  });

  it('cannot be written with a newline in its origin or a root of another length', () => {
    const good = { origin: 'origin', size: 1, root, extensions: [] };
    expect(() => formatCheckpoint({ ...good, origin: 'a\nb' })).toThrow(RangeError);
    expect(() => formatCheckpoint({ ...good, root: new Uint8Array(31) })).toThrow(RangeError);
    expect(() => formatCheckpoint({ ...good, size: -1 })).toThrow(RangeError);
    expect(() => formatCheckpoint({ ...good, extensions: ['a\nb'] })).toThrow(RangeError);
  });
});
