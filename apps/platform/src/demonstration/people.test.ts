import { describe, expect, test } from 'vitest';
import { demonstrationKeyOf, demonstrationPeople } from './people.ts';

const CITY = { seed: 'praya', residents: 300 };
const people = demonstrationPeople(CITY);

describe('the demonstration people', () => {
  test('are the same for the same city', () => {
    expect(demonstrationPeople({ ...CITY })).toEqual(people);
  });

  test('are others for another seed', () => {
    const others = demonstrationPeople({ ...CITY, seed: 'another' });
    const numbers = new Set(people.map(({ resident }) => resident.identityNumber));
    expect(others.some(({ resident }) => numbers.has(resident.identityNumber))).toBe(false);
  });

  test('are 24 residents and one for each office, all of age, each once', () => {
    expect(people).toHaveLength(29);
    expect(people.map(({ index }) => index)).toEqual(people.map((_person, at) => at));
    expect(people.every(({ resident }) => resident.ageYears >= 18)).toBe(true);
    expect(new Set(people.map(({ resident }) => resident.identityNumber)).size).toBe(29);
    expect(people.slice(0, 24).every(({ office }) => office === null)).toBe(true);
  });

  test('hold the offices that two officers need for a decision, one at the counter, and two that notarise', () => {
    expect(people.flatMap(({ office }) => (office === null ? [] : [office.roles]))).toEqual([
      ['counter.registrar'],
      ['administrator', 'directory.maker'],
      ['administrator', 'directory.checker'],
      ['notary'],
      ['notary'],
    ]);
  });

  test('never make and check with one passkey', () => {
    for (const { office } of people) {
      const roles = new Set<string>(office?.roles);
      expect(roles.has('directory.maker') && roles.has('directory.checker')).toBe(false);
    }
  });

  test('have keys that follow from the seed and their place, each another', () => {
    const keys = people.map((person) => demonstrationKeyOf(CITY.seed, person).d);
    expect(new Set(keys).size).toBe(people.length);
    const [first] = people;
    if (first === undefined) throw new Error('A city has people');
    expect(demonstrationKeyOf(CITY.seed, first).d).toBe(keys[0]);
    expect(demonstrationKeyOf('another', first).d).not.toBe(keys[0]);
  });

  test('are introduced in three languages', () => {
    for (const { note } of people)
      expect([note.en, note['zh-Hant'], note['zh-Hans']].every((text) => text.length > 0)).toBe(true);
  });
});
