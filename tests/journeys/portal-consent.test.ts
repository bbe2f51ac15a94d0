import { rmSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openContext } from '../support/browser.ts';
import { describeInBrowser } from '../support/journey.ts';
import { buildPortal, servePortal } from '../support/portal-in-a-box.ts';
import { type City, createCity } from '../support/pretended-city/city.ts';
import { ORIGIN } from '../support/pretended-city/parties.ts';
import { consentView } from '../support/pretended-city/records.ts';

let browser: Browser;
let dist: string;

beforeAll(async () => {
  dist = buildPortal();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  rmSync(dist, { recursive: true, force: true });
});

async function openCity(path: string): Promise<{ city: City; page: Page }> {
  const city = await createCity();
  const context = await openContext(browser, { language: 'en', width: 'phone', origin: ORIGIN });
  await servePortal(context, { dist, city });
  const page = await context.newPage();
  await page.goto(ORIGIN + path);
  return { city, page };
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

async function openConsent() {
  const opened = await openCity('/interaction/pretended-1');
  await opened.page.getByRole('button', { name: /CHEUNG/ }).click();
  await opened.page.getByText('QZ482916(3)').waitFor();
  return opened;
}

const AGREED = 'POST /interaction/pretended-1/consent/agree';

describeInBrowser('the consent page', () => {
  it('shows her values, opened in her browser, and ticks nothing for her', async () => {
    const { page } = await openConsent();
    expect(await page.getByText('17 April 1991').isVisible()).toBe(true);
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
  });

  it('sends what she ticked, and her signature over the document', async () => {
    const { city, page } = await openConsent();
    await page.getByText('Rateable value').click();
    await button(page, 'Agree').click();
    await page.waitForURL(/error\?code=test/);
    expect(city.state.calls).toContain(AGREED);
    expect(city.state.agreed).toMatchObject({
      document: { services: [{}, { fields: ['address', 'rateableValue'] }] },
      response: { type: 'public-key' },
    });
  });

  it('signs nothing where the document says more than the screen', async () => {
    const { city, page } = await openConsent();
    city.state.tamper = (document) => ({ ...document, retention: 'P3650D' });
    await button(page, 'Agree').click();
    await page.getByText('does not say what this page says').waitFor();
    expect(city.state.calls).not.toContain(AGREED);
  });

  it('gives Refuse and Agree the same size and look', async () => {
    const { page } = await openConsent();
    const looks = await Promise.all(
      ['Refuse', 'Agree'].map((name) =>
        button(page, name).evaluate((element) => {
          const { color, backgroundColor, fontWeight, borderColor } = getComputedStyle(element);
          const { width, height } = element.getBoundingClientRect();
          return { color, backgroundColor, fontWeight, borderColor, width, height };
        }),
      ),
    );
    expect(looks[0]).toEqual(looks[1]);
  });

  it('does not show a value that the department did not sign', async () => {
    const { city, page } = await openCity('/interaction/pretended-1');
    city.state.forgePreviews = true;
    await page.getByRole('button', { name: /CHEUNG/ }).click();
    await page.getByText('does not carry the department').first().waitFor();
    expect(await page.getByText('QZ482916(3)').count()).toBe(0);
  });

  it('asks for one tap where this browser may not show values yet', async () => {
    const { city, page } = await openCity('/interaction/pretended-1');
    await page.getByRole('button', { name: /CHEUNG/ }).waitFor();
    city.state.refusePreviewOnce = true;
    await page.getByRole('button', { name: /CHEUNG/ }).click();
    await button(page, 'Show the values').click();
    await page.getByText('QZ482916(3)').waitFor();
    expect(await button(page, 'Show the values').count()).toBe(0);
  });
});

describeInBrowser('the page of one consent', () => {
  const path = `/data/${consentView(1, 'active').id}`;

  it('tells a receipt that holds from one that does not', async () => {
    const { page } = await openCity(path);
    await page.getByText('The proof does not hold').first().waitFor();
    expect(await page.getByText('Proof checked: it holds').count()).toBe(4);
  });

  it('revokes only after a warning that it is final', async () => {
    const { city, page } = await openCity(path);
    await button(page, 'Revoke').click();
    await page.getByText('This is final').waitFor();
    const call = `POST /api/consents/${consentView(1, 'active').id}/state`;
    expect(city.state.calls).not.toContain(call);
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Revoked. Lantern Bay Bank can fetch nothing more.').waitFor();
    expect(city.state.calls).toContain(call);
  });
});

describeInBrowser('enrolment', () => {
  it('says at the field that a code is wrong, and goes on with a good one', async () => {
    const { page } = await openCity('/interaction/pretended-1');
    await button(page, /enrol with a code/).click();
    await page.getByLabel('Enrolment code').fill('0000 0000 0000');
    await button(page, 'Check the code').click();
    await page.getByText('Refused: identity.enrolment-code').waitFor();
    await page.getByLabel('Enrolment code').fill('7k3mq9td0xva');
    expect(await page.getByLabel('Enrolment code').inputValue()).toBe('7K3M-Q9TD-0XVA');
    await button(page, 'Check the code').click();
    await button(page, 'Use a software passkey').click();
    await page.getByText('You are enrolled.').waitFor();
    await button(page, 'Continue').click();
    await page.getByRole('heading', { name: /asks to see part of your data/ }).waitFor();
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
  });
});

describeInBrowser('the receipt page', () => {
  it('checks a pasted text without an upload, and says when it is no receipt', async () => {
    const { city, page } = await openCity('/verify');
    await page.getByLabel('Or paste the receipt').fill('{"type":"praya.receipt.v1"}');
    await button(page, 'Check it').click();
    await page.getByText('The receipt does not hold').waitFor();
    expect(city.state.calls.filter((call) => call.startsWith('POST'))).toEqual([]);
  });
});
