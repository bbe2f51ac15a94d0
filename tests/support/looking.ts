import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { axeViolations, HEIGHTS, WIDTHS, type Width } from './browser.ts';
import { root } from './source-tree.ts';

export const LANGUAGES = ['zh-Hant', 'zh-Hans', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A sentence of the portal in a language. */
export function portalWords(language: Language): (key: string) => string {
  const file = join(root, 'apps', 'portal', 'src', 'messages', `${language}.json`);
  const sentences: Readonly<Record<string, string>> = JSON.parse(readFileSync(file, 'utf8'));
  return (key) => {
    const sentence = sentences[key];
    if (sentence === undefined) throw new Error(`The portal does not say ${key}`);
    return sentence;
  };
}

/** Looks at a page as it stands, at both widths: axe, the language, and nothing wider than the screen. */
export async function faultsOf(page: Page, about: { state: string; language: string }): Promise<string[]> {
  const found: string[] = [];
  for (const width of Object.keys(WIDTHS) as Width[]) {
    await page.setViewportSize({ width: WIDTHS[width], height: HEIGHTS[width] });
    const { lang, over } = await page.evaluate(() => ({
      lang: document.documentElement.lang,
      over: document.documentElement.scrollWidth - window.innerWidth,
    }));
    const here = `${about.state}, ${width}: `;
    if (lang !== about.language) found.push(`${here}its language is ${lang}`);
    if (over > 0) found.push(`${here}${over} px wider than the screen`);
    found.push(...(await axeViolations(page)).map((line) => here + line));
  }
  return found;
}
