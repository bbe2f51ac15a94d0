import type { Language } from '@praya/kernel/language';

/** The switch's order and the name that each language gives itself. */
export const LANGUAGE_NAMES = {
  'zh-Hant': '繁體',
  'zh-Hans': '简体',
  en: 'English',
} as const satisfies Record<Language, string>;

export const LANGUAGES: readonly Language[] = ['zh-Hant', 'zh-Hans', 'en'];

const COOKIE = 'praya_language';
const A_YEAR_SECONDS = 31_536_000;

function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && tag in LANGUAGE_NAMES;
}

/** The language of a cookie header, else the browser's wish. zh-HK, zh-TW and zh-MO read as 繁體, other Chinese as 简体. */
export function chooseLanguage(cookies: string, wishes: readonly string[]): Language {
  const chosen = cookies
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === COOKIE)?.[1];
  if (isLanguage(chosen)) return chosen;
  for (const wish of wishes) {
    if (/^zh-(hant|hk|tw|mo)/i.test(wish)) return 'zh-Hant';
    if (/^zh/i.test(wish)) return 'zh-Hans';
    if (/^en/i.test(wish)) return 'en';
  }
  return 'en';
}

export function rememberLanguage(language: Language): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser that residents use
  document.cookie = `${COOKIE}=${language}; path=/; max-age=${A_YEAR_SECONDS}; samesite=lax`;
}
