// Takes the pictures of the README: node scripts/pictures.ts. It starts a city of its own and needs Chromium.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Width } from '../tests/support/browser.ts';
import { type Journey, startJourney } from '../tests/support/journey.ts';
import { demonstrationName, newcomerOf } from '../tests/support/journey-people.ts';
import {
  lookUp,
  openAnAccount,
  openPortalAs,
  signInAs,
  valuesShown,
} from '../tests/support/journey-steps.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'pictures');

// A resident whose record is of ordinary length.
const RESIDENT = 3;

async function take(page: Page, name: string, clip?: { readonly height: number }): Promise<void> {
  const { width = 0 } = page.viewportSize() ?? {};
  const path = join(FOLDER, `${name}.png`);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.mouse.move(0, 0);
  await page.screenshot({ path, fullPage: true, ...(clip && { clip: { x: 0, y: 0, width, ...clip } }) });
  console.log(path);
}

async function openConsent(journey: Journey, about: { language: string; width: Width }): Promise<Page> {
  const page = await journey.open(about);
  await openAnAccount(page, journey);
  await signInAs(page, await demonstrationName(journey.origin, RESIDENT));
  await valuesShown(page);
  await page.getByRole('checkbox').first().focus();
  await page.keyboard.press('Space');
  return page;
}

async function takeConsents(journey: Journey): Promise<Page> {
  const phone = await openConsent(journey, { language: 'en', width: 'phone' });
  await take(phone, 'consent-phone', { height: 812 * 2 });
  await take(await openConsent(journey, { language: 'zh-Hant', width: 'desk' }), 'consent.zh-Hant');
  const desk = await openConsent(journey, { language: 'en', width: 'desk' });
  await take(desk, 'consent');
  return desk;
}

async function takeBankAndAccount(journey: Journey, page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Agree' }).click();
  await page.waitForURL(`${journey.bankOrigin}/customers/me`);
  await take(page, 'bank');
  await page.goto(`${journey.origin}/session/sign-in?returnTo=/data`);
  await page.locator('main').getByRole('link').first().waitFor();
  await take(page, 'who-can-see-my-data');
  await page.locator('main').getByRole('link').first().click();
  const act = page.getByRole('listitem').filter({ hasText: 'Data was fetched' }).first();
  await act.getByText('Proof checked: it holds').waitFor();
  await act.locator('summary').click();
  await act.screenshot({ path: join(FOLDER, 'act-proof.png') });
  console.log(join(FOLDER, 'act-proof.png'));
}

async function takeCounter(journey: Journey): Promise<void> {
  const page = await journey.open();
  await openPortalAs(page, journey, { who: 'counter', path: '/counter' });
  await lookUp(page, newcomerOf(journey.city));
  await page.getByText('I have compared the card').click();
  await take(page, 'counter');
}

async function takeExplorer(journey: Journey): Promise<void> {
  const page = await journey.open();
  await page.goto(`${journey.origin}/explorer`);
  await page.getByRole('heading', { name: 'Walk a proof' }).waitFor();
  await page.waitForLoadState('networkidle');
  await take(page, 'explorer', { height: 1500 });
}

async function takeCheck(journey: Journey): Promise<void> {
  const officer = await journey.open();
  await openPortalAs(officer, journey, { who: 'notary', path: '/notary/new' });
  await officer.getByRole('radio', { name: 'Licence or certificate' }).check();
  await officer.getByRole('textbox', { name: 'Title' }).fill('Food stall licence, Pier 9');
  await officer.getByLabel('Valid from').fill('2026-01-01');
  await officer.getByLabel('Valid until').fill('2030-12-31');
  await officer.getByText('Show the title').click();
  await officer.getByRole('button', { name: 'Notarise', exact: true }).click();
  await officer.getByText('Proof checked: it holds').waitFor();
  const address = await officer.locator('a[href*="/check/"]').first().getAttribute('href');
  const page = await journey.open();
  await page.goto(new URL(address ?? '', journey.origin).href);
  await page.getByText('Proof checked: it holds').waitFor();
  await take(page, 'check');
}

mkdirSync(FOLDER, { recursive: true });
const journey = await startJourney({ residents: 2000 });
try {
  await takeBankAndAccount(journey, await takeConsents(journey));
  await takeCounter(journey);
  await takeExplorer(journey);
  await takeCheck(journey);
} finally {
  await journey.end();
}
