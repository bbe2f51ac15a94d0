import { describe, expect, it } from 'vitest';
import { groupedCode, normaliseCode } from './check-code.ts';

const CODE = '7K3MQ9TD0XVA7K3MQ9TD0XVA7K';

describe('a code that is typed', () => {
  it.each([
    ['as it is printed, in groups', groupedCode(CODE)],
    ['in small letters, with dashes', '7k3m-q9td-0xva-7k3m-q9td-0xva-7k'],
    ['with an O for the 0', CODE.replaceAll('0', 'o')],
    ['as the whole address', `https://praya.example/check/${CODE}/`],
  ])('is read %s', (_name, typed) => {
    expect(normaliseCode(typed)).toBe(CODE);
  });

  it('reads I and L as 1', () => {
    expect(normaliseCode(`IL${CODE.slice(2)}`)).toBe(`11${CODE.slice(2)}`);
  });

  it.each(['', CODE.slice(1), `${CODE}7`, `${CODE.slice(1)}U`, 'https://praya.example/check/'])(
    'is none: %j',
    (typed) => {
      expect(normaliseCode(typed)).toBeNull();
    },
  );
});
