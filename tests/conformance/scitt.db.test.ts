import { createHash } from 'node:crypto';
import { systemClock } from '@praya/kernel/clock';
import { expectValue } from '@praya/kernel/result';
import { testMasterKey } from '@praya/kernel/testing';
import { decodeCbor } from '@praya/verifier/cbor';
import { readSign1 } from '@praya/verifier/cose';
import { readStatement, statementEntry } from '@praya/verifier/signed-statement';
import { verifyTlogProof } from '@praya/verifier/tlog-proof';
import { verifyTransparentStatement } from '@praya/verifier/transparent-statement';
import type { TrustAnchor } from '@praya/verifier/trust-list';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRooms } from '../../apps/platform/src/rooms.ts';
import { type ComposedCity, composeCity } from '../support/composed-city.ts';

let city: ComposedCity;
let organisation: string;
let statement: Uint8Array;
let proof: string;
let record: { readonly id: string; readonly digest: string | null };
let by: { anchor: TrustAnchor; trust: string };

beforeAll(async () => {
  city = await composeCity();
  const rooms = createRooms({ config: city.config, masterKey: testMasterKey, now: systemClock });
  const all = await rooms.directory.organisations({ limit: 50 });
  const department = all.find(({ kind }) => kind === 'department');
  if (department === undefined) throw new Error('The city has no department');
  organisation = department.id;
  const actor = { organisation: department.id, by: { client: 'records-program' } };
  const digest = createHash('sha256').update('a deed').digest('base64url');
  record = expectValue(await rooms.notary.record(actor, { kind: 'file', title: 'A deed', digest }));
  const about = { id: record.id as Parameters<typeof rooms.notary.find>[1] };
  statement = expectValue(await published(() => rooms.notary.statement(actor, about)));
  proof = expectValue(await published(() => rooms.notary.proof(actor, about)));
  const { kid, jwk } = await rooms.directory.trustAnchor();
  by = { anchor: { kid, jwk }, trust: await rooms.directory.trustList() };
  await rooms.close();
}, 120_000);
afterAll(() => city[Symbol.asyncDispose]());

/** Asks until the statement's checkpoint is published. */
async function published<A extends { readonly ok: boolean }>(ask: () => Promise<A>): Promise<A> {
  for (let left = 50; left > 0; left -= 1) {
    const answer = await ask();
    if (answer.ok) return answer;
    await new Promise((settle) => setTimeout(settle, 100));
  }
  return ask();
}

describe('RFC 9943, a Transparent Statement of the notary', () => {
  test('holds for strangers who have the trust list, and says who stated it about what', async () => {
    const verdict = await verifyTransparentStatement(statement, by);
    expect(verdict.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(verdict.statement).toMatchObject({
      issuer: organisation,
      subject: record.id,
      contentType: 'application/json',
    });
    const said = JSON.parse(new TextDecoder().decode(verdict.statement?.payload));
    expect(said).toMatchObject({ type: 'praya.notarisation.v1', digest: record.digest, state: 'active' });
    expect(JSON.stringify(said)).not.toContain('A deed');
  });

  test('is one tagged COSE_Sign1 in the deterministic form of CBOR', () => {
    expect(decodeCbor(statement).ok).toBe(true);
    const message = readSign1(statement);
    if (!message.ok) throw new Error(message.refusal.code);
    const { header, unprotected, protectedBytes } = message.value;
    expect([...header.keys()]).toEqual([1, 3, 4, 15]);
    expect(header.get(1)).toBe(-7);
    expect([...unprotected.keys()]).toEqual([394]);
    expect(decodeCbor(protectedBytes).ok).toBe(true);
  });
});

describe('RFC 9942, the COSE Receipt in it', () => {
  test('is of a binary Merkle tree over SHA-256, its payload detached', () => {
    const read = readStatement(statement);
    const [bytes = new Uint8Array()] = read.ok ? read.value.receipts : [];
    const receipt = readSign1(bytes);
    if (!receipt.ok) throw new Error(receipt.refusal.code);
    const { header, unprotected, payload } = receipt.value;
    expect([...header.keys()]).toEqual([1, 4, 15, 395]);
    expect([header.get(1), header.get(395), payload]).toEqual([-8, 1, null]);
    expect(header.get(15)).toEqual(new Map([[1, expect.stringMatching(/\/log\/notary\/\d{4}h[12]$/)]]));
    expect([...unprotected.keys()]).toEqual([396]);
    expect(decodeCbor(bytes).ok).toBe(true);
  });
});

describe('C2SP tlog-proof, of the same statement', () => {
  test('holds for strangers who have the trust list and the statement’s entry', async () => {
    const read = readStatement(statement);
    if (!read.ok) throw new Error(read.refusal.code);
    const entry = await statementEntry(read.value);
    const verdict = await verifyTlogProof(proof, { ...by, entry });
    expect(verdict.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(verdict.place?.origin).toMatch(/\/log\/notary\//);
    const lines = proof.split('\n');
    expect(lines[0]).toBe('c2sp.org/tlog-proof@v1');
    expect(lines[1]).toBe(`index ${verdict.place?.index}`);
  });
});
