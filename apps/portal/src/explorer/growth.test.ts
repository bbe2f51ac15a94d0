import { describe, expect, it } from 'vitest';
import { growthOf, sampleOf, stairsOf } from './growth.ts';

const checkpoint = (second: number, size: number) => ({
  size,
  root: '',
  note: '',
  publishedAt: new Date(second * 1000).toISOString(),
});

describe('the growth of a log', () => {
  it('begins with its opening where that is known', () => {
    const growth = growthOf([checkpoint(20, 8), checkpoint(10, 4)], new Date(0).toISOString());
    expect(growth?.moments.map(({ size }) => size)).toEqual([0, 4, 8]);
    expect(growth).toMatchObject({ lowest: 0, highest: 8 });
  });

  it('is drawn as stairs from the lower left to the upper right', () => {
    const growth = growthOf([checkpoint(20, 8), checkpoint(10, 4)], new Date(0).toISOString());
    if (growth === null) throw new Error('There is a growth');
    expect(stairsOf(growth)).toBe('M0 300H500V150H1000V0');
  });

  it('is not drawn from one moment alone', () => {
    expect(growthOf([checkpoint(10, 4)], null)).toBeNull();
    expect(growthOf([], new Date(0).toISOString())).toBeNull();
  });

  it('is told in few lines, the first and the last among them', () => {
    const moments = Array.from({ length: 500 }, (_, at) => ({ at, size: at }));
    const sample = sampleOf(moments, 12);
    expect(sample).toHaveLength(12);
    expect([sample[0]?.at, sample.at(-1)?.at]).toEqual([0, 499]);
  });
});
