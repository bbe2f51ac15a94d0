import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type Authenticator, addAuthenticator } from '../support/browser.ts';
import { describeJourney, type Journey } from '../support/journey.ts';
import { newcomerOf } from '../support/journey-people.ts';
import { button, enrolWithCode, issueCodeAtCounter, openPortalAs } from '../support/journey-steps.ts';

const cards = (page: Page) => page.getByRole('list', { name: 'My devices' }).getByRole('listitem');

/** A newcomer with one passkey, at the page of her devices. */
async function openDevices(journey: Journey): Promise<{ page: Page; first: Authenticator }> {
  const officer = await journey.open();
  await openPortalAs(officer, journey, { who: 'counter', path: '/counter' });
  const code = await issueCodeAtCounter(officer, newcomerOf(journey.city));
  const page = await journey.open({ width: 'phone' });
  const first = await addAuthenticator(page);
  await page.goto(`${journey.origin}/session/sign-in?returnTo=/devices`);
  await enrolWithCode(page, code);
  await page.waitForURL(`${journey.origin}/devices`);
  await cards(page).first().waitFor();
  return { page, first };
}

/** Her other device makes a passkey; then the one she has vouches for it. */
async function addPasskey(page: Page, first: Authenticator, name: string): Promise<void> {
  const second = await addAuthenticator(page, 'usb');
  await first.setTouched(false);
  await page.route('**/api/passkeys/prepare', async (route) => {
    await second.setTouched(false);
    await first.setTouched(true);
    await route.continue();
  });
  await button(page, 'Add a passkey').click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByLabel('Name').fill(name);
  await button(dialog, 'Continue').click();
  await page.getByText(`${name} is added.`).waitFor();
  expect(await second.passkeys()).toHaveLength(1);
}

describeJourney('My devices', (journey) => {
  it('take a second passkey, give it a name, and let go of it again, but never of the last', async () => {
    const { page, first } = await openDevices(journey());
    expect(await cards(page).count()).toBe(1);
    expect(await page.getByText('This is your only passkey').isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: /^Remove / }).count()).toBe(0);

    await addPasskey(page, first, 'Tablet');
    expect(await cards(page).count()).toBe(2);

    await button(page, 'Rename Tablet').click();
    await page.getByRole('alertdialog').getByLabel('Name').fill('Key in the drawer');
    await button(page.getByRole('alertdialog'), 'Save').click();
    await cards(page).filter({ hasText: 'Key in the drawer' }).waitFor();

    await button(page, 'Remove Key in the drawer').click();
    await page.getByText('You will no longer be able to sign in or sign with it.').waitFor();
    await button(page.getByRole('alertdialog'), 'Remove').click();
    await page.getByText('This is your only passkey').waitFor();
    expect(await cards(page).count()).toBe(1);
    expect(await page.getByRole('button', { name: /^Remove / }).count()).toBe(0);
  });
});
