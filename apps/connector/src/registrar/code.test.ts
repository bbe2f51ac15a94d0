import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hashOfCode, locatorOf, newCode, printedCode, readCode } from './code.ts';

describe('an enrolment code', () => {
  test('is read as it was printed, in small letters, with spaces and with the letters that look like digits', () => {
    const code = '01AB23CD45EF';
    expect(printedCode(code)).toBe('01AB-23CD-45EF');
    for (const typed of ['01AB-23CD-45EF', '01ab23cd45ef', 'OIAB 23CD 45EF', ' oLab-23cd-45ef '])
      expect(readCode(typed)).toBe(code);
  });

  test.each(['', '01AB-23CD-45E', '01AB-23CD-45EFG', '01AB-23CD-45EU', '01AB_23CD_45EF'])(
    '%j is none',
    (typed) => {
      expect(readCode(typed)).toBeUndefined();
    },
  );

  test('is new every time', () => {
    const codes = new Set(Array.from({ length: 1000 }, newCode));
    expect(codes.size).toBe(1000);
    for (const code of codes) expect(readCode(code)).toBe(code);
  });

  test('is hashed under a key and a salt', () => {
    const key = { kid: 'k', secret: randomBytes(32) };
    const other = { kid: 'k', secret: randomBytes(32) };
    const code = newCode();
    expect(locatorOf(code)).toHaveLength(4);
    const hash = hashOfCode(key, { salt: 'a', code });
    expect(hashOfCode(key, { salt: 'a', code })).toBe(hash);
    expect(hashOfCode(key, { salt: 'b', code })).not.toBe(hash);
    expect(hashOfCode(other, { salt: 'a', code })).not.toBe(hash);
  });
});
