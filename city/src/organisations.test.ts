import { expect, test } from 'vitest';
import { organisations } from './organisations.ts';

const all = Object.values(organisations);

test('an operator, three departments and a bank make the city', () => {
  expect(all.map(({ kind }) => kind)).toEqual(['operator', 'department', 'department', 'department', 'bank']);
});

test('each register has one department', () => {
  expect(all.flatMap(({ register }) => register ?? [])).toEqual(['persons', 'rates', 'companies']);
});

test('no two organisations share a slug', () => {
  expect(new Set(all.map(({ slug }) => slug)).size).toBe(all.length);
});

test('every name is given in three languages', () => {
  for (const { name, shortName } of all) {
    for (const text of [name, shortName]) {
      expect(text.en).toMatch(/^[A-Z][A-Za-z ]+$/);
      expect(text['zh-Hant']).toMatch(/^\p{Script=Han}+$/u);
      expect(text['zh-Hans']).toMatch(/^\p{Script=Han}+$/u);
    }
  }
});
