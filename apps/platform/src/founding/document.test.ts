import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFoundingDocument } from './document.ts';
import { seedOf } from './seed.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document that the tests bend out of shape
type Loose = any;

const EXAMPLE = resolve(import.meta.dirname, '../../../../deploy/founding.example.json');
const example = (): Loose => JSON.parse(readFileSync(EXAMPLE, 'utf8'));
const read = (document: object) => readFoundingDocument(JSON.stringify(document));

function withRealKeys(): Loose {
  const document = example();
  for (const [at, { keys }] of document.organisations.entries())
    for (const [place, key] of keys.entries()) {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      Object.assign(key, publicKey.export({ format: 'jwk' }), { kid: `key-${at}-${place}` });
    }
  return document;
}

describe('a founding document', () => {
  test('like the example is taken once its keys are real', () => {
    const { organisations } = seedOf(read(withRealKeys()), {
      origin: 'https://id.example.gov',
      now: new Date(),
    });
    expect(organisations.map(({ slug, kind }) => [slug, kind])).toEqual([
      ['digital-office', 'operator'],
      ['persons-register', 'department'],
      ['example-bank', 'bank'],
    ]);
    expect(organisations[0]?.clients).toEqual([
      {
        clientId: 'praya-portal',
        redirectUris: ['https://id.example.gov/session/callback'],
        purposes: [],
        eventsUri: null,
      },
    ]);
  });

  test('with the keys of the example is refused at each of them', () => {
    const places = ['0/keys/0', '0/keys/1', '1/keys/0', '1/keys/1'];
    for (const place of places)
      expect(() => read(example())).toThrow(`organisations/${place}: is the key of the example`);
  });

  test.each<[string, (document: Loose) => void]>([
    ['operator/slug: must match', (one) => (one.operator.slug = 'Digital Office')],
    ['operator/name/zh-Hant: is missing', (one) => delete one.operator.name['zh-Hant']],
    ['operator/officers: is not known here', (one) => (one.operator.officers = [])],
    ['purposes/0/maxPerDay: must be', (one) => (one.purposes[0].maxPerDay = 0)],
    ['organisations/0/keys/0/d: a private key', (one) => (one.organisations[0].keys[0].d = 'secret-text')],
    ['organisations/0/keys: one of use sig', (one) => one.organisations[0].keys.shift()],
    ['organisations/0/keys: a connector needs', (one) => one.organisations[0].keys.pop()],
    ['organisations/1/kind: there is one operator', (one) => (one.organisations[1].kind = 'operator')],
    ["organisations/1/slug: is the operator's", (one) => (one.organisations[1].slug = 'digital-office')],
    ['is the registrar, not 0', (one) => (one.organisations[0].connector.registrar = false)],
    ['is the registrar, not 2', (one) => (one.organisations[1].connector = one.organisations[0].connector)],
  ])('is refused with the field and the rule: %s', (message, bend) => {
    const document = withRealKeys();
    bend(document);
    expect(() => read(document)).toThrow(message);
    expect(() => read(document)).toThrow('Nothing was changed');
    expect(() => read(document)).not.toThrow('secret-text');
  });

  test('that is not JSON is refused', () => {
    expect(() => readFoundingDocument('{')).toThrow('is not JSON');
  });
});
