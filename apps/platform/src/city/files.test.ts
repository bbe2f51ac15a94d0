import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { writeBankFiles, writeConnectorFiles } from './files.ts';
import { planCity } from './plan.ts';

const anchor = { kid: 'anchor-1', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'private', alg: 'EdDSA' } };
const databaseUrl = 'postgres://connector_persons:secret@localhost/register_persons';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'praya-files-'));
});
afterEach(() => rmSync(data, { recursive: true }));

function written() {
  const config = readConfig({ DATABASE_URL: 'postgres://admin:top@localhost/praya', PRAYA_DATA: data });
  const plan = planCity({ origin: config.origin, port: config.port, listenOffset: 0, now: new Date() });
  for (const department of plan.departments)
    writeConnectorFiles(config, { plan, department, anchor, databaseUrl });
  writeBankFiles(config, { plan, anchor });
  return plan;
}
const read = (...path: string[]) => JSON.parse(readFileSync(join(data, ...path), 'utf8'));

describe('the files of a new city', () => {
  test.each([
    ['connectors', 'persons', 'keys.json'],
    ['connectors', 'persons', 'config.json'],
    ['connectors', 'rates', 'keys.json'],
    ['connectors', 'companies', 'config.json'],
    ['bank', 'keys.json'],
    ['bank', 'config.json'],
  ])('%s/%s can be read by us alone', (...path) => {
    written();
    expect(statSync(join(data, ...path)).mode & 0o077).toBe(0);
  });

  test('give the registrar’s keys and its table to the register of persons alone', () => {
    const [persons] = written().departments;
    expect(read('connectors', 'persons', 'keys.json')).toHaveProperty('codes');
    expect(read('connectors', 'persons', 'config.json')).toHaveProperty('registrar');
    for (const other of ['rates', 'companies']) {
      expect(Object.keys(read('connectors', other, 'keys.json'))).toEqual(['signing', 'encryption']);
      const config = read('connectors', other, 'config.json');
      expect(config).not.toHaveProperty('registrar');
      expect(config.registerOfPersons).toBe(persons?.id);
    }
  });

  test('name the trust anchor without its private half', () => {
    written();
    for (const path of [
      ['connectors', 'rates', 'config.json'],
      ['bank', 'config.json'],
    ])
      expect(JSON.stringify(read(...path))).not.toContain('"private"');
    expect(read('bank', 'config.json').anchor).toEqual({
      kid: 'anchor-1',
      jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x' },
    });
  });

  test('give nobody the platform’s own database', () => {
    written();
    for (const path of [
      ['connectors', 'persons', 'config.json'],
      ['bank', 'config.json'],
    ])
      expect(JSON.stringify(read(...path))).not.toContain('admin:top');
  });
});
