import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError } from '@praya/kernel/config';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig, readSecrets } from './config.ts';

const DATABASE_URL = 'postgres://praya@localhost/praya';
const read = (variables: Record<string, string> = {}) => readConfig({ DATABASE_URL, ...variables });
const PRODUCTION = { PRAYA_ENV: 'production', PRAYA_ORIGIN: 'https://city.example' };

describe('the settings', () => {
  test('are a demonstration on this machine where nothing is said', () => {
    expect(read()).toEqual({
      production: false,
      demonstration: true,
      port: 8080,
      host: 'localhost',
      origin: 'http://localhost:8080',
      dataDirectory: resolve('.praya'),
      workers: 2,
      logLevel: 'info',
      trustProxy: false,
      requestsPerMinute: 6000,
      city: { residents: 10_000, seed: 'praya', connectorListenOffset: 0 },
      witnessPolicy: null,
      tiles: { kind: 'postgres' },
      adminUrl: DATABASE_URL,
    });
  });

  test('say where tiles are', () => {
    expect(read({ PRAYA_TILES: 'directory:/var/tiles' }).tiles).toEqual({
      kind: 'directory',
      path: '/var/tiles',
    });
    const s3 = { PRAYA_TILES: 's3:city-log/tiles/v1', PRAYA_S3_ENDPOINT: 'https://objects.example' };
    expect(read(s3).tiles).toEqual({
      kind: 's3',
      bucket: 'city-log',
      prefix: 'tiles/v1',
      endpoint: 'https://objects.example',
      region: 'us-east-1',
    });
    expect(() => read({ PRAYA_TILES: 's3:city-log' })).toThrow('PRAYA_S3_ENDPOINT');
    expect(() => read({ PRAYA_TILES: 'floppy' })).toThrow(ConfigError);
  });

  test('say who must cosign, and a file that is named must be there', () => {
    const directory = mkdtempSync(join(tmpdir(), 'praya-config-'));
    writeFileSync(join(directory, 'witness-policy'), 'quorum none\n');
    expect(read({ PRAYA_DATA: directory }).witnessPolicy).toBe('quorum none\n');
    expect(() => read({ PRAYA_WITNESS_POLICY: join(directory, 'missing') })).toThrow('PRAYA_WITNESS_POLICY');
    rmSync(directory, { recursive: true });
  });

  test('take every variable', () => {
    const config = read({
      PRAYA_PORT: '9000',
      PRAYA_HOST: '127.0.0.1',
      PRAYA_ORIGIN: 'https://city.example',
      PRAYA_DATA: '/var/praya',
      PRAYA_WORKERS: '8',
      PRAYA_DEMONSTRATION: 'off',
      PRAYA_LOG_LEVEL: 'warn',
      PRAYA_TRUST_PROXY: 'true',
      PRAYA_REQUESTS_PER_MINUTE: '100',
      PRAYA_RESIDENTS: '500',
      PRAYA_SEED: 'another',
      PRAYA_CONNECTOR_LISTEN_OFFSET: '100',
    });
    expect(config).toEqual({
      production: false,
      demonstration: false,
      port: 9000,
      host: '127.0.0.1',
      origin: 'https://city.example',
      dataDirectory: '/var/praya',
      workers: 8,
      logLevel: 'warn',
      trustProxy: true,
      requestsPerMinute: 100,
      city: { residents: 500, seed: 'another', connectorListenOffset: 100 },
      witnessPolicy: null,
      tiles: { kind: 'postgres' },
      adminUrl: DATABASE_URL,
    });
  });

  test('count an empty variable as one that is not set', () => {
    expect(read({ PRAYA_PORT: '', PRAYA_ORIGIN: '' }).origin).toBe('http://localhost:8080');
  });

  test('name the origin after the port', () => {
    expect(read({ PRAYA_PORT: '8181' }).origin).toBe('http://localhost:8181');
  });

  test.each([
    ['PRAYA_ENV', 'staging'],
    ['PRAYA_PORT', '0'],
    ['PRAYA_PORT', '65536'],
    ['PRAYA_PORT', 'http'],
    ['PRAYA_ORIGIN', 'localhost:8080'],
    ['PRAYA_ORIGIN', 'https://city.example/'],
    ['PRAYA_ORIGIN', 'https://city.example/portal'],
    ['PRAYA_ORIGIN', 'ftp://city.example'],
    ['PRAYA_WORKERS', '0'],
    ['PRAYA_WORKERS', '65'],
    ['PRAYA_WORKERS', 'two'],
    ['PRAYA_DEMONSTRATION', 'yes'],
    ['PRAYA_LOG_LEVEL', 'trace'],
    ['PRAYA_TRUST_PROXY', 'perhaps'],
    ['PRAYA_REQUESTS_PER_MINUTE', '9'],
    ['PRAYA_RESIDENTS', '99'],
    ['PRAYA_RESIDENTS', '1000001'],
    ['PRAYA_SEED', 'x'.repeat(101)],
    ['PRAYA_CONNECTOR_LISTEN_OFFSET', '-1'],
    ['DATABASE_URL', 'mysql://localhost/praya'],
  ])('refuse %s %s and name it', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(ConfigError);
    expect(() => read({ [name]: value })).toThrow(name);
  });

  test('need a database', () => {
    expect(() => readConfig({})).toThrow('DATABASE_URL');
  });
});

describe('production', () => {
  test('has no demonstration, whether or not that is said', () => {
    expect(read(PRODUCTION)).toMatchObject({ production: true, demonstration: false });
    expect(read({ ...PRODUCTION, PRAYA_DEMONSTRATION: 'off' }).demonstration).toBe(false);
  });

  test('refuses to be asked for one', () => {
    expect(() => read({ ...PRODUCTION, PRAYA_DEMONSTRATION: 'on' })).toThrow('PRAYA_DEMONSTRATION');
  });

  test.each([undefined, 'http://city.example', 'http://localhost:8080'])(
    'refuses the origin %s, which is not https',
    (origin) => {
      const variables = { PRAYA_ENV: 'production', PRAYA_ORIGIN: origin ?? '' };
      expect(() => read(variables)).toThrow('PRAYA_ORIGIN');
    },
  );
});

describe('the secrets', () => {
  let dataDirectory: string;
  beforeEach(() => {
    dataDirectory = mkdtempSync(join(tmpdir(), 'praya-config-'));
  });
  afterEach(() => rmSync(dataDirectory, { recursive: true }));

  test('come from the environment and then leave no file', () => {
    const key = Buffer.alloc(32, 3).toString('base64url');
    const { masterKey } = readSecrets({ dataDirectory }, { PRAYA_MASTER_KEY: key });
    expect(Buffer.from(masterKey).toString('base64url')).toBe(key);
    expect(() => statSync(join(dataDirectory, 'secrets'))).toThrow('ENOENT');
  });

  test('else from a file that nobody else can read, made the first time', () => {
    const first = readSecrets({ dataDirectory }, {});
    expect(readSecrets({ dataDirectory }, {})).toEqual(first);
    const file = join(dataDirectory, 'secrets', 'master.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Buffer.from(readFileSync(file, 'utf8'), 'base64url')).toHaveLength(32);
  });

  test('are refused where others can read the file', () => {
    readSecrets({ dataDirectory }, {});
    chmodSync(join(dataDirectory, 'secrets', 'master.key'), 0o644);
    expect(() => readSecrets({ dataDirectory }, {})).toThrow('can be read by others');
  });

  test('are refused where they are not 32 bytes, and not repeated in the message', () => {
    const short = Buffer.alloc(31, 3).toString('base64url');
    const reading = () => readSecrets({ dataDirectory }, { PRAYA_MASTER_KEY: short });
    expect(reading).toThrow('32 bytes');
    expect(reading).not.toThrow(short);
  });

  test('are not among the settings', () => {
    const key = Buffer.alloc(32, 3).toString('base64url');
    expect(JSON.stringify(read({ PRAYA_MASTER_KEY: key }))).not.toContain(key);
  });
});
