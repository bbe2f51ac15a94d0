import type { BulkResult } from '../store/store.ts';

const COLUMNS = [
  'row',
  'state',
  'record',
  'code',
  'url',
  'title',
  'reference',
  'digest',
  'refusal',
  'field',
  'rule',
];
// What a spreadsheet would take for the beginning of a formula.
const FORMULA = /^[\s]*[=+\-@\t\r＝＋－＠]/u;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * What became of each row of a bulk, for a spreadsheet.
 *
 * Shape   RFC 4180 in UTF-8 with a byte order mark; an apostrophe stands before what would be a formula
 */
export function resultsCsv(results: readonly BulkResult[], origin: string): string {
  const lines = results.map((one) =>
    [
      one.row,
      one.refusal !== null ? 'refused' : one.placed ? 'notarised' : 'waiting',
      one.placed ? one.record : null,
      one.placed ? one.code : null,
      one.placed ? `${origin}/check/${one.code}` : null,
      one.title,
      one.reference,
      one.digest,
      one.refusal,
      one.field,
      one.rule,
    ]
      .map(cellOf)
      .join(','),
  );
  return `${BYTE_ORDER_MARK}${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
}

function cellOf(value: string | number | null): string {
  const text = String(value ?? '');
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
