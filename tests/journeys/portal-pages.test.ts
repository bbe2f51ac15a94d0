import { rmSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeViolations, launchBrowser, openContext, WIDTHS, type Width } from '../support/browser.ts';
import { describeInBrowser } from '../support/journey.ts';
import { buildPortal, servePortal } from '../support/portal-in-a-box.ts';
import { createCity } from '../support/pretended-city/city.ts';
import { IDS, ORIGIN } from '../support/pretended-city/parties.ts';
import { consentView } from '../support/pretended-city/records.ts';

const ROLES = ['administrator', 'directory.maker', 'directory.checker', 'counter.registrar'];

const PAGES: readonly { readonly path: string; readonly signedIn?: false; readonly consent?: true }[] = [
  { path: '/', signedIn: false },
  { path: '/' },
  { path: '/interaction/pretended-1' },
  { path: '/interaction/pretended-2', consent: true },
  { path: '/data' },
  { path: `/data/${consentView(1, 'active').id}` },
  { path: '/data', signedIn: false },
  { path: '/activity' },
  { path: '/devices' },
  { path: '/verify' },
  { path: '/catalogue' },
  { path: '/catalogue/persons.identity' },
  { path: '/docs/api' },
  { path: '/counter' },
  { path: '/directory' },
  { path: `/directory/organisations/${IDS.bank}` },
  { path: '/directory/changes' },
  { path: '/error?code=session.sign-in-failed' },
  { path: '/no/such/page' },
];

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

async function openPage(about: { language: string; width: Width }) {
  const city = await createCity();
  city.state.roles = ROLES;
  const context = await openContext(browser, { ...about, origin: ORIGIN });
  await servePortal(context, { dist, city });
  const page = await context.newPage();
  const forbidden: string[] = [];
  page.on('pageerror', (error) => forbidden.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) forbidden.push(message.text());
  });
  return { city, context, page, forbidden };
}

for (const language of ['zh-Hant', 'zh-Hans', 'en']) {
  describeInBrowser(`in ${language}`, () => {
    it.each(Object.keys(WIDTHS) as Width[])(
      'no page has a violation, an overflow or a forbidden script at the width of a %s',
      async (width) => {
        const { city, context, page, forbidden } = await openPage({ language, width });
        const found: string[] = [];
        for (const { path, signedIn = true, consent = false } of PAGES) {
          Object.assign(city.state, { signedIn, step: consent ? 'consent' : 'sign-in' });
          await page.goto(ORIGIN + path);
          await page.locator('h1').waitFor();
          await page.waitForLoadState('networkidle');
          const spoken = await page.evaluate(() => document.documentElement.lang);
          if (spoken !== language) found.push(`${path}: lang ${spoken}`);
          const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          if (over > 0) found.push(`${path}: ${over} px wider than the screen`);
          found.push(...(await axeViolations(page)).map((line) => `${path}: ${line}`));
        }
        await context.close();
        expect([...found, ...forbidden]).toEqual([]);
      },
      180_000,
    );
  });
}
