import { expect, test } from 'vitest';
import { isId, newId } from './id.ts';

test('an id carries its prefix, version 7 and its time', () => {
  const at = new Date('2026-11-22T08:00:00.123Z');
  const id = newId('con', at);
  expect(isId('con', id)).toBe(true);
  expect(isId('act', id)).toBe(false);
  expect(Number.parseInt(id.slice(4).replaceAll('-', '').slice(0, 12), 16)).toBe(at.getTime());
});

test('ids sort by the time they were made', () => {
  const ids = [1, 2, 3].map((ms) => newId('act', new Date(ms)));
  expect([...ids].sort()).toEqual(ids);
});
