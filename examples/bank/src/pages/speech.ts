import { join } from 'node:path';
import type { Language } from '@praya/kernel/language';
import { loadMessages, type Messages, messageOf } from '@praya/kernel/messages';

/** One language with everything that depends on it. */
export type Speech = {
  readonly language: Language;
  /** the sentence of a key */
  say(key: string, values?: Readonly<Record<string, string | number>>): string;
  /** whether there is a sentence of this key */
  knows(key: string): boolean;
  instant(at: string): string;
  day(date: string): string;
  dollars(amount: number): string;
};

/** The bank's own sentences. */
export function bankMessages(): Messages {
  return loadMessages([join(import.meta.dirname, '..', 'messages')]);
}

const LOCALES: Readonly<Record<Language, string>> = {
  en: 'en-HK',
  'zh-Hant': 'zh-Hant-HK',
  'zh-Hans': 'zh-Hans-CN',
};
const TIME_ZONE = 'Asia/Hong_Kong';

/** Speaks one of the three languages. */
export function speechIn(messages: Messages, language: Language): Speech {
  const locale = LOCALES[language];
  const instants = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'medium',
    timeZone: TIME_ZONE,
  });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const money = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'HKD',
    maximumFractionDigits: 0,
  });
  return {
    language,
    say: (key, values = {}) => messageOf(messages, language, { key, values }),
    knows: (key) => key in messages[language],
    instant: (at) => instants.format(new Date(at)),
    day: (date) => days.format(new Date(`${date}T00:00:00Z`)),
    dollars: (amount) => money.format(amount),
  };
}
