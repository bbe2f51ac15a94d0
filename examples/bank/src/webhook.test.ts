import { createTestKey } from '@praya/verifier/testing/keys';
import { afterEach, describe, expect, test } from 'vitest';
import { eventOf, type OpenBank, openAccount, openBank, REVOKED } from './testing/open-bank.ts';

const banks: OpenBank[] = [];
async function open(needs = {}) {
  const bank = await openBank(needs);
  banks.push(bank);
  return bank;
}
afterEach(async () => {
  await Promise.all(banks.splice(0).map((bank) => bank.close()));
});

describe('the webhook', () => {
  test('deletes the data on revocation and says so on her page', async () => {
    const bank = await open();
    const browser = bank.browser();
    await openAccount(browser);
    expect((await browser.get('/customers/me')).text).toContain('data-field="nameEn"');
    expect(await bank.tell(eventOf(REVOKED))).toMatchObject({ status: 202, body: '' });
    const { text } = await browser.get('/customers/me');
    expect(text).toContain('data-state="revoked"');
    expect(text).toContain('id="data-deleted"');
    expect(text).not.toContain('data-field=');
  });

  test('acknowledges a second attempt and does nothing', async () => {
    const bank = await open();
    await bank.tell(eventOf(REVOKED));
    await openAccount(bank.browser());
    expect(await bank.tell(eventOf(REVOKED))).toMatchObject({ status: 202 });
  });

  test.each([
    ['another audience', { aud: 'other-bank' }, 'invalid_audience'],
    ['another issuer', { iss: 'http://localhost:1' }, 'invalid_issuer'],
    ['an unknown kind', { events: { other: {} } }, 'invalid_request'],
    ['a time when the key did not count', { iat: 1 }, 'authentication_failed'],
  ])('refuses an event of %s', async (_title, changes, err) => {
    const bank = await open();
    const answer = await bank.tell(eventOf(REVOKED, changes));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ err });
  });

  test('refuses a forged event and one of another typ', async () => {
    const bank = await open();
    const forger = await createTestKey();
    const key = {
      ...forger,
      sign: (typ: string, body: unknown) => forger.sign(typ, body, { kid: bank.events.kid }),
    };
    expect(await bank.tell(eventOf(REVOKED), { key })).toMatchObject({ status: 400 });
    expect(await bank.tell(eventOf(REVOKED), { typ: 'jwt' })).toMatchObject({ status: 400 });
  });

  test('asks to come again when the trust list cannot be had', async () => {
    const problem = { status: 0, code: 'relying-party.unreachable', title: '' };
    const bank = await open({ trustList: async () => ({ ok: false, problem }) });
    expect(await bank.tell(eventOf(REVOKED))).toMatchObject({ status: 503 });
  });
});
