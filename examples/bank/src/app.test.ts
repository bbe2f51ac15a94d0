import { LANGUAGES } from '@praya/kernel/language';
import { afterEach, describe, expect, test } from 'vitest';
import { ASKS } from './asks.ts';
import { NOTICES } from './pages/notice.ts';
import { bankMessages } from './pages/speech.ts';
import type { SignInProblem } from './sign-in.ts';
import { csrfIn, GRANTED, type OpenBank, openAccount, openBank, signInAs } from './testing/open-bank.ts';

const banks: OpenBank[] = [];
async function open(needs = {}) {
  const bank = await openBank(needs);
  banks.push(bank);
  return bank;
}
afterEach(async () => {
  await Promise.all(banks.splice(0).map((bank) => bank.close()));
});

describe('opening an account', () => {
  test('leads to Praya, back, and to the verified particulars', async () => {
    const browser = (await open()).browser();
    expect(await browser.get('/open')).toMatchObject({
      status: 303,
      location: expect.stringContaining('/oidc/auth'),
    });
    expect(await browser.get('/callback?code=c&state=the-state')).toMatchObject({
      location: '/customers/me',
    });
    const { text, status } = await browser.get('/customers/me');
    expect(status).toBe(200);
    expect(text).toContain('&lt;b&gt;CHAN&lt;/b&gt;');
    expect(text).toContain('Office of the Persons Register');
    expect(text).toContain('12 April 1985');
    expect(text).toContain('Not given, as you chose: Name in Chinese, Sex, Mobile number');
  });

  test('gives a new session name, so that a planted one is worth nothing', async () => {
    const bank = await open();
    const begun = await bank.app.inject('/open');
    const [before] = begun.cookies;
    const back = await bank.app.inject({
      url: '/callback?code=c&state=the-state',
      cookies: { bank_session: before?.value ?? '' },
    });
    expect(before).toMatchObject({ name: 'bank_session', httpOnly: true, sameSite: 'Lax' });
    expect(back.cookies[0]?.value).not.toBe(before?.value);
  });

  test.each<[SignInProblem['kind'], string]>([
    ['refused', 'You chose not to share'],
    ['request-refused', 'Praya did not accept our request'],
    ['unreachable', 'Praya does not answer now'],
    ['ended', 'That took too long'],
    ['failed', 'That did not work'],
  ])('that is %s ends on a calm page', async (kind, title) => {
    const problem = { ok: false as const, problem: { kind, code: 'some_code', title: null } };
    const signIn = signInAs('subject-1', [], { begin: async () => problem });
    expect((await (await open({ signIn })).browser().get('/open')).text).toContain(title);
    const browser = (await open({ signIn: signInAs('s', [], { finish: async () => problem }) })).browser();
    await browser.get('/open');
    const back = await browser.get('/callback?error=x&state=the-state');
    expect(back.status).toBe(NOTICES[kind]);
    expect(back.text).toContain(title);
  });

  test('without the session, or with another state, or twice, says that the session is lost', async () => {
    const bank = await open();
    const lost = 'We have lost sight of you';
    expect((await bank.browser().get('/callback?code=c&state=the-state')).text).toContain(lost);
    const browser = bank.browser();
    await browser.get('/open');
    expect((await browser.get('/callback?code=c&state=other')).text).toContain(lost);
    await browser.get('/callback?code=c&state=the-state');
    expect((await browser.get('/callback?code=c&state=the-state')).text).toContain(lost);
    expect((await bank.browser().get('/customers/me')).text).toContain(lost);
  });

  test('by signing in alone works for customers and for nobody else', async () => {
    const bank = await open({ signIn: signInAs('stranger', undefined) });
    const browser = bank.browser();
    await browser.get('/sign-in');
    expect((await browser.get('/callback?code=c&state=the-state')).status).toBe(404);
  });
});

describe('fetching again', () => {
  test('shows the exchange’s own words when it refuses', async () => {
    let revoked = false;
    const { fetchData, problem } = refusing(() => revoked);
    const browser = (await open({ fetchData })).browser();
    const csrf = await openAccount(browser);
    revoked = true;
    expect(await browser.post('/customers/me/fetch', { csrf })).toMatchObject({ location: '/customers/me' });
    const { text } = await browser.get('/customers/me');
    expect(text).toContain(problem.title);
    expect(text).toContain('data-code="consent.revoked"');
  });

  test('without the token of the form does nothing', async () => {
    let asked = 0;
    const { fetchData } = refusing(() => {
      asked += 1;
      return true;
    });
    const browser = (await open({ fetchData })).browser();
    await openAccount(browser);
    const before = asked;
    expect((await browser.post('/customers/me/fetch', {})).status).toBe(403);
    expect((await browser.post('/customers/me/fetch', { csrf: 'x'.repeat(43) })).status).toBe(403);
    expect((await browser.post('/sign-out', { csrf: '' })).status).toBe(403);
    expect(asked).toBe(before);
    expect((await browser.get('/customers/me')).status).toBe(200);
  });

  test('from another site is refused', async () => {
    const bank = await open();
    const response = await bank.app.inject({
      method: 'POST',
      url: '/customers/me/fetch',
      headers: { origin: 'http://evil.test', 'content-type': 'application/x-www-form-urlencoded' },
      cookies: { bank_session: 'x' },
      payload: 'csrf=x',
    });
    expect(response.statusCode).toBe(403);
  });
});

describe('a receipt', () => {
  test('is for the customer to download and for nobody else', async () => {
    const bank = await open();
    const browser = bank.browser();
    await openAccount(browser);
    const { text, headers } = await browser.get('/customers/receipts/act_0199-1.json');
    expect(JSON.parse(text)).toEqual({ type: 'praya.receipt.v1' });
    expect(headers).toMatchObject({ 'content-disposition': 'attachment; filename="act_0199-1.json"' });
    expect((await bank.browser().get('/customers/receipts/act_0199-1.json')).status).toBe(404);
    expect((await browser.get('/customers/receipts/act_2.json')).status).toBe(404);
  });
});

describe('signing out', () => {
  test('ends the session', async () => {
    const browser = (await open()).browser();
    const csrf = await openAccount(browser);
    await browser.post('/sign-out', { csrf });
    expect((await browser.get('/customers/me')).status).toBe(400);
  });
});

describe.each(LANGUAGES)('in %s', (language) => {
  test('every page is whole, in its language and without a key for a sentence', async () => {
    const services = ASKS.services.map(({ id, optional }) => ({ id, fields: [...optional] }));
    const signIn = signInAs('subject-1', [{ ...GRANTED, services }]);
    const { fetchData } = refusing(() => true);
    const bank = await open({ signIn, fetchData });
    const browser = bank.browser();
    expect(await browser.get(`/language/${language}?from=//evil.test`)).toMatchObject({ location: '/' });
    await openAccount(browser);
    for (const path of ['/', '/customers/me', '/nowhere', '/callback']) {
      const { text, headers } = await browser.get(path);
      expect(text).toContain(`<html lang="${language}">`);
      expect(text).toMatch(/<h1>[^<]+<\/h1>/);
      const sentences = text.replaceAll(/<span class="code">[^<]*<\/span>/g, '');
      expect(sentences).not.toMatch(
        />(home|field|service|account|consent|again|receipts|notice|problem)\.[\w.-]+</,
      );
      expect(text).not.toMatch(/\{\w+\}|undefined|\[object/);
      expect(text).not.toContain('style=');
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'cache-control': 'no-store',
      });
    }
    const { text } = await browser.get('/');
    expect(csrfIn(text)).not.toBe('');
  });

  test('there is a sentence for everything that can be said', () => {
    const messages = bankMessages();
    const keys = [
      ...Object.keys(NOTICES).flatMap((notice) => [`notice.${notice}.title`, `notice.${notice}.text`]),
      ...ASKS.services.flatMap(({ id, required, optional }) => [
        `service.${id}`,
        ...[...required, ...optional].map((field) => `field.${field}`),
      ]),
      ...['active', 'paused', 'revoked', 'expired'].map((state) => `consent.${state}`),
      ...Object.keys(messages.en),
    ];
    expect(keys.filter((key) => messages[language][key] === undefined)).toEqual([]);
  });
});

describe('the house', () => {
  test('is ready, has its style, and no language but three', async () => {
    const browser = (await open()).browser();
    expect((await browser.get('/health/ready')).status).toBe(200);
    expect((await browser.get('/assets/bank.css')).headers).toMatchObject({
      'content-type': 'text/css; charset=utf-8',
    });
    expect((await browser.get('/language/fr')).status).toBe(404);
  });
});

function refusing(when: () => boolean) {
  const problem = { status: 403, code: 'consent.revoked', title: 'This consent has been revoked.' };
  const data = { values: {}, asOf: '2026-03-02T09:00:00.000Z', act: 'act_1', receipt: {} };
  const provider = { id: 'org_1', name: { en: 'O', 'zh-Hant': '署', 'zh-Hans': '署' } };
  const fetchData = async () =>
    when() ? { ok: false as const, problem } : { ok: true as const, value: { ...data, provider } };
  return { fetchData, problem };
}
