import type { Language } from '@praya/kernel/language';

const TAG: Record<Language, string> = { en: 'en-HK', 'zh-Hant': 'zh-Hant-HK', 'zh-Hans': 'zh-Hans-HK' };
const ZONE = { timeZone: 'Asia/Hong_Kong' } as const;

export function formatDate(instant: string | Date, language: Language): string {
  const options = { ...ZONE, dateStyle: 'long' } as const;
  return new Intl.DateTimeFormat(TAG[language], options).format(new Date(instant));
}

export function formatInstant(instant: string | Date, language: Language): string {
  const options = { ...ZONE, dateStyle: 'medium', timeStyle: 'short' } as const;
  return new Intl.DateTimeFormat(TAG[language], options).format(new Date(instant));
}

/** A calendar day (`YYYY-MM-DD`) that belongs to no time zone. */
export function formatDay(day: string, language: Language): string {
  const options = { timeZone: 'UTC', dateStyle: 'long' } as const;
  return new Intl.DateTimeFormat(TAG[language], options).format(new Date(`${day}T00:00:00Z`));
}

export function formatNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(TAG[language]).format(value);
}

/** Whole days of an ISO 8601 duration of the form `P180D`; null for any other. */
export function daysOf(duration: string): number | null {
  const days = /^P(\d{1,4})D$/.exec(duration)?.[1];
  return days === undefined ? null : Number(days);
}
