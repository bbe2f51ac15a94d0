import type { Language } from '@praya/kernel/language';
import { formatDay, formatInstant, formatNumber } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import styles from './value.module.css';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** A value of a register as text, line by line; a text in three languages becomes the reader's own. */
export function valueLines(value: unknown, language: Language): readonly string[] {
  if (value === null || value === undefined || value === '') return [];
  if (typeof value === 'number') return [formatNumber(value, language)];
  if (typeof value === 'string') {
    if (DAY.test(value)) return [formatDay(value, language)];
    return [INSTANT.test(value) ? formatInstant(value, language) : value];
  }
  if (Array.isArray(value)) return value.flatMap((item: unknown) => itemLine(item, language));
  if (typeof value !== 'object') return [String(value)];
  const own: unknown = Reflect.get(value, language);
  if (own !== undefined) return valueLines(own, language);
  return Object.values(value).flatMap((part: unknown) => valueLines(part, language));
}

// An entry of a list, an office in a company say, is one line, so that one sees where the next begins.
function itemLine(item: unknown, language: Language): readonly string[] {
  const lines = valueLines(item, language);
  return lines.length === 0 ? [] : [lines.join(' · ')];
}

export function Value(props: { readonly value: unknown }) {
  const { t, language } = useLanguage();
  if (typeof props.value === 'boolean') return <span>{t(props.value ? 'yes' : 'no')}</span>;
  const lines = valueLines(props.value, language);
  if (lines.length === 0) return <span className={styles.none}>{t('value.none')}</span>;
  return (
    <span className={styles.parts}>
      {lines.map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one value never change their order
        <span className={styles.value} key={place}>
          {line}
        </span>
      ))}
    </span>
  );
}
