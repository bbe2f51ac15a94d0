import { type Static, Type } from 'typebox';

/** The languages of the city, in the order in which pages offer them. */
export const LANGUAGES = ['zh-Hant', 'zh-Hans', 'en'] as const;

export type Language = (typeof LANGUAGES)[number];

/** A text in each of the city's languages. */
export const LocalisedText = Type.Object(
  {
    en: Type.String({ minLength: 1, maxLength: 400 }),
    'zh-Hant': Type.String({ minLength: 1, maxLength: 400 }),
    'zh-Hans': Type.String({ minLength: 1, maxLength: 400 }),
  },
  { additionalProperties: false },
);
export type LocalisedText = Static<typeof LocalisedText>;

/**
 * The language to answer in, from an Accept-Language header.
 *
 * Source  RFC 9110 §12.5.4; zh-HK, zh-TW, zh-MO read as 繁體, other Chinese as 简体
 */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', ...rest] = part.trim().split(';');
      const q = rest.find((parameter) => parameter.trim().startsWith('q='));
      return { tag: tag.toLowerCase(), weight: q === undefined ? 1 : Number(q.trim().slice(2)) || 0 };
    })
    .sort((a, b) => b.weight - a.weight);
  for (const { tag } of wanted) {
    if (/^zh-(hant|hk|tw|mo)/.test(tag)) return 'zh-Hant';
    if (/^zh/.test(tag)) return 'zh-Hans';
    if (/^en/.test(tag)) return 'en';
  }
  return 'en';
}
