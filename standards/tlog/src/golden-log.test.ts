import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeBase64 } from './base64.ts';
import { openCheckpoint } from './checkpoint.ts';
import { decodeEntries, encodeEntries } from './entry-bundle.ts';
import { appendLeafHashes, EMPTY_FRONTIER, frontierRoot } from './frontier.ts';
import { leafHash } from './merkle-hash.ts';
import { type Ed25519Verify, parseVerifierKey } from './note.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const ed25519: Ed25519Verify = ({ publicKey, message, signature }) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};

// The fifteen entries, the key and checkpoints of the log in Tessera's testdata.
const origin = 'example.com/log/testdata';
const vkey = `${origin}+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx`;
const words = 'one two three four five six seven eit nain ten ileven twelf threeten fourten fivten'.split(
  ' ',
);
const entries = words.map((word) => new TextEncoder().encode(word));
const published: [number, string, string][] = [
  [
    1,
    '0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=',
    'M9e0lhr9kuLxGdAtaUrhm84TQffVsLdcy808sN0a3WyniNlfcr9+bywoiIke1YYciCNjJGkCgIlQ8b16jhsmg/SChAM=',
  ],
  [
    8,
    'bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY=',
    'M9e0lq1EK37dHtgv9O3UzPxisw5vwIPcJsX9ab0xt4mvVfbdUR1fbMjN6sBFYpBoBEmD4+cWhj/AVgI5MitCO5+mews=',
  ],
  [
    11,
    'Yok1cS5VdokGLBy73BC2I16b3atss6KBN9jnIi6Fz/A=',
    'M9e0lqbRtWirJwbUy4w3VrK2RyzfW8P+OIkc8t6b6AVG/tQd1Q2SN+uCLYzNNFnf/PhzeCdURSGQe1MRnohCxPu21wg=',
  ],
  [
    15,
    'rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=',
    'M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=',
  ],
];

describe('the golden log of Tessera', () => {
  it.each(published)('has the root that was signed at %d entries', (size, root, signature) => {
    const key = parseVerifierKey(sha256, vkey);
    if (!key.ok) throw new Error(key.refusal.code);
    const note = `${origin}\n${size}\n${root}\n\n— ${origin} ${signature}\n`;
    const signed = openCheckpoint(note, { origin, keys: [key.value], verify: ed25519 });
    const leaves = entries.slice(0, size).map((entry) => leafHash(sha256, entry));
    const { frontier } = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves);
    expect(encodeBase64(frontierRoot(sha256, frontier))).toBe(root);
    expect(signed.ok && signed.value.size).toBe(size);
    expect(signed.ok && encodeBase64(signed.value.root)).toBe(root);
  });

  it('has its entries in one bundle, each behind its length', () => {
    const bundle = encodeEntries(entries);
    expect(new TextDecoder().decode(bundle)).toBe(
      words.map((word) => `\0${String.fromCharCode(word.length)}${word}`).join(''),
    );
    expect(decodeEntries(bundle)).toEqual({ ok: true, value: entries });
  });
});
