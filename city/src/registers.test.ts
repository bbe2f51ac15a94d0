import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { companies } from './companies.ts';
import { companiesRegister, personsRegister, ratesRegister } from './registers.ts';
import { residents } from './residents.ts';

const people = [...residents({ count: 10_000, seed: 'praya' })];
const firms = companies({ count: 500, seed: 'praya', residents: people });
const registers = [personsRegister(people), ratesRegister(people), companiesRegister(firms)];

/** The columns that the DDL declares for a table, in its order. */
function declaredColumns(ddl: string, name: string): string[] {
  const body = ddl.split(`create table if not exists ${name} (`)[1]?.split('\n);')[0] ?? '';
  return [...body.matchAll(/^ {2}([a-z0-9_]+) +(?:text|date|integer|bigint)/gm)].flatMap(
    ([, column]) => column ?? [],
  );
}

test('the rows have the columns that the DDL declares, in its order', () => {
  for (const { ddl, tables } of registers) {
    for (const { name, columns } of tables) expect(columns).toEqual(declaredColumns(ddl, name));
  }
});

test('every row is as long as the columns', () => {
  for (const { columns, rows } of registers.flatMap(({ tables }) => tables)) {
    expect(rows.every((row) => row.length === columns.length)).toBe(true);
  }
});

test('every resident is in the registers of persons and of rates', () => {
  expect(registers.slice(0, 2).map(({ tables }) => tables[0]?.rows.length)).toEqual([10_000, 10_000]);
});

test('every officership is of a registered company and a registered resident', () => {
  const [persons, , registry] = registers;
  const [known, officerships] = registry?.tables ?? [];
  const numbers = new Set(known?.rows.map(([number]) => number));
  const identities = new Set(persons?.tables[0]?.rows.map(([identity]) => identity));
  expect(officerships?.rows.length).toBeGreaterThan(500);
  for (const [identity, number] of officerships?.rows ?? []) {
    expect(identities.has(identity ?? null) && numbers.has(number ?? null)).toBe(true);
  }
});

test('a register of nobody has its tables and no rows', () => {
  expect(personsRegister([]).tables[0]?.rows).toEqual([]);
});

test('no file of the people but this register loader needs Node: the rest runs in a browser', () => {
  const folder = new URL('.', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const needing = files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('play/'))
    .filter((file) => readFileSync(new URL(file, folder), 'utf8').includes("from 'node:"));
  expect(needing).toEqual(['registers.ts']);
});
