import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { previewOf, TEMPLATE } from './bulk-rows.ts';
import { readCsv } from './csv.ts';

const cellOf = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

describe('a CSV', () => {
  it('is read back as it was written, whatever stands in its cells', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', '海') });
    const row = fc.tuple(fc.constantFrom('x', '海旁'), cell, cell);
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, end) => {
          const text = rows.map((cells) => cells.map(cellOf).join(',')).join(end);
          expect(readCsv(text)).toEqual({ ok: true, rows });
        },
      ),
    );
  });

  it('may begin with a byte order mark, and may have empty lines', () => {
    expect(readCsv('\uFEFFa,b\r\n\r\n1,2\n\n')).toEqual({
      ok: true,
      rows: [
        ['a', 'b'],
        ['1', '2'],
      ],
    });
  });

  it.each([
    ['a quote that is not closed', 'a,b\n1,"2', { line: 2, rule: 'quotes' }],
    ['a quote in a plain cell', 'a,b\n1,2"3', { line: 2, rule: 'quotes' }],
    ['text behind a quoted cell', 'a,b\n"1"x,2', { line: 2, rule: 'quotes' }],
    ['a row that is too short, after a cell of two lines', 'a,b\n"1\n1",2\n3', { line: 4, rule: 'columns' }],
  ])('is not read with %s', (_name, text, fault) => {
    expect(readCsv(text)).toEqual({ ok: false, fault });
  });
});

describe('the preview of a bulk', () => {
  it('finds nothing wrong with the template', () => {
    expect(previewOf(TEMPLATE)).toMatchObject({ ok: true, preview: { faults: [] } });
  });

  it('names every fault by row and column', () => {
    const text =
      'title,kind,digest,validFrom,validUntil,disclose\n' +
      'A,file,,,,\n' +
      ',licence,short,2026-13-01,,all\n' +
      'B,house,,2026-02-01,2026-01-01,status\n' +
      'C,licence,,2026-02-01,2027-01-01,title\n';
    const read = previewOf(text);
    expect(read.ok && read.preview.faults.map(({ row, column, key }) => `${row} ${column} ${key}`)).toEqual([
      '1 digest bulk.digestNeeded',
      '2 title bulk.needed',
      '2 digest bulk.digestWrong',
      '2 disclose bulk.discloseWrong',
      '2 validFrom bulk.dateWrong',
      '3 kind bulk.kindWrong',
      '3 validUntil notary.field.untilWrong',
    ]);
  });

  it.each([
    ['title\nA', 'bulk.missingColumn'],
    ['kind,title,kind\nfile,A,file', 'bulk.doubleColumn'],
    ['kind,title,colour\nfile,A,red', 'bulk.unknownColumn'],
    ['kind,title\n', 'bulk.noRows'],
    [`kind,title\n${'licence,A\n'.repeat(10_001)}`, 'bulk.tooManyRows'],
  ])('says of a whole file what is wrong (%#)', (text, key) => {
    expect(previewOf(text)).toMatchObject({ ok: false, key });
  });
});
