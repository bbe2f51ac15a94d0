import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { addAuthenticator } from '../support/browser.ts';
import { describeJourney, type Journey } from '../support/journey.ts';
import { demonstrationName, newcomerOf, residentOf } from '../support/journey-people.ts';
import {
  button,
  enrolWithCode,
  goToConsent,
  issueCodeAtCounter,
  openAnAccount,
  openPortalAs,
  signInAs,
  valuesShown,
  words,
} from '../support/journey-steps.ts';

const PRAYA = resolve(import.meta.dirname, '../../apps/cli/src/main.ts');

const fieldAtBank = (page: Page, name: string) => page.locator(`[data-field=${name}]`);
const bankReceipts = (page: Page) => page.getByRole('link', { name: /^Personal particulars, / });

/** What the command line says about the bank's newest receipt. */
async function verifyNewestReceipt(page: Page, { city }: Journey) {
  const [download] = await Promise.all([page.waitForEvent('download'), bankReceipts(page).first().click()]);
  const file = join(city.dataDirectory, 'downloaded-receipt.json');
  await download.saveAs(file);
  const anchor = join(city.dataDirectory, 'trust-anchor.json');
  const command = [PRAYA, 'verify', file, '--anchor', anchor, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return JSON.parse(stdout) as { ok: boolean; checks: { name: string; ok: boolean }[] };
}

/** Opens her page of the consent; her sign-in at Praya still counts. */
async function openMyConsent(page: Page, { origin }: Journey): Promise<void> {
  await page.goto(`${origin}/session/sign-in?returnTo=/data`);
  await page.waitForURL(`${origin}/data`);
  await page.getByRole('link', { name: /Lantern Bay Bank/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Lantern Bay Bank' }).waitFor();
}

async function change(page: Page, deed: 'Pause' | 'Resume' | 'Revoke'): Promise<void> {
  await button(page, deed).click();
  await button(page.getByRole('alertdialog'), deed).click();
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
}

/** Presses the bank's button; answers what the page says came of it. */
async function fetchAgain(page: Page): Promise<string | null> {
  await button(page, 'Fetch again').click();
  await page.waitForLoadState();
  const problems = page.locator('#problems');
  return (await problems.count()) === 0 ? null : words(problems);
}

describeJourney('I, a resident,', (journey) => {
  it('open a bank account with a code from the counter, a passkey of my own and only the data I choose', async () => {
    const { city, bankOrigin, open } = journey();
    const me = newcomerOf(city);
    const officer = await open();
    await openPortalAs(officer, journey(), { who: 'counter', path: '/counter' });
    const code = await issueCodeAtCounter(officer, me);

    const page = await open({ width: 'phone' });
    await addAuthenticator(page);
    await openAnAccount(page, journey());
    await enrolWithCode(page, code);
    await button(page, 'Show the values').click();
    await valuesShown(page);

    const shown = await words(page.locator('main'));
    const { lines } = me.address;
    const mine = [me.name.en, me.name.zh, me.mobile, ...lines.en, ...lines.zh];
    expect(mine.filter((value) => !shown.includes(String(value)))).toEqual([]);
    expect(shown).toContain('From: Office of the Persons Register');
    expect(shown).toContain('From: Office of Rates and Addresses');
    expect(shown).toContain('From: Office of the Companies Register');
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);

    await page.getByText('Name in Chinese').click();
    await page.getByText('Mobile number').click();
    await page.getByText('Mobile number').click();
    await button(page, 'Agree').click();
    await page.waitForURL(`${bankOrigin}/customers/me`);
    expect(await words(fieldAtBank(page, 'nameEn'))).toBe(me.name.en);
    expect(await words(fieldAtBank(page, 'nameZh'))).toBe(me.name.zh);
    expect(await fieldAtBank(page, 'mobile').count()).toBe(0);
    expect(await page.content()).not.toContain(me.mobile);
    expect(await words(page.getByText('Not given, as you chose').first())).toContain('Mobile number');

    const verdict = await verifyNewestReceipt(page, journey());
    expect(verdict.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(verdict.ok).toBe(true);
  });

  it('sign in next time with nothing but my passkey', async () => {
    const { city, origin, bankOrigin, open } = journey();
    const me = newcomerOf(city, 1);
    const officer = await open();
    await openPortalAs(officer, journey(), { who: 'counter', path: '/counter' });
    const code = await issueCodeAtCounter(officer, me);
    const page = await open();
    await addAuthenticator(page);
    await page.goto(`${origin}/session/sign-in?returnTo=/devices`);
    await enrolWithCode(page, code);
    await page.waitForURL(`${origin}/devices`);
    await button(page, 'Sign out').click();
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();

    await openAnAccount(page, journey());
    await button(page, 'Sign in with a passkey').click();
    await valuesShown(page);
    await button(page, 'Agree').click();
    await page.waitForURL(`${bankOrigin}/customers/me`);
    expect(await words(fieldAtBank(page, 'nameEn'))).toBe(me.name.en);
  });

  it('see each use of my data with its proof, and pause it, resume it and end it for good', async () => {
    const { city, bankOrigin, open } = journey();
    const bank = await open();
    await goToConsent(bank, journey(), 0);
    await bank.getByText('Mobile number').click();
    await button(bank, 'Agree').click();
    await bank.waitForURL(`${bankOrigin}/customers/me`);
    expect(await words(fieldAtBank(bank, 'mobile'))).toBe(residentOf(city, 0).mobile);

    const mine = await bank.context().newPage();
    await openMyConsent(mine, journey());
    const acts = mine.getByRole('listitem').filter({ has: mine.locator('time') });
    await mine.getByText('Data was fetched').first().waitFor();
    await expect.poll(() => mine.getByText('Proof checked: it holds').count()).toBe(await acts.count());
    expect(await mine.getByText('Data was fetched').count()).toBe(2);
    expect(await mine.getByText('Values were shown to you').count()).toBe(3);
    expect(await mine.getByText('The proof does not hold').count()).toBe(0);

    await change(mine, 'Pause');
    await mine.getByText('Paused. Lantern Bay Bank gets nothing for now.').waitFor();
    expect(await fetchAgain(bank)).toMatch(/paused/i);
    await change(mine, 'Resume');
    await mine.getByText('Resumed. Lantern Bay Bank may fetch the data again.').waitFor();
    expect(await fetchAgain(bank)).toBeNull();

    await button(mine, 'Revoke').click();
    await mine.getByRole('alertdialog').getByText('This is final.').waitFor();
    await button(mine.getByRole('alertdialog'), 'Revoke').click();
    await mine.getByText('Revoked. Lantern Bay Bank can fetch nothing more.').waitFor();
    expect(await fetchAgain(bank)).toMatch(/revoked|no longer lets us ask under this consent/);
    await expect
      .poll(async () => {
        await bank.reload();
        return bank.locator('#data-deleted').count();
      })
      .toBe(1);
    expect(await words(bank.locator('#consent-state'))).toMatch(/withdrawn consent; data deleted/);
    expect(await fieldAtBank(bank, 'mobile').count()).toBe(0);

    const told = mine.locator('section').filter({ hasText: 'Who has been told' });
    await expect.poll(() => told.getByText('Not answered yet').count(), { timeout: 20_000 }).toBe(0);
    for (const side of [
      'Lantern Bay Bank',
      'Office of the Persons Register',
      'Office of Rates and Addresses',
    ])
      expect(await told.getByText(`${side}: revoked`).count()).toBe(1);
  });

  it('say no, and am back at the bank with nothing shared', async () => {
    const { bankOrigin, open } = journey();
    const page = await open();
    await goToConsent(page, journey(), 2);
    await button(page, 'Refuse').click();
    await page.waitForURL(`${bankOrigin}/**`);
    expect(await words(page.getByRole('heading', { level: 1 }))).toBe('You chose not to share');
    expect(await words(page.locator('main'))).toContain('Nothing was shared with us.');
    await openPortalAs(page, journey(), { who: 2, path: '/activity' });
    const acts = page.getByRole('listitem').filter({ has: page.locator('time') });
    await acts.filter({ hasText: 'Values were shown to you' }).first().waitFor();
    expect(await acts.filter({ hasText: 'Data was fetched' }).count()).toBe(0);
  });

  it('do all of it in my own language', async () => {
    const { bankOrigin, open } = journey();
    const page = await open({ language: 'zh-Hant', width: 'phone' });
    await openAnAccount(page, journey());
    await signInAs(page, await demonstrationName(journey().origin, 3));
    await valuesShown(page);
    await button(page, '同意').click();
    await page.waitForURL(`${bankOrigin}/customers/me`);
    expect(await words(page.getByRole('heading', { level: 1 }))).toMatch(/[\u4e00-\u9fff]/);
    expect(await words(fieldAtBank(page, 'nameEn'))).toBe(residentOf(journey().city, 3).name.en);
  });
});
