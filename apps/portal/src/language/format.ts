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

/** An instant to the second, for what happens many times a minute. */
export function formatMoment(instant: string | Date, language: Language): string {
  const options = { ...ZONE, dateStyle: 'medium', timeStyle: 'medium' } as const;
  return new Intl.DateTimeFormat(TAG[language], options).format(new Date(instant));
}

/** An end of validity: the day where it lies at the edge of a day of the city, else to the minute. */
export function formatValidity(instant: string, language: Language): string {
  const seconds = Math.floor((Date.parse(instant) / 1000 + 8 * 3600) % 86_400);
  return seconds === 0 || seconds === 86_399
    ? formatDate(instant, language)
    : formatInstant(instant, language);
}

/** A calendar day (`YYYY-MM-DD`) that belongs to no time zone. */
export function formatDay(day: string, language: Language): string {
  const options = { timeZone: 'UTC', dateStyle: 'long' } as const;
  return new Intl.DateTimeFormat(TAG[language], options).format(new Date(`${day}T00:00:00Z`));
}

export function formatNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(TAG[language]).format(value);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** A size of a file, in the largest unit that leaves a whole number before the point. */
export function formatBytes(bytes: number, language: Language): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(TAG[language], {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power);
}

/** Whole days of an ISO 8601 duration of the form `P180D`; null for any other. */
export function daysOf(duration: string): number | null {
  const days = /^P(\d{1,4})D$/.exec(duration)?.[1];
  return days === undefined ? null : Number(days);
}
