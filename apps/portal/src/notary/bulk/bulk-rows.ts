import type { TextKey } from '../../language/text.ts';
import { readCsv } from './csv.ts';

/** The columns that a file may have; the first two must be there. */
export const COLUMNS = [
  'kind',
  'title',
  'reference',
  'digest',
  'holder',
  'validFrom',
  'validUntil',
  'disclose',
] as const;
type Column = (typeof COLUMNS)[number];

export const MOST_ROWS = 10_000;

export type BulkRow = Readonly<Partial<Record<Column, string>>>;
/** What is wrong with one row. Units: `row` counts from 1, the line of names left out. */
export type RowFault = { readonly row: number; readonly column: Column; readonly key: TextKey };

export type Preview = {
  readonly rows: readonly BulkRow[];
  readonly faults: readonly RowFault[];
};
export type PreviewRead =
  | { readonly ok: true; readonly preview: Preview }
  | { readonly ok: false; readonly key: TextKey; readonly values: Readonly<Record<string, string | number>> };

/** Reads a CSV as the notary will, so that what is wrong is said before it is sent. */
export function previewOf(text: string): PreviewRead {
  const read = readCsv(text);
  if (!read.ok) {
    const { line, rule } = read.fault;
    return { ok: false, key: rule === 'quotes' ? 'bulk.quotes' : 'bulk.columns', values: { line } };
  }
  const [names = [], ...cells] = read.rows;
  const columns = names.map((name) =>
    COLUMNS.find((column) => column.toLowerCase() === name.trim().toLowerCase()),
  );
  const unknown = columns.indexOf(undefined);
  if (unknown >= 0) return { ok: false, key: 'bulk.unknownColumn', values: { name: names[unknown] ?? '' } };
  if (new Set(columns).size < columns.length) return { ok: false, key: 'bulk.doubleColumn', values: {} };
  if (!columns.includes('kind') || !columns.includes('title')) {
    return { ok: false, key: 'bulk.missingColumn', values: {} };
  }
  if (cells.length === 0) return { ok: false, key: 'bulk.noRows', values: {} };
  if (cells.length > MOST_ROWS) return { ok: false, key: 'bulk.tooManyRows', values: { most: MOST_ROWS } };
  const rows = cells.map(
    (line): BulkRow => Object.fromEntries(columns.map((column, at) => [column, (line[at] ?? '').trim()])),
  );
  return { ok: true, preview: { rows, faults: rows.flatMap((row, at) => faultsOf(row, at + 1)) } };
}

const DIGEST = /^([A-Za-z0-9_-]{43}|[0-9a-f]{64})$/i;
const DAY = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/;
const LONGEST = { title: 200, reference: 100, holder: 200 } as const;

function faultsOf(values: BulkRow, row: number): readonly RowFault[] {
  const faults: RowFault[] = [];
  const find = (column: Column, key: TextKey) => faults.push({ row, column, key });
  const { kind = '', title = '', digest = '', disclose = '', validFrom = '', validUntil = '' } = values;
  if (!['file', 'licence'].includes(kind)) find('kind', 'bulk.kindWrong');
  if (title === '') find('title', 'bulk.needed');
  if (kind === 'file' && digest === '') find('digest', 'bulk.digestNeeded');
  if (digest !== '' && !DIGEST.test(digest)) find('digest', 'bulk.digestWrong');
  if (!['', 'status', 'title'].includes(disclose)) find('disclose', 'bulk.discloseWrong');
  for (const column of ['title', 'reference', 'holder'] as const) {
    if ((values[column] ?? '').length > LONGEST[column]) find(column, 'bulk.tooLong');
  }
  for (const column of ['validFrom', 'validUntil'] as const) {
    if (values[column] && !isInstant(values[column])) find(column, 'bulk.dateWrong');
  }
  const ordered = isInstant(validFrom) && isInstant(validUntil);
  if (ordered && Date.parse(validUntil) <= Date.parse(validFrom))
    find('validUntil', 'notary.field.untilWrong');
  return faults;
}

function isInstant(text: string): boolean {
  return DAY.test(text) && !Number.isNaN(Date.parse(text));
}

/** A file to begin from, with a row of each kind. */
export const TEMPLATE = [
  COLUMNS.join(','),
  'licence,Food stall licence,FS-2026-0001,,Harbour Snacks Ltd,2026-01-01,2027-12-31,title',
  'file,Minutes of 3 March 2026,M-17,47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,,,,status',
  '',
].join('\r\n');
