import { generateKeyPairSync } from 'node:crypto';
import { expectValue } from '@praya/kernel/result';
import { logKeysOf, verifyCoseReceipt } from '@praya/verifier/cose-receipt';
import { verifyTlogProof } from '@praya/verifier/tlog-proof';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogProof } from '../contract.ts';
import { createFakeLedger } from '../fake.ts';
import type { LogSigner } from '../publication/sign-checkpoint.ts';
import { signCheckpoint, verifierKey } from '../publication/sign-checkpoint.ts';
import { createCoseReceipts } from './cose-receipt.ts';
import { tlogProofText } from './proof-text.ts';

const ORIGIN = 'log.test/log/notary/2026h2';

function newSigner(): LogSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { signingKey: async () => ({ privateKey, jwk: { x } }) };
}

/** A log of so many entries, its proofs under a checkpoint that this signer signed. */
async function logOf(size: number, signer: LogSigner) {
  const ledger = createFakeLedger({ host: 'log.test' });
  const entries = Array.from({ length: size }, (_, at) => Uint8Array.of(at >> 8, at & 0xff, 7));
  const places = expectValue(await ledger.sequence(entries));
  const proofOf = async (index: number): Promise<LogProof> => {
    const at = places[index];
    if (at === undefined) throw new RangeError('No such entry');
    const proof = expectValue(await ledger.proofOf(at));
    const [, , root = ''] = proof.checkpoint.split('\n');
    const tree = { size, root: Buffer.from(root, 'base64') };
    return { ...proof, origin: ORIGIN, checkpoint: await signCheckpoint({ origin: ORIGIN, signer }, tree) };
  };
  return {
    entries,
    proofOf,
    logs: [{ origin: ORIGIN, vkey: await verifierKey({ origin: ORIGIN, signer }) }],
  };
}

describe('of every entry of every tree', () => {
  test('the COSE Receipt and the text hold for those who know only the log’s key', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(), async (size, at) => {
        const index = at % size;
        const signer = newSigner();
        const { entries, proofOf, logs } = await logOf(size, signer);
        const proof = await proofOf(index);
        const entry = Uint8Array.from(entries[index] ?? []);
        const receipts = createCoseReceipts({ signerOf: () => signer });
        const receipt = await receipts.receiptOf(proof);
        const place = await verifyCoseReceipt(receipt, { entry, logKeyOf: logKeysOf(logs) });
        expect(place).toMatchObject({ ok: true, value: { issuer: ORIGIN, index, size } });
        const text = await verifyTlogProof(tlogProofText(proof), { entry, logs, witnessPolicy: '' });
        expect(text).toMatchObject({ ok: true, place: { origin: ORIGIN, index, size } });
      }),
      { numRuns: 40 },
    );
  });
});

describe('a COSE Receipt', () => {
  test('has one signature for every entry of a tree, and another for the next tree', async () => {
    const signer = newSigner();
    const receipts = createCoseReceipts({ signerOf: () => signer });
    const { proofOf } = await logOf(9, signer);
    const signatureOf = (bytes: Uint8Array) => Buffer.from(bytes.slice(-64)).toString('hex');
    const [first, second] = [
      await receipts.receiptOf(await proofOf(0)),
      await receipts.receiptOf(await proofOf(8)),
    ];
    expect(signatureOf(second)).toBe(signatureOf(first));
    const grown = await logOf(10, signer);
    expect(signatureOf(await receipts.receiptOf(await grown.proofOf(0)))).not.toBe(signatureOf(first));
  });

  test('is not made under a checkpoint that another signed, or that was changed', async () => {
    const signer = newSigner();
    const receipts = createCoseReceipts({ signerOf: () => signer });
    const stranger = await logOf(4, newSigner());
    await expect(receipts.receiptOf(await stranger.proofOf(1))).rejects.toThrow('Not a checkpoint');
    const { proofOf } = await logOf(4, signer);
    const proof = await proofOf(1);
    const checkpoint = proof.checkpoint.replace('\n4\n', '\n5\n');
    await expect(receipts.receiptOf({ ...proof, checkpoint })).rejects.toThrow('Not a checkpoint');
  });
});
