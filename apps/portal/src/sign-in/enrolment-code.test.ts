import { describe, expect, it } from 'vitest';
import { formatEnrolmentCode, isWholeEnrolmentCode } from './enrolment-code.ts';

describe('an enrolment code as it is typed', () => {
  it.each([
    ['7k3m', '7K3M'],
    ['7k3mq', '7K3M-Q'],
    ['7K3M-Q9TD-0XVA', '7K3M-Q9TD-0XVA'],
    [' 7k3m q9td\n0xva ', '7K3M-Q9TD-0XVA'],
    ['7K3MQ9TD0XVAEXTRA', '7K3M-Q9TD-0XVA'],
    ['oil', '011'],
    ['u?!', ''],
  ])('%j is brought to %j', (typed, code) => {
    expect(formatEnrolmentCode(typed)).toBe(code);
  });

  it('is whole with twelve characters', () => {
    expect(isWholeEnrolmentCode('7K3M-Q9TD-0XVA')).toBe(true);
    expect(isWholeEnrolmentCode('7K3M-Q9TD-0XV')).toBe(false);
  });
});
