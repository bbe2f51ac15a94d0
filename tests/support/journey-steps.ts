import type { Locator, Page } from 'playwright-core';
import type { Journey } from './journey.ts';
import { demonstrationName } from './journey-people.ts';

/** The button of exactly this name. */
export function button(where: Page | Locator, name: string): Locator {
  return where.getByRole('button', { name, exact: true });
}

/** The text of an element. */
export async function words(element: Locator): Promise<string> {
  return (await element.textContent()) ?? '';
}

/** From the bank's front page to Praya's sign-in page. */
export async function openAnAccount(page: Page, { bankOrigin }: Journey): Promise<void> {
  await page.goto(bankOrigin);
  await page.locator('#open-account').click();
  await page.waitForURL(/\/interaction\//);
  await page.locator('h1').waitFor();
}

/** Signs in on the sign-in page as one of the invented residents. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await page.locator('section input[type=search]').fill(name);
  await page.getByRole('button', { name }).click();
}

/** From the bank to the consent page with all its values, as a demonstration resident. */
export async function goToConsent(page: Page, journey: Journey, place: number): Promise<void> {
  await openAnAccount(page, journey);
  await signInAs(page, await demonstrationName(journey.origin, place));
  await valuesShown(page);
}

/** Waits until every department's values are on the consent page. */
export async function valuesShown(page: Page): Promise<void> {
  await page.getByRole('checkbox').first().waitFor({ state: 'attached' });
  await page.waitForFunction(() => document.querySelectorAll('main [class*=shown]').length >= 9);
}

/** Opens a page of the portal as a demonstration person. */
export async function openPortalAs(
  page: Page,
  journey: Journey,
  about: { readonly who: Parameters<typeof demonstrationName>[1]; readonly path: string },
): Promise<void> {
  await page.goto(`${journey.origin}/session/sign-in?returnTo=${encodeURIComponent(about.path)}`);
  await page.waitForURL(/\/interaction\//);
  await signInAs(page, await demonstrationName(journey.origin, about.who));
  await page.waitForURL(journey.origin + about.path);
  await page.locator('h1').waitFor();
}

/** An officer at the counter looks a person up, compares the card and issues a code; answers the code. */
export async function issueCodeAtCounter(
  page: Page,
  person: { readonly identityNumber: string; readonly dateOfBirth: string },
): Promise<string> {
  await lookUp(page, person);
  await page.getByText('I have compared the card').click();
  await button(page, 'Issue a code').click();
  const slip = page.getByRole('region', { name: 'Enrolment code' });
  return words(slip.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/));
}

/** Asks the register for a person, at the counter. */
export async function lookUp(
  page: Page,
  person: { readonly identityNumber: string; readonly dateOfBirth: string },
): Promise<void> {
  await page.getByLabel('Identity card number').fill(person.identityNumber);
  await page.getByLabel('Date of birth').fill(person.dateOfBirth);
  await button(page, 'Look up').click();
}

/** Enrols with a code on the sign-in page, making a passkey with the page's authenticator. */
export async function enrolWithCode(page: Page, code: string): Promise<void> {
  await button(page, 'I am new: enrol with a code').click();
  await page.getByLabel('Enrolment code').fill(code);
  await button(page, 'Check the code').click();
  await button(page, 'Make my passkey').click();
  await page.getByText('You are enrolled.').waitFor();
  await button(page, 'Continue').click();
}

/** A fresh public key of this name, as an officer pastes it. */
export async function newPublicKey(kid: string): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const { publicKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  return JSON.stringify({ kty, crv, x, y, kid });
}
