import type { Language } from '@praya/kernel/language';
import english from '../messages/en.json' with { type: 'json' };

export type Texts = Readonly<Record<string, string>>;

type Plural<K> = K extends `${infer Base}.one` ? Base : never;
type EnglishKey = keyof typeof english;

/** Every key of the messages; a key with a singular form (`key.one`) is asked for by its base. */
export type TextKey = EnglishKey | Plural<EnglishKey>;
export type TextValues = Readonly<Record<string, string | number>>;

export type Translate = (key: TextKey, values?: TextValues) => string;

/** The sentence for a key with `{name}` filled from the values. `count` chooses `key.one` where the language has it. */
export function fill(texts: Texts, about: { key: string; language: Language; values?: TextValues }): string {
  const { key, language, values = {} } = about;
  const count = values.count;
  const singular =
    typeof count === 'number' && new Intl.PluralRules(language).select(count) === 'one'
      ? texts[`${key}.one`]
      : undefined;
  const template = singular ?? texts[key] ?? key;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value;
  });
}

/** Loads the messages of a language; English is always there. */
export async function loadTexts(language: Language): Promise<Texts> {
  if (language === 'zh-Hant')
    return (await import('../messages/zh-Hant.json', { with: { type: 'json' } })).default;
  if (language === 'zh-Hans')
    return (await import('../messages/zh-Hans.json', { with: { type: 'json' } })).default;
  return english;
}
