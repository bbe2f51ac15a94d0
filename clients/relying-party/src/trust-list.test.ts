import { trustListOf as listOf, storyInstant } from '@praya/verifier/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { createGateway, type Gateway, ISSUER } from './testing/gateway.ts';
import { trustListOf } from './trust-list.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway();
});

function sourceOf(changes: readonly object[]) {
  const { cast } = gateway;
  let calls = 0;
  let at = Date.parse(storyInstant(0));
  const source = trustListOf({
    issuer: ISSUER,
    anchor: cast.anchor,
    now: () => new Date(at),
    fetch: async () => {
      const change = changes[Math.min(calls, changes.length - 1)];
      calls += 1;
      return new Response(await cast.anchor.sign('praya-trust-list+jws', { ...listOf(cast), ...change }));
    },
  });
  const later = (ms: number) => {
    at += ms;
  };
  return { source, later, calls: () => calls };
}

describe('the trust list', () => {
  test('is kept for 20 seconds', async () => {
    const { source, later, calls } = sourceOf([{}]);
    await source();
    later(19_999);
    await source();
    expect(calls()).toBe(1);
    later(1);
    await source();
    expect(calls()).toBe(2);
  });

  test('never goes back to an older one', async () => {
    const { source, later } = sourceOf([{ sequence: 9 }, { sequence: 8 }]);
    expect(await source()).toMatchObject({ ok: true });
    later(20_000);
    expect(await source()).toMatchObject({ problem: { code: 'relying-party.trust-list' } });
  });

  test.each([
    ['of another issuer', { issuer: 'https://other.example' }],
    ['that no longer counts', { validUntil: storyInstant(-1) }],
    ['without organisations', { organisations: null }],
  ])('%s is refused', async (_title, change) => {
    expect(await sourceOf([change]).source()).toMatchObject({
      problem: { code: 'relying-party.trust-list' },
    });
  });

  test('that cannot be fetched is a problem of its own', async () => {
    const fetch = async () => new Response('', { status: 500 });
    const source = trustListOf({ issuer: ISSUER, anchor: gateway.cast.anchor, fetch });
    expect(await source()).toMatchObject({ problem: { code: 'relying-party.unreachable' } });
  });
});
