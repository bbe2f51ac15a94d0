import { ok, type Result, refuse } from '@praya/kernel/result';
import { CsvError, parse } from 'csv-parse/sync';
import { BULK_COLUMNS, BULK_MAX_ITEMS, type NotaryRefusal } from '../contract.ts';

type Row = Readonly<Record<string, unknown>>;
type Column = (typeof BULK_COLUMNS)[number];

const CELL_LETTERS = 2_000;
const PLAIN_DATE = /^\d{4}-\d{2}-\d{2}$/;
const HEX_DIGEST = /^[0-9a-f]{64}$/i;
// A date without an hour begins at midnight of the city.
const MIDNIGHT = 'T00:00:00+08:00';

/**
 * The rows of a CSV, as a call in JSON would bring them. What is wrong inside a row is said later, with its number.
 *
 * Errors  notary.bulk-malformed: `field` is the line or the column; notary.bulk-too-many
 * Source  RFC 4180; a byte order mark, CRLF, LF and empty lines are fine
 */
export function readCsv(text: string): Result<readonly Row[], NotaryRefusal> {
  const lines = linesOf(text);
  if (!lines.ok) return lines;
  const [names = [], ...rows] = lines.value;
  const columns = columnsOf(names);
  if (!columns.ok) return columns;
  if (rows.length > BULK_MAX_ITEMS)
    return refuse('notary.bulk-too-many', { field: 'items', rule: 'maxItems' });
  return ok(rows.map((cells) => rowOf(cells, columns.value)));
}

function linesOf(text: string): Result<readonly (readonly string[])[], NotaryRefusal> {
  try {
    return ok(
      parse(text, { bom: true, skip_empty_lines: true, max_record_size: CELL_LETTERS * BULK_COLUMNS.length }),
    );
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { readonly lines?: number };
    const rule = error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' ? 'columns' : 'quotes';
    return refuse('notary.bulk-malformed', { field: `line ${lines ?? 1}`, rule });
  }
}

function columnsOf(names: readonly string[]): Result<readonly Column[], NotaryRefusal> {
  const columns: Column[] = [];
  for (const name of names) {
    const column = BULK_COLUMNS.find((one) => one.toLowerCase() === name.trim().toLowerCase());
    const field = name.slice(0, 100);
    if (column === undefined) return refuse('notary.bulk-malformed', { field, rule: 'unknown' });
    if (columns.includes(column)) return refuse('notary.bulk-malformed', { field, rule: 'unique' });
    columns.push(column);
  }
  const missing = (['kind', 'title'] as const).find((column) => !columns.includes(column));
  return missing === undefined
    ? ok(columns)
    : refuse('notary.bulk-malformed', { field: missing, rule: 'required' });
}

function rowOf(cells: readonly string[], columns: readonly Column[]): Row {
  const pairs = columns.map((column, at): [Column, string] => [
    column,
    cellValue(column, (cells[at] ?? '').trim()),
  ]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

function cellValue(column: Column, cell: string): string {
  if ((column === 'validFrom' || column === 'validUntil') && PLAIN_DATE.test(cell))
    return `${cell}${MIDNIGHT}`;
  if (column === 'digest' && HEX_DIGEST.test(cell)) return Buffer.from(cell, 'hex').toString('base64url');
  return cell;
}
