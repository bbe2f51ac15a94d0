import { jsonDigest } from '@praya/verifier/digest';
import { expect, it } from 'vitest';
import { isOurStatement } from './statement.ts';

const previewKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const;
const expected = { issuer: 'https://praya.example', previewKey };
const statement = {
  type: 'praya.sign-in.v1',
  issuer: 'https://praya.example',
  nonce: 'n',
  at: '2026-03-01T00:00:00Z',
  previewKey,
} as const;

it('signs a statement of this site that names this browser’s key', async () => {
  expect(await isOurStatement({ statement, challenge: await jsonDigest(statement) }, expected)).toBe(true);
});

it.each([
  ['another site', { issuer: 'https://elsewhere.example' }],
  ['another key', { previewKey: { ...previewKey, x: 'other' } }],
  ['no key', { previewKey: null }],
])('does not sign for %s', async (_name, change) => {
  const changed = { ...statement, ...change };
  expect(await isOurStatement({ statement: changed, challenge: await jsonDigest(changed) }, expected)).toBe(
    false,
  );
});

it('does not sign a challenge that is not the statement’s own digest', async () => {
  expect(
    await isOurStatement({ statement, challenge: await jsonDigest({ ...statement, nonce: 'm' }) }, expected),
  ).toBe(false);
});
