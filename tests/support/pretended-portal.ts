import { rmSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { launchBrowser, openContext, type Width } from './browser.ts';
import { faultsOf, type Language, portalWords } from './looking.ts';
import { buildPortal, servePortal } from './portal-in-a-box.ts';
import { type City, type CityState, createCity } from './pretended-city/city.ts';
import { ORIGIN } from './pretended-city/parties.ts';

/** A page of the built portal before a pretended city, and who looks at it. */
export type Look = {
  readonly page: Page;
  readonly city: City;
  /** a sentence of the portal in this visit's language, its blanks filled */
  readonly t: (key: string, values?: Readonly<Record<string, string | number>>) => string;
  readonly go: (path: string) => Promise<void>;
  /** the page as it stands, at both widths: nothing wrong with it */
  readonly isSound: (state: string) => Promise<void>;
};

/** Builds the portal and starts the browser for the tests of a file. */
export function usePretendedPortal() {
  let browser: Browser;
  let dist: string;
  beforeAll(async () => {
    dist = buildPortal();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    if (dist !== undefined) rmSync(dist, { recursive: true, force: true });
  });
  return async (
    about: { readonly language?: Language; readonly width?: Width; readonly state?: Partial<CityState> } = {},
  ): Promise<Look> => {
    const { language = 'en', width = 'desk', state = {} } = about;
    const city = await createCity();
    Object.assign(city.state, state);
    const context = await openContext(browser, { language, width, origin: ORIGIN });
    context.setDefaultTimeout(15_000);
    await servePortal(context, { dist, city });
    const page = await context.newPage();
    const forbidden: string[] = [];
    page.on('pageerror', (error) => forbidden.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) forbidden.push(message.text());
    });
    return {
      page,
      city,
      t: sentencesOf(language),
      go: async (path) => {
        await page.goto(ORIGIN + path);
        await page.locator('h1').waitFor();
        await page.waitForLoadState('networkidle');
      },
      isSound: async (aboutState) => {
        const found = await faultsOf(page, { state: aboutState, language });
        expect([...found, ...forbidden]).toEqual([]);
      },
    };
  };
}

function sentencesOf(language: Language): Look['t'] {
  const words = portalWords(language);
  return (key, values = {}) =>
    words(key).replace(/\{(\w+)\}/g, (blank, name: string) => String(values[name] ?? blank));
}
