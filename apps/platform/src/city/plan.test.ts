import { describe, expect, test } from 'vitest';
import { planCity } from './plan.ts';

const now = new Date('2026-06-01T04:00:00.000Z');
const plan = (listenOffset = 0) =>
  planCity({ origin: 'http://localhost:8080', port: 8080, listenOffset, now });

describe('a planned city', () => {
  test('has its processes at the ports after the platform’s', () => {
    const { departments, bank } = plan();
    expect(departments.map(({ register, port, url }) => [register, port, url])).toEqual([
      ['persons', 8081, 'http://localhost:8081'],
      ['rates', 8082, 'http://localhost:8082'],
      ['companies', 8083, 'http://localhost:8083'],
    ]);
    expect(bank).toMatchObject({ port: 8090, origin: 'http://localhost:8090' });
  });

  test('lets something stand between the platform and its connectors', () => {
    const [persons] = plan(100).departments;
    expect(persons).toMatchObject({ port: 8181, url: 'http://localhost:8081' });
  });

  test('names every party once, and nobody like in another city', () => {
    const named = [plan(), plan()].flatMap(({ platform, departments, bank }) => [
      platform,
      bank.id,
      ...departments.map(({ id }) => id),
    ]);
    expect(new Set(named).size).toBe(10);
    for (const id of named) expect(id).toMatch(/^org_/);
  });

  test('draws a key of its own for every use', () => {
    const { departments, bank } = plan();
    const keys = [
      bank.signing,
      bank.encryption,
      ...departments.flatMap((one) => [one.signing, one.encryption]),
    ];
    expect(new Set(keys.map(({ d }) => d)).size).toBe(8);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(8);
    const secrets = departments.flatMap(({ handles, codes }) => [handles.k, codes.k]);
    expect(new Set(secrets).size).toBe(6);
    for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  });

  test('knows a person by one id, however often it is asked', () => {
    const { personId } = plan();
    expect(personId(3)).toBe(personId(3));
    expect(personId(3)).not.toBe(personId(4));
  });
});
