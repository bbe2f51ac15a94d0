import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@praya/kernel/id';
import { describe, expect, test } from 'vitest';
import { configPath, readConfig } from './config.ts';
import { newTestAnchor, newTestKey } from './testing/keys.ts';

type Json = Record<string, unknown>;
const text = { en: 'Text', 'zh-Hant': '文字', 'zh-Hans': '文字' };

function goodConfig(): Json {
  const { kid, jwk } = newTestAnchor('anchor-1');
  return {
    organisation: newId('org'),
    registerOfPersons: newId('org'),
    port: 8251,
    databaseUrl: 'postgres://role:word@localhost:5432/register',
    platformUrl: 'http://localhost:8080',
    trustAnchor: { kid, jwk },
    services: [
      {
        id: 'persons.particulars',
        title: text,
        description: text,
        source: { table: 'persons.residents', subjectColumn: 'identity_number' },
        fields: [{ name: 'nameEn', column: 'name_en', title: text, schema: { type: 'string' } }],
      },
    ],
  };
}

function goodKeys(): Json {
  return { signing: [newTestKey('s-1').privateJwk], encryption: [newTestKey('e-1').privateJwk] };
}

function written(config: Json, keys: Json): string {
  const directory = mkdtempSync(join(tmpdir(), 'praya-connector-'));
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  writeFileSync(join(directory, 'keys.json'), JSON.stringify(keys));
  return join(directory, 'config.json');
}

test('a configuration is read with the keys beside it', () => {
  const config = readConfig(written(goodConfig(), goodKeys()));
  expect(config.host).toBe('localhost');
  expect(config.keys.signing.map(({ kid }) => kid)).toEqual(['s-1']);
});

describe('a configuration is refused', () => {
  const service = () => (goodConfig()['services'] as Json[])[0] ?? {};
  test.each<[string, Json, string]>([
    ['with a member that nobody knows', { colour: 'red' }, 'Configuration'],
    ['without a port', { port: undefined }, 'port'],
    [
      'with a table that is no name',
      withSource({ table: 'a; drop table b', subjectColumn: 'c' }),
      'services',
    ],
    ['with a query that names nobody', withSource({ sql: 'select 1 as name_en' }), 'services'],
    ['with one service twice', { services: [service(), service()] }, 'Two services'],
    [
      'with a registrar but no key for its codes',
      {
        registrar: {
          table: 'persons.residents',
          identityNumber: 'a',
          nameEn: 'b',
          nameZh: 'c',
          dateOfBirth: 'd',
        },
      },
      'registrar',
    ],
  ])('%s', (_name, members, words) => {
    const file = written({ ...goodConfig(), ...members }, goodKeys());
    expect(() => readConfig(file)).toThrow(words);
  });

  function withSource(source: Json): Json {
    return { services: [{ ...service(), source }] };
  }

  test('with keys that do not fit, and no key is quoted', () => {
    const { d } = newTestKey('s-1').privateJwk;
    const keys = { ...goodKeys(), signing: [{ kty: 'EC', d }] };
    expect(() => readConfig(written(goodConfig(), keys))).toThrow('/signing/0');
    expect(() => readConfig(written(goodConfig(), keys))).not.toThrow(String(d));
  });
});

test('the path comes as an argument or in the environment', () => {
  expect(configPath('/a/config.json', {})).toBe('/a/config.json');
  expect(configPath(undefined, { PRAYA_CONNECTOR_CONFIG: '/b/config.json' })).toBe('/b/config.json');
  expect(() => configPath(undefined, {})).toThrow('Name the configuration file');
});
