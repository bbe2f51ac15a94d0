import type { ConsentView } from '@praya/consent/contract';
import { daysOf, formatInstant } from '../language/format.ts';
import type { useLanguage } from '../language/language-context.tsx';

type Tools = Pick<ReturnType<typeof useLanguage>, 't' | 'language'>;
type Terms = Pick<ConsentView, 'frequency' | 'retention' | 'expiresAt'>;

const PER = { total: 'terms.perTotal', day: 'terms.perDay', month: 'terms.perMonth' } as const;

export function frequencyText(terms: Terms, { t }: Tools): string {
  return t(PER[terms.frequency.per], { count: terms.frequency.max });
}

export function retentionText(terms: Terms, { t }: Tools): string {
  const days = daysOf(terms.retention);
  if (days === null) return terms.retention;
  return days === 0 ? t('terms.notKept') : t('terms.kept', { count: days });
}

/** Term and sentence of each limit of a consent, in the order of the pages. */
export function termsOf(terms: Terms, tools: Tools): readonly { term: string; value: string }[] {
  return [
    { term: tools.t('terms.howOften'), value: frequencyText(terms, tools) },
    { term: tools.t('terms.until'), value: formatInstant(terms.expiresAt, tools.language) },
    { term: tools.t('terms.howLongKept'), value: retentionText(terms, tools) },
  ];
}
