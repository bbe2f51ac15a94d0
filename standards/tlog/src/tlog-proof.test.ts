import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint, openCheckpoint } from './checkpoint.ts';
import { appendLeafHashes, EMPTY_FRONTIER, frontierRoot } from './frontier.ts';
import { buildInclusionProof, verifyInclusion } from './inclusion-proof.ts';
import { leafHash } from './merkle-hash.ts';
import { type Ed25519Verify, signNote, verifierKeyOf } from './note.ts';
import { decodeTile, encodeTile } from './tiles.ts';
import { formatTlogProof, parseTlogProof, TLOG_PROOF_MAX_LENGTH } from './tlog-proof.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const ed25519: Ed25519Verify = ({ publicKey, message, signature }) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};
const codeOf = (answer: { ok: boolean; refusal?: { code: string } }) => answer.refusal?.code ?? 'ok';
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** A log of a few entries under its own key. */
function logOf(origin: string, size: number) {
  const pair = generateKeyPairSync('ed25519');
  const x = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const key = verifierKeyOf(sha256, origin, x);
  const leaves = Array.from({ length: size }, (_, at) => leafHash(sha256, Buffer.from(`${origin} ${at}`)));
  const { frontier, completed } = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves);
  const nodes = new Map(completed.map((node) => [`${node.level}/${node.index}`, node.hash]));
  const read = (level: number, index: number) => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new RangeError(`no node ${level}/${index}`);
    return hash;
  };
  const root = frontierRoot(sha256, frontier);
  const text = formatCheckpoint({ origin, size, root, extensions: [] });
  const checkpoint = signNote(text, { ...key, sign: (message) => sign(null, message, pair.privateKey) });
  return { origin, key, leaves, read, size, checkpoint };
}

function proofOf(log: ReturnType<typeof logOf>, index: number) {
  const proof = buildInclusionProof(sha256, log.read, { index, size: log.size });
  if (!proof.ok) throw new Error(proof.refusal.code);
  return formatTlogProof({ index, proof: proof.value, checkpoint: log.checkpoint });
}

/** What a reader without a network does with a proof. */
function check(text: string, log: ReturnType<typeof logOf>, leaf: Uint8Array) {
  const read = parseTlogProof(text);
  if (!read.ok) return read.refusal.code;
  const by = { origin: log.origin, keys: [log.key], verify: ed25519 };
  const opened = openCheckpoint(read.value.checkpoint, by);
  if (!opened.ok) return opened.refusal.code;
  const { size, root } = opened.value;
  return codeOf(verifyInclusion(sha256, { ...read.value, leafHash: leaf, size, root }));
}

const log = logOf('praya.example/log/evidence/2026h2', 11);
const h1 = sha256(Buffer.from('hash1'));
const h2 = sha256(Buffer.from('hash2'));
const { checkpoint } = log;

describe('a proof as a text', () => {
  it('is laid out as published', () => {
    expect(formatTlogProof({ index: 5, proof: [h1, h2], checkpoint })).toBe(
      `c2sp.org/tlog-proof@v1\nindex 5\n${base64(h1)}\n${base64(h2)}\n\n${checkpoint}`,
    );
    const extra = Buffer.from('extra information');
    expect(formatTlogProof({ index: 10, proof: [h1], checkpoint, extra })).toBe(
      `c2sp.org/tlog-proof@v1\nextra ${base64(extra)}\nindex 10\n${base64(h1)}\n\n${checkpoint}`,
    );
    expect(formatTlogProof({ index: 0, proof: [], checkpoint })).toBe(
      `c2sp.org/tlog-proof@v1\nindex 0\n\n${checkpoint}`,
    );
  });

  it('reads back as it was written', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const any = fc.record(
      {
        index: fc.maxSafeNat(),
        proof: fc.array(hash, { maxLength: 63 }),
        checkpoint: fc.constant(checkpoint),
        extra: fc.uint8Array({ minLength: 1, maxLength: 300 }),
      },
      { requiredKeys: ['index', 'proof', 'checkpoint'] },
    );
    fc.assert(
      fc.property(any, (value) => {
        expect(parseTlogProof(formatTlogProof(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('shows every entry to be in its log', () => {
    for (const [index, leaf] of log.leaves.entries())
      expect(check(proofOf(log, index), log, leaf)).toBe('ok');
  });

  const head = 'c2sp.org/tlog-proof@v1\n';
  it.each([
    ['nothing', ''],
    ['another header', `wrong-header\nindex 0\n\n${checkpoint}`],
    ['another version', `c2sp.org/tlog-proof@v2\nindex 0\n\n${checkpoint}`],
    ['extra data that is no base64', `${head}extra !!notbase64!!\nindex 0\n\n${checkpoint}`],
    ['an empty line of extra data', `${head}extra \nindex 0\n\n${checkpoint}`],
    ['extra data twice', `${head}extra AAAA\nextra AAAA\nindex 0\n\n${checkpoint}`],
    ['extra data behind the index', `${head}index 0\nextra AAAA\n\n${checkpoint}`],
    ['no index', `${head}\n\n${checkpoint}`],
    ['an index that is no number', `${head}index notanumber\n\n${checkpoint}`],
    ['a negative index', `${head}index -5\n\n${checkpoint}`],
    ['an index with a leading zero', `${head}index 05\n\n${checkpoint}`],
    ['a hash that is no base64', `${head}index 0\n!!notbase64!!\n\n${checkpoint}`],
    ['a hash of 64 bytes', `${head}index 0\n${base64(new Uint8Array(64))}\n\n${checkpoint}`],
    ['64 hashes', `${head}index 0\n${`${base64(h1)}\n`.repeat(64)}\n${checkpoint}`],
    ['a line too long', `${head}index 0\n${'a'.repeat(TLOG_PROOF_MAX_LENGTH)}\n`],
    ['carriage returns', `${head}index 0\n\n${checkpoint}`.replaceAll('\n', '\r\n')],
  ])('is malformed with %s', (_, text) => {
    expect(codeOf(parseTlogProof(text))).toBe('tlog.proof-malformed');
  });

  it('carries a signed note', () => {
    expect(codeOf(parseTlogProof(`${head}index 0\n\ncheckpoint\n`))).toBe('tlog.note-malformed');
    expect(() => formatTlogProof({ index: 0, proof: [], checkpoint: 'checkpoint\n' })).toThrow(RangeError);
    expect(() => formatTlogProof({ index: -1, proof: [], checkpoint })).toThrow(RangeError);
    expect(() => formatTlogProof({ index: 1, proof: [], checkpoint, extra: new Uint8Array() })).toThrow(
      RangeError,
    );
  });

  it('never throws while it is read, whatever it is', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n', '\n\n', 'extra ', 'index 1', head),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(typeof parseTlogProof(head + pieces.join('')).ok).toBe('boolean');
      }),
    );
  });
});

describe('what does not hold has its code', () => {
  const other = logOf('praya.example/log/notary/2026h2', 11);
  const leaf = log.leaves[4] ?? new Uint8Array();
  const text = proofOf(log, 4);
  const line = text.split('\n')[2] ?? '';

  it.each([
    ['a proof for another log', proofOf(other, 4), 'tlog.signature-missing'],
    ['a proof cut by a hash', text.replace(`${line}\n`, ''), 'tlog.proof-length'],
    ['a proof with a hash more', text.replace(line, `${line}\n${line}`), 'tlog.proof-length'],
    ['a proof with another hash', text.replace(line, base64(h1)), 'tlog.root-mismatch'],
    ['a proof for another place', text.replace('index 4', 'index 5'), 'tlog.root-mismatch'],
    ['a place beyond the tree', text.replace('index 4', 'index 11'), 'tlog.index-out-of-range'],
    ['another size', text.replace('\n11\n', '\n12\n'), 'tlog.signature-wrong'],
    ['a note without signatures', text.slice(0, text.indexOf('—')), 'tlog.note-malformed'],
  ])('%s', (_, changed, code) => {
    expect(check(changed, log, leaf)).toBe(code);
  });

  it('a proof for another log of the same key', () => {
    expect(check(text, { ...log, origin: 'praya.example/log/evidence/2027h1' }, leaf)).toBe(
      'tlog.origin-mismatch',
    );
  });

  it('a proof of another entry', () => {
    expect(check(text, log, log.leaves[5] ?? new Uint8Array())).toBe('tlog.root-mismatch');
  });

  it('a truncated tile', () => {
    const tile = encodeTile(log.leaves);
    expect(codeOf(decodeTile(tile.subarray(0, tile.length - 1)))).toBe('tlog.tile-length');
    expect(codeOf(decodeTile(tile.subarray(0, 0)))).toBe('tlog.tile-length');
  });
});
