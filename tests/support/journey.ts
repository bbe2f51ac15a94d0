import { type CityProcess, startCityProcess } from '@praya/city/play/city-process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { chromiumPath, launchBrowser, NO_CHROMIUM, openContext, type Width } from './browser.ts';

/** A whole city that runs, and a browser to look at it with. */
export type Journey = {
  readonly city: CityProcess;
  readonly origin: string;
  readonly bankOrigin: string;
  /** A browser session of its own, that speaks a language, at a width. */
  open(about?: { readonly language?: string; readonly width?: Width }): Promise<Page>;
  /** What the pages complained of since this was asked last: errors of scripts, of the console, of the policy. */
  complaints(): readonly string[];
  end(): Promise<void>;
};

const PATIENCE_MS = 20_000;

// Chromium writes this for every answer of 400 and above; whether that answer is right, the tests say.
const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d/;

/** Tests that need a browser. Without a Chromium they are skipped, and it is said why. */
export function describeInBrowser(title: string, tests: () => void): void {
  if (chromiumPath() !== undefined) {
    describe(title, tests);
    return;
  }
  console.warn(`“${title}” is skipped. ${NO_CHROMIUM}`);
  describe.skip(`${title} (${NO_CHROMIUM})`, tests);
}

/** Tests that walk through one city of their own. */
export function describeJourney(title: string, tests: (journey: () => Journey) => void): void {
  describeInBrowser(title, () => {
    let journey: Journey | undefined;
    const begun = () => {
      if (journey === undefined) throw new Error('The city has not started');
      return journey;
    };
    beforeAll(async () => {
      journey = await startJourney();
    });
    afterAll(() => journey?.end());
    afterEach(() => expect(begun().complaints()).toEqual([]));
    tests(begun);
  });
}

/** Starts the city and the browser. */
export async function startJourney(about: { readonly residents?: number } = {}): Promise<Journey> {
  const [city, browser] = await Promise.all([startCityProcess({ workers: 1, ...about }), launchBrowser()]);
  const { origin, bankOrigin } = city;
  const complaints: string[] = [];
  return {
    city,
    origin,
    bankOrigin,
    async open({ language = 'en', width = 'desk' } = {}) {
      const page = await openPage(browser, { language, width, origin });
      listen(page, complaints);
      return page;
    },
    complaints: () => complaints.splice(0),
    async end() {
      await browser.close();
      await city.stop();
    },
  };
}

async function openPage(
  browser: Browser,
  about: { language: string; width: Width; origin: string },
): Promise<Page> {
  const context = await openContext(browser, about);
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addCookies([
    { name: 'bank_language', value: about.language, domain: new URL(about.origin).hostname, path: '/' },
  ]);
  return context.newPage();
}

function listen(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error' || REFUSED.test(message.text())) return;
    complaints.push(`${page.url()}: ${message.text()}`);
  });
}
