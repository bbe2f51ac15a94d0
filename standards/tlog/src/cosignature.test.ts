import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint } from './checkpoint.ts';
import {
  type CosignatureAlgorithm,
  type CosignatureVerify,
  cosign,
  cosignedMessage,
  cosignerKeyOf,
  formatCosignerKey,
  parseCosignerKey,
  subtreeMessage,
  verifyCosignature,
  verifyCosignatures,
} from './cosignature.ts';
import { formatNote, parseNote } from './note.ts';
import {
  coachCheckpoint,
  navigliEd25519,
  navigliMlDsa,
  remora,
  stagingCheckpoint,
} from './published-cosignatures.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const KTY = { Ed25519: { kty: 'OKP', crv: 'Ed25519' }, 'ML-DSA-44': { kty: 'AKP', alg: 'ML-DSA-44' } };
const verifyWith: CosignatureVerify = ({ algorithm, publicKey, message, signature }) => {
  const bytes = Buffer.from(publicKey).toString('base64url');
  const jwk = { ...KTY[algorithm], ...(algorithm === 'Ed25519' ? { x: bytes } : { pub: bytes }) };
  return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
};

function cosignerOf(name: string, algorithm: CosignatureAlgorithm) {
  const pair = algorithm === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ml-dsa-44');
  const jwk = pair.publicKey.export({ format: 'jwk' }) as { x?: string; pub?: string };
  const publicKey = Buffer.from(jwk.x ?? jwk.pub ?? '', 'base64url');
  const key = cosignerKeyOf(sha256, { name, algorithm, publicKey });
  return { key, sign: (message: Uint8Array) => sign(null, message, pair.privateKey) };
}

const keyOf = (vkey: string) => {
  const key = parseCosignerKey(sha256, vkey);
  if (!key.ok) throw new Error(key.refusal.code);
  return key.value;
};
const codeOf = (answer: { ok: boolean; refusal?: { code: string } }) => answer.refusal?.code ?? 'ok';

const root = new Uint8Array(32).fill(9);
const text = formatCheckpoint({ origin: 'praya.example/log', size: 12, root, extensions: [] });
const w1 = cosignerOf('witness.example/w1', 'Ed25519');
const w2 = cosignerOf('witness.example/w2', 'ML-DSA-44');
const both = [w1, w2].map((one) => ({ title: one.key.algorithm, one }));
const lineOf = (by: typeof w1, timestamp = 1_700_000_000) => cosign({ ...by, timestamp, text });

describe('cosignatures of public witnesses', () => {
  it('hold over a public log’s checkpoint, with Ed25519', () => {
    const answer = verifyCosignatures(stagingCheckpoint, [keyOf(remora)], verifyWith);
    expect(answer.ok && answer.value.cosignatures.map(({ key, timestamp }) => [key.name, timestamp])).toEqual(
      [['remora.n621.de', 0x6a122120]],
    );
  });

  it('hold over a public log’s checkpoint, with both keys of one witness', () => {
    const keys = [keyOf(navigliEd25519), keyOf(navigliMlDsa)];
    const answer = verifyCosignatures(coachCheckpoint, keys, verifyWith);
    expect(answer.ok && answer.value.cosignatures.map(({ key }) => key.algorithm)).toEqual([
      'Ed25519',
      'ML-DSA-44',
    ]);
  });

  it('do not hold over another size', () => {
    const other = coachCheckpoint.replace('\n185550722\n', '\n42\n');
    for (const vkey of [navigliEd25519, navigliMlDsa]) {
      expect(codeOf(verifyCosignatures(other, [keyOf(vkey)], verifyWith))).toBe('tlog.signature-wrong');
    }
  });

  it('are dated as the specification’s example is', () => {
    const line =
      'jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==';
    const body = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
    const note = parseNote(`${body}\n— witness.example.com/w1 ${line}\n`);
    const [signature] = note.ok ? note.value.signatures : [];
    if (signature === undefined) throw new Error('it parses');
    const key = { ...w1.key, name: signature.name, keyId: signature.keyId };
    const messages: string[] = [];
    const answer = verifyCosignature({ text: body, line: signature }, [key], ({ message }) => {
      messages.push(new TextDecoder().decode(message));
      return true;
    });
    expect(answer.ok && answer.value.timestamp).toBe(1_679_315_147);
    expect(messages).toEqual([`cosignature/v1\ntime 1679315147\n${body}`]);
  });
});

describe('the message that is cosigned', () => {
  it('is laid out for ML-DSA-44 as the specification says', () => {
    const hash = Uint8Array.from({ length: 32 }, (_, at) => at);
    const about = { cosigner: 'mirror.test/m1', timestamp: 1_679_315_147, origin: 'example.com/log' };
    const message = Buffer.from(subtreeMessage({ ...about, start: 0, end: 20_852_163, hash }));
    const layout = [
      Buffer.from('subtree/v1\n\0').toString('hex'),
      `0e${Buffer.from('mirror.test/m1').toString('hex')}`,
      '00000000641850cb',
      `0f${Buffer.from('example.com/log').toString('hex')}`,
      '0000000000000000',
      '00000000013e2dc3',
      Buffer.from(hash).toString('hex'),
    ];
    expect(message.toString('hex')).toBe(layout.join(''));
  });

  it('commits to extension lines with Ed25519 and not with ML-DSA-44', () => {
    const extended = `${text}extension\n`;
    const same = (key: typeof w1.key) =>
      Buffer.compare(cosignedMessage(key, 7, text), cosignedMessage(key, 7, extended)) === 0;
    expect([same(w1.key), same(w2.key)]).toEqual([false, true]);
  });

  it('names the cosigner with ML-DSA-44 and not with Ed25519', () => {
    const same = (key: typeof w1.key) =>
      Buffer.compare(cosignedMessage(key, 7, text), cosignedMessage({ ...key, name: 'other' }, 7, text)) ===
      0;
    expect([same(w1.key), same(w2.key)]).toEqual([true, false]);
  });

  it.each([
    ['a start with a time', { start: 8, timestamp: 1 }],
    ['an end before the start', { start: 8, end: 7 }],
    ['a hash of 31 bytes', { hash: new Uint8Array(31) }],
    ['an empty name', { cosigner: '' }],
    ['a name of 256 bytes', { cosigner: 'a'.repeat(256) }],
    ['an origin of 256 bytes', { origin: 'é'.repeat(128) }],
    ['a time past 2^53', { timestamp: 2 ** 53 }],
  ])('is none with %s', (_, change) => {
    const good = { cosigner: 'w', timestamp: 0, origin: 'o', start: 0, end: 13, hash: root };
    expect(subtreeMessage(good)).toHaveLength(12 + 2 + 8 + 2 + 16 + 32);
    expect(() => subtreeMessage({ ...good, ...change })).toThrow(RangeError);
  });
});

describe.each(both)('a cosignature with $title', ({ one }) => {
  it('holds for every checkpoint and time', () => {
    const about = fc.record({
      size: fc.maxSafeNat(),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      timestamp: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(about, ({ size, root: hash, timestamp }) => {
        const body = formatCheckpoint({ origin: 'o', size, root: hash, extensions: [] });
        const line = cosign({ ...one, timestamp, text: body });
        expect(verifyCosignature({ text: body, line }, [one.key], verifyWith)).toEqual({
          ok: true,
          value: { key: one.key, timestamp },
        });
      }),
      { numRuns: 20 },
    );
  });

  it('is refused with another time, byte for byte', () => {
    const line = lineOf(one);
    for (let at = 0; at < 8; at += 1) {
      const signature = Uint8Array.from(line.signature);
      signature[at] = (signature[at] ?? 0) ^ 1;
      const answer = verifyCosignature({ text, line: { ...line, signature } }, [one.key], verifyWith);
      expect(codeOf(answer)).toBe(at === 0 ? 'tlog.cosignature-malformed' : 'tlog.signature-wrong');
    }
  });

  it('is malformed when it is shorter or longer', () => {
    const { signature, ...line } = lineOf(one);
    for (const bytes of [
      signature.slice(1),
      Uint8Array.of(...signature, 0),
      signature.slice(8),
      Uint8Array.of(1),
    ]) {
      const answer = verifyCosignature({ text, line: { ...line, signature: bytes } }, [one.key], verifyWith);
      expect(codeOf(answer)).toBe('tlog.cosignature-malformed');
    }
  });

  it('is no other key’s, even of the same name', () => {
    const stranger = cosignerOf(one.key.name, one.key.algorithm);
    expect(codeOf(verifyCosignature({ text, line: lineOf(one) }, [stranger.key], verifyWith))).toBe(
      'tlog.signature-missing',
    );
    // as if their ids had been made to collide
    const colliding = { ...stranger.key, keyId: one.key.keyId };
    expect(codeOf(verifyCosignature({ text, line: lineOf(one) }, [colliding], verifyWith))).toBe(
      'tlog.signature-wrong',
    );
  });

  it('says nothing about a text that is no checkpoint', () => {
    expect(codeOf(verifyCosignature({ text: 'text\n', line: lineOf(one) }, [one.key], verifyWith))).toBe(
      'tlog.checkpoint-malformed',
    );
    expect(() => cosign({ ...one, timestamp: 1, text: 'text\n' })).toThrow(RangeError);
    expect(() => cosign({ ...one, timestamp: -1, text })).toThrow(RangeError);
    expect(() => cosign({ ...one, timestamp: 1, text, sign: () => new Uint8Array(63) })).toThrow(RangeError);
  });
});

describe('a cosigned checkpoint', () => {
  const note = (lines: ReturnType<typeof lineOf>[]) => formatNote({ text, signatures: lines });
  const logLine = { name: 'praya.example/log', keyId: 1, signature: new Uint8Array(64) };

  it('names those who cosigned, whatever else signed', () => {
    const answer = verifyCosignatures(
      note([logLine, lineOf(w1, 5), lineOf(w2, 6)]),
      [w1.key, w2.key],
      verifyWith,
    );
    expect(answer).toEqual({
      ok: true,
      value: {
        text,
        cosignatures: [
          { key: w1.key, timestamp: 5 },
          { key: w2.key, timestamp: 6 },
        ],
      },
    });
  });

  it('without a known key’s line has no cosignatures', () => {
    expect(verifyCosignatures(note([logLine, lineOf(w2)]), [w1.key], verifyWith)).toEqual({
      ok: true,
      value: { text, cosignatures: [] },
    });
  });

  it('is refused as a whole for one known line that does not hold', () => {
    const broken = { ...lineOf(w2), signature: new Uint8Array(8 + 2420) };
    expect(codeOf(verifyCosignatures(note([lineOf(w1), broken]), [w1.key, w2.key], verifyWith))).toBe(
      'tlog.signature-wrong',
    );
    expect(verifyCosignatures(note([lineOf(w1), broken]), [w1.key], verifyWith).ok).toBe(true);
  });

  it('is refused when it is no note, or no checkpoint', () => {
    expect(codeOf(verifyCosignatures('text\n', [w1.key], verifyWith))).toBe('tlog.note-malformed');
    expect(codeOf(verifyCosignatures('text\n\n— a MTIzNDU=\n', [w1.key], verifyWith))).toBe(
      'tlog.checkpoint-malformed',
    );
  });
});

describe('a cosigner’s key', () => {
  it.each([remora, navigliEd25519, navigliMlDsa])(
    'of a public witness reads and writes the same (%#)',
    (vkey) => {
      expect(formatCosignerKey(keyOf(vkey))).toBe(vkey);
    },
  );

  it('has another id for each algorithm and for each name', () => {
    const ids = [w1.key.keyId, cosignerKeyOf(sha256, { ...w1.key, name: 'other' }).keyId, w2.key.keyId];
    expect(new Set(ids).size).toBe(3);
  });

  it('is refused when its id is not the hash of its name and key', () => {
    const vkey = formatCosignerKey({ ...w2.key, keyId: (w2.key.keyId + 1) % 2 ** 32 });
    expect(codeOf(parseCosignerKey(sha256, vkey))).toBe('tlog.key-id-mismatch');
  });

  it.each([
    ['nothing', ''],
    ['a note key', 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['an ECDSA key', 'name+c74f20a3+AgEB'],
    [
      'an Ed25519 key of 31 bytes',
      `name+c74f20a3+${Buffer.from([4, ...new Uint8Array(31)]).toString('base64')}`,
    ],
    [
      'an ML-DSA-44 key of 32 bytes',
      `name+c74f20a3+${Buffer.from([6, ...new Uint8Array(32)]).toString('base64')}`,
    ],
    ['an id in capitals', remora.replace('da77ade7', 'DA77ADE7')],
    ['a name with a space', remora.replace('remora', 'rem ora')],
    ['a name of 256 bytes', remora.replace('remora', 'r'.repeat(256))],
    ['no base64', remora.replace('+BOvN', '+!OvN')],
  ])('is not %s', (_, vkey) => {
    expect(codeOf(parseCosignerKey(sha256, vkey))).toBe('tlog.key-malformed');
  });

  it('cannot be made of a wrong name or length', () => {
    expect(() => cosignerKeyOf(sha256, { ...w1.key, name: 'a b' })).toThrow(RangeError);
    expect(() => cosignerKeyOf(sha256, { ...w1.key, algorithm: 'ML-DSA-44' })).toThrow(RangeError);
  });
});
