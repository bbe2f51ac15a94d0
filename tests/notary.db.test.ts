import { createHash } from 'node:crypto';
import { createBrowser } from '@praya/city/play/browser';
import { importDemonstrationPasskey } from '@praya/city/play/demonstration';
import { changeRecord, notariseFile, receiptOf } from '@praya/city/play/notary';
import { openPortal, seatResident } from '@praya/city/play/resident';
import type { PublicCheck } from '@praya/notary/contract';
import { verifyNotarisation } from '@praya/verifier/notarisation';
import { notarisedStateAt } from '@praya/verifier/notarisation-history';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ComposedCity, composeCity } from './support/composed-city.ts';

type Officer = Awaited<ReturnType<typeof officerOf>>;

let city: ComposedCity;
let companies: Officer;

beforeAll(async () => {
  city = await composeCity();
  companies = await officerOf('notary');
}, 120_000);
afterAll(() => city[Symbol.asyncDispose]());

async function officerOf(who: 'notary' | 'notary officer, rates') {
  const browser = createBrowser(city.origin);
  await openPortal(await seatResident(browser, await importDemonstrationPasskey(browser, who)));
  return browser;
}

async function anchor() {
  const answer = await fetch(`${city.origin}/.well-known/praya-trust-anchor`);
  return (await answer.json()) as Parameters<typeof verifyNotarisation>[1]['anchor'];
}

async function check(code: string): Promise<PublicCheck> {
  const answer = await fetch(`${city.origin}/notary/v1/checks/${code}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as PublicCheck;
}

test('a file is notarised, checked by anybody, verified offline, revoked, and verified again', async () => {
  const document = Buffer.from('A permit to lay a cable under Harbour Road');
  const digest = createHash('sha256').update(document).digest('base64url');
  const record = await notariseFile(companies, { title: 'Permit 17', document });
  expect(record).toMatchObject({ state: 'active', digest, revision: 1 });
  const receipt = await receiptOf(companies, record.id);
  expect(await verifyNotarisation(receipt, { anchor: await anchor(), digest })).toMatchObject({ ok: true });
  expect(await check(record.code)).toMatchObject({ state: 'active', title: null, digest });

  await changeRecord(companies, { id: record.id, to: 'revoked', reason: 'Issued in error' });
  const after = await verifyNotarisation(await receiptOf(companies, record.id), { anchor: await anchor() });
  expect(after.ok).toBe(true);
  expect(notarisedStateAt(after.record?.history ?? [], new Date())).toBe('revoked');
  const checked = await check(record.code.toLowerCase());
  expect(checked).toMatchObject({ state: 'revoked', history: [{ state: 'active' }, { state: 'revoked' }] });
  expect(await verifyNotarisation(checked.receipt, { anchor: await anchor() })).toMatchObject({ ok: true });
});
