/** What is wrong with the form of a CSV. Units: `line` counts from 1. */
export type CsvFault = { readonly line: number; readonly rule: 'quotes' | 'columns' };

export type CsvRead =
  | { readonly ok: true; readonly rows: readonly (readonly string[])[] }
  | { readonly ok: false; readonly fault: CsvFault };

/**
 * The rows of a CSV; empty lines are passed over, a byte order mark too.
 *
 * Errors  quotes: one that is not closed, or inside a plain cell; columns: a row with more or fewer than the first
 * Source  RFC 4180; LF and CRLF
 */
export function readCsv(text: string): CsvRead {
  const rows: string[][] = [];
  const source = text.replace(/^\uFEFF/, '');
  let line = 1;
  let at = 0;
  while (at < source.length) {
    const started = line;
    const read = readRow(source, at);
    if (read === null) return { ok: false, fault: { line: started, rule: 'quotes' } };
    line += read.lines;
    at = read.until;
    if (read.cells.length === 1 && read.cells[0] === '') continue;
    if (rows[0] !== undefined && read.cells.length !== rows[0].length) {
      return { ok: false, fault: { line: started, rule: 'columns' } };
    }
    rows.push(read.cells);
  }
  return { ok: true, rows };
}

type Row = { readonly cells: string[]; readonly until: number; readonly lines: number };

function readRow(source: string, from: number): Row | null {
  const cells: string[] = [];
  let at = from;
  let lines = 1;
  for (;;) {
    const cell = source[at] === '"' ? readQuoted(source, at) : readPlain(source, at);
    if (cell === null) return null;
    cells.push(cell.text);
    lines += cell.text.split('\n').length - 1;
    at = cell.until;
    if (source[at] === ',') {
      at += 1;
      continue;
    }
    if (source.startsWith('\r\n', at)) return { cells, until: at + 2, lines };
    if (source[at] === '\n') return { cells, until: at + 1, lines };
    return at >= source.length ? { cells, until: at, lines } : null;
  }
}

function readPlain(source: string, from: number): { text: string; until: number } | null {
  const [text = ''] = /^[^,\r\n]*/.exec(source.slice(from, from + 20_000)) ?? [];
  return text.includes('"') ? null : { text, until: from + text.length };
}

function readQuoted(source: string, from: number): { text: string; until: number } | null {
  let text = '';
  let at = from + 1;
  for (;;) {
    const close = source.indexOf('"', at);
    if (close < 0) return null;
    text += source.slice(at, close);
    at = close + 1;
    if (source[at] !== '"') return { text, until: at };
    text += '"';
    at += 1;
  }
}
