import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeJourney, type Journey } from '../support/journey.ts';
import { button, goToConsent, openPortalAs, words } from '../support/journey-steps.ts';
import { LANGUAGES, type Language } from '../support/looking.ts';
import {
  lookAtAccount,
  lookAtConsent,
  lookAtCounter,
  lookAtDeciding,
  lookAtDirectory,
  lookAtHerConsent,
  lookAtOpenPages,
  lookAtSignIn,
  openEyes,
} from '../support/looking-around.ts';

type Stop = { readonly name: string; readonly visible: boolean };

/** Where the tabulator stops on a page, by name, and whether one sees that it has stopped there. */
async function tabThrough(page: Page): Promise<readonly Stop[]> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const stops: Stop[] = [];
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(focused);
    if (stop === null) break;
    stops.push(stop);
  }
  return stops;
}

// The ring may be drawn on the box beside a hidden checkbox, or around the line that both are in.
function focused(): Stop | null {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const around = [element, element.nextElementSibling, element.closest('label')].filter(
    (one) => one !== null,
  );
  const drawn = around
    .flatMap((one) => [one, ...one.children])
    .some((one) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || /0px 0px 0px \d/.test(boxShadow);
    });
  const name =
    element.getAttribute('aria-label') ?? element.closest('label')?.textContent ?? element.textContent;
  return { name: (name ?? '').trim(), visible: drawn };
}

async function lookAsResident(journey: Journey, language: Language): Promise<readonly string[]> {
  const eyes = await openEyes(journey, language);
  const place = 10 + LANGUAGES.indexOf(language);
  await openPortalAs(eyes.page, journey, { who: place, path: '/data' });
  await eyes.look('who can see my data: nobody');
  await eyes.page.context().clearCookies({ name: /^(?!.*language)/ });
  await lookAtSignIn(eyes, journey);
  await lookAtConsent(eyes, journey, place);
  await lookAtHerConsent(eyes, journey);
  await lookAtAccount(eyes);
  return eyes.found;
}

async function lookAsAnybody(journey: Journey, language: Language): Promise<readonly string[]> {
  const eyes = await openEyes(journey, language);
  await lookAtOpenPages(eyes, journey);
  return eyes.found;
}

async function lookAsOfficers(journey: Journey, language: Language): Promise<readonly string[]> {
  const [counter, maker, checker] = await Promise.all([
    openEyes(journey, language),
    openEyes(journey, language),
    openEyes(journey, language),
  ]);
  await lookAtCounter(counter, journey);
  await lookAtDirectory(maker, journey);
  await lookAtDeciding(checker, journey);
  return [...counter.found, ...maker.found, ...checker.found];
}

describeJourney('Every page of the portal and of the bank', (journey) => {
  it.each(LANGUAGES)(
    'has no violation in %s, at the width of a phone and of a desk',
    async (language) => {
      const faults = await Promise.all([
        lookAsResident(journey(), language),
        lookAsAnybody(journey(), language),
        lookAsOfficers(journey(), language),
      ]);
      expect(faults.flat()).toEqual([]);
    },
    240_000,
  );

  it.each(['the portal', 'the bank'])(
    'of %s speaks the language that she chose, also later',
    async (where) => {
      const { origin, bankOrigin, open } = journey();
      const home = where === 'the portal' ? origin : bankOrigin;
      const page = await open({ language: 'en' });
      await page.goto(home);
      await page.getByText('简体', { exact: true }).click();
      await page.locator('html[lang=zh-Hans]').waitFor();
      const later = await page.context().newPage();
      await later.goto(`${home}/no/such/page`);
      await later.locator('html[lang=zh-Hans] h1').waitFor();
      expect(await words(later.locator('h1'))).toMatch(/[\u4e00-\u9fff]/);
    },
  );

  it('can be used without a mouse: consent, from the first field to the decision', async () => {
    const page = await journey().open();
    await goToConsent(page, journey(), 20);
    const stops = await tabThrough(page);
    const names = stops.map(({ name }) => name);
    expect(names.filter((name) => /^(Name in Chinese|Sex|Mobile number)/.test(name))).toHaveLength(3);
    expect(names.indexOf('Refuse')).toBeGreaterThan(
      names.findIndex((name) => name.startsWith('Mobile number')),
    );
    expect(names.indexOf('Agree')).toBe(names.indexOf('Refuse') + 1);
    expect(stops.filter(({ visible }) => !visible)).toEqual([]);

    await page.getByRole('checkbox', { name: /^Sex/ }).focus();
    await page.keyboard.press('Space');
    expect(await page.getByRole('checkbox', { name: /^Sex/ }).isChecked()).toBe(true);
    await button(page, 'Agree').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${journey().bankOrigin}/customers/me`);
    expect(await page.locator('[data-field=sex]').count()).toBe(1);
  });
});
