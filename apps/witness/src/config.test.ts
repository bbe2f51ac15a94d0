import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { readKeys } from './keys.ts';
import { makeWitness } from './new-witness.ts';
import { makeWitnessFiles, openWitness, type WitnessFiles } from './testing/test-witness.ts';

let files: WitnessFiles;
let keysFile: string;
beforeEach(() => {
  files = makeWitnessFiles([]);
  keysFile = join(files.made.directory, 'keys.json');
});

describe('a new witness', () => {
  test('has keys that only its owner reads, of which the public halves are told', () => {
    expect(statSync(keysFile).mode & 0o777).toBe(0o600);
    expect(statSync(files.made.directory).mode & 0o777).toBe(0o700);
    expect(files.made.keys.map(({ algorithm }) => algorithm)).toEqual(['ed25519', 'ml-dsa-44']);
    for (const { vkey } of files.made.keys) expect(vkey).toMatch(/^witness\.example\.edu\/w1\+[0-9a-f]{8}\+/);
  });

  test('is not made where there is one', () => {
    const before = readFileSync(keysFile, 'utf8');
    expect(() => makeWitness({ ...files.made, algorithms: ['ed25519'] })).toThrow('there already');
    expect(readFileSync(keysFile, 'utf8')).toBe(before);
  });

  test('is not made with a name that no key can have', () => {
    const directory = join(dirname(files.made.directory), 'other');
    expect(() => makeWitness({ name: 'two words', directory, algorithms: ['ed25519'] })).toThrow('two words');
    expect(existsSync(join(directory, 'keys.json'))).toBe(false);
  });
});

describe('keys are refused', () => {
  const { stringify } = JSON;
  const changed = (change: (text: string) => string) =>
    writeFileSync(keysFile, change(readFileSync(keysFile, 'utf8')));
  const refused = (about: string) =>
    expect(() => readKeys(files.made.directory, files.made.name)).toThrow(about);

  test('where there are none', () => {
    rmSync(keysFile);
    refused('There are no keys');
  });

  test('where others can read them', () => {
    chmodSync(keysFile, 0o640);
    refused('0600');
  });

  test('where they are those of another name', () => {
    expect(() => readKeys(files.made.directory, 'witness.example.org')).toThrow('are those of');
  });

  test('where they are damaged', () => {
    changed((text) => text.slice(0, -20));
    refused('is not JSON');
    changed(() => stringify({ name: files.made.name, keys: [{ kty: 'oct', k: 'AAAA' }] }));
    refused('is not a keys file');
  });

  test('where one of their letters is another', () => {
    const { keys } = JSON.parse(readFileSync(keysFile, 'utf8'));
    const { x } = keys[0];
    changed((text) => text.replace(x, `${x[0] === 'A' ? 'B' : 'A'}${x.slice(1)}`));
    refused('key');
  });
});

describe('a configuration', () => {
  const configured = (settings: Record<string, unknown>) => {
    const config = JSON.parse(readFileSync(files.configFile, 'utf8'));
    writeFileSync(files.configFile, JSON.stringify({ ...config, ...settings }));
    return readConfig(files.configFile);
  };

  test('names its files from where it lies, and its list also by an address', () => {
    expect(configured({})).toMatchObject({ directory: files.made.directory, logs: files.listFile });
    expect(configured({ logs: 'https://lists.example.org/logs' }).logs).toBe(
      'https://lists.example.org/logs',
    );
  });

  test.each([
    [{ listen: { port: 0 } }, '/listen/port'],
    [{ algorithms: ['rsa'] }, '/algorithms/0'],
    [{ algorithms: [] }, '/algorithms'],
    [{ name: 'two words' }, '/name'],
    [{ secret: 1 }, 'secret'],
  ])('%o is refused, and what is wrong is named', (settings, place) => {
    expect(() => configured(settings)).toThrow(place);
  });

  test('that is no JSON, or is not there, is refused', () => {
    writeFileSync(files.configFile, '{');
    expect(() => readConfig(files.configFile)).toThrow('is not JSON');
    rmSync(files.configFile);
    expect(() => readConfig(files.configFile)).toThrow('no configuration');
  });

  test('that names a list or an algorithm that is not there does not start', async () => {
    rmSync(files.listFile);
    await expect(openWitness(files)).rejects.toThrow('no list of logs');
  });
});
