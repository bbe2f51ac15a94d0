import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StatedState } from './records/contract.ts';
import { codeOf, readCode } from './rules/code.ts';
import { readCsv } from './rules/read-csv.ts';
import { isEffectiveInRange, mayFollow, type Stated, stateAt, statedAt } from './rules/states.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 23) + minutes * 60_000);
const said = (state: StatedState, minutes: number | null = null): Stated => ({
  state,
  effectiveFrom: minutes === null ? null : at(minutes),
});

describe('a code', () => {
  test('stands for its bytes, and is read again however it is typed', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const code = codeOf(one);
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
        expect(codeOf(other) === code).toBe(Buffer.compare(one, other) === 0);
        const typed = code
          .toLowerCase()
          .replaceAll('0', 'o')
          .replaceAll('1', 'i')
          .replaceAll(/(.{4})/g, '$1 ');
        expect(readCode(typed)).toBe(code);
      }),
    );
  });

  test('has the bits of its bytes in order', () => {
    expect(codeOf(new Uint8Array(16))).toBe('0'.repeat(26));
    expect(codeOf(new Uint8Array(16).fill(255))).toBe(`${'Z'.repeat(25)}W`);
  });
});

describe('how a record stands', () => {
  const record = { validUntil: at(60), erasedAt: null };

  test('is what was said last among what counts by then', () => {
    const history = [said('active'), said('suspended', 10), said('revoked', 30)];
    expect([0, 9, 10, 29, 30, 99].map((minute) => statedAt(history, at(minute)))).toEqual([
      'active',
      'active',
      'suspended',
      'suspended',
      'revoked',
      'revoked',
    ]);
    expect(statedAt([...history, said('active')], at(99))).toBe('active');
  });

  test('is expired from the instant of its end, unless it ended otherwise', () => {
    expect(stateAt(record, [said('active')], at(59))).toBe('active');
    expect(stateAt(record, [said('active')], at(60))).toBe('expired');
    for (const state of ['pending', 'suspended', 'revoked', 'rejected'] as const)
      expect(stateAt(record, [said(state)], at(60))).toBe(state);
    expect(stateAt({ ...record, erasedAt: at(1) }, [said('active')], at(60))).toBe('erased');
  });

  test('is never again anything else once it has ended, whatever is tried', () => {
    const state = fc.constantFrom<StatedState>('pending', 'active', 'suspended', 'revoked', 'rejected');
    const attempt = fc.record({
      to: state,
      after: fc.nat({ max: 50 }),
      delay: fc.option(fc.nat({ max: 100 })),
    });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 12 }), (attempts) => {
        const history = [said('active')];
        let now = 0;
        let ended: number | null = null;
        for (const { to, after, delay } of attempts) {
          now += after;
          const effectiveFrom = delay === null ? null : at(now + delay);
          const before = statedAt(history, at(now));
          const follows = mayFollow(history, { to, effectiveFrom }, at(now));
          if (before === 'revoked') ended ??= now;
          if (ended !== null) expect(follows).toBe(false);
          if (follows) history.push({ state: to, effectiveFrom });
        }
        expect(history.every(({ state: one }) => ['active', 'suspended', 'revoked'].includes(one))).toBe(
          true,
        );
      }),
    );
  });

  test('may change from the beginning of the record until five years from now', () => {
    const about = { createdAt: at(0), validFrom: at(-60), now: at(10) };
    expect(isEffectiveInRange(at(-60), about)).toBe(true);
    expect(isEffectiveInRange(at(-61), about)).toBe(false);
    expect(isEffectiveInRange(at(-1), { ...about, validFrom: at(5) })).toBe(false);
    expect(isEffectiveInRange(new Date('2031-11-20T00:00:00Z'), about)).toBe(true);
    expect(isEffectiveInRange(new Date('2031-12-20T00:00:00Z'), about)).toBe(false);
  });
});

describe('a CSV', () => {
  const rows = (text: string) => {
    const read = readCsv(text);
    return read.ok ? read.value : read.refusal;
  };

  test('may have a byte order mark, CRLF, quotes, line breaks in them, empty lines and columns in any order', () => {
    const text = '\uFEFF Title ,KIND,holder\r\n"a ""b"", c\r\nd",file,陳大文\r\n\r\n  x  ,licence,\r\n';
    expect(rows(text)).toEqual([
      { title: 'a "b", c\r\nd', kind: 'file', holder: '陳大文' },
      { title: 'x', kind: 'licence' },
    ]);
  });

  test('may have digests as sha256sum prints them, and dates without an hour, which begin at midnight in the city', () => {
    const hex = '00ff'.repeat(16);
    expect(rows(`kind,title,digest,validFrom\nfile,x,${hex},2026-12-01\n`)).toEqual([
      {
        kind: 'file',
        title: 'x',
        digest: Buffer.from(hex, 'hex').toString('base64url'),
        validFrom: '2026-12-01T00:00:00+08:00',
      },
    ]);
  });

  test.each([
    ['without a line of names', '', 'notary.bulk-malformed', 'kind', 'required'],
    ['without a title', 'kind\nfile\n', 'notary.bulk-malformed', 'title', 'required'],
    ['with a column that nobody knows', 'kind,title,colour\n', 'notary.bulk-malformed', 'colour', 'unknown'],
    ['with a column twice', 'kind,title,Title\n', 'notary.bulk-malformed', 'Title', 'unique'],
    [
      'with too many cells in a line',
      'kind,title\nfile,x\nfile,x,y\n',
      'notary.bulk-malformed',
      'line 3',
      'columns',
    ],
    ['with a quote that does not end', 'kind,title\nfile,"x\n', 'notary.bulk-malformed', 'line 2', 'quotes'],
    [
      'with too many lines',
      `kind,title\n${'file,x\n'.repeat(10_001)}`,
      'notary.bulk-too-many',
      'items',
      'maxItems',
    ],
  ])('%s is refused, and says where', (_name, text, code, field, rule) => {
    expect(rows(text)).toMatchObject({ code, field, rule });
  });

  test('is read or refused, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const read = readCsv(`kind,title\n${text}`);
        expect(read.ok || read.refusal.code.startsWith('notary.')).toBe(true);
      }),
    );
  });
});
