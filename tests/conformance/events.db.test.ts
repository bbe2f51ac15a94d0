import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { claimedPayload, verifyJws } from '@praya/kernel/jws';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type OpenedAccount, openAccount } from '../support/callers.ts';
import { type ComposedCity, composeCity } from '../support/composed-city.ts';

type Delivery = { method: string; path: string; type: string; accept: string; body: string };
type Key = { kid: string; purpose: string; jwk: object };

let city: ComposedCity;
let bank: Server;
let opened: OpenedAccount;
let refusals = 1;
const deliveries: Delivery[] = [];

beforeAll(async () => {
  city = await composeCity();
  bank = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const { 'content-type': type = '', accept = '' } = headers;
    deliveries.push({ method, path, type, accept, body: await text(request) });
    // The first attempt is not acknowledged, so there has to be a second.
    response.writeHead(refusals-- > 0 ? 503 : 202).end();
  });
  await new Promise<void>((listening) => bank.listen(city.basePort + 10, 'localhost', listening));
  opened = await openAccount(city);
  await vi.waitUntil(() => deliveries.length >= 2, { timeout: 60_000, interval: 100 });
}, 180_000);
afterAll(async () => {
  bank.close();
  await city[Symbol.asyncDispose]();
});

const claims = () => claimedPayload(deliveries[0]?.body ?? '') as Record<string, unknown>;

describe('a security event token', () => {
  test('RFC 8417 §2.3: is explicitly typed as secevent+jwt and names its key', () => {
    expect(decodeProtectedHeader(deliveries[0]?.body ?? '')).toEqual({
      alg: 'ES256',
      typ: 'secevent+jwt',
      kid: expect.any(String),
    });
  });

  test('RFC 8417 §2.2: has iss, iat, jti and aud, one event, and no exp', () => {
    const consentId = opened.granted.details[0]?.consent_id;
    expect(claims()).toEqual({
      iss: city.origin,
      aud: opened.bank.clientId,
      jti: expect.stringMatching(/^dlv_/),
      iat: expect.any(Number),
      events: {
        'https://praya.example/events/consent-active': { consent_id: consentId, at: expect.any(String) },
      },
    });
    expect(Math.abs(Date.now() / 1000 - Number(claims()['iat']))).toBeLessThan(120);
  });

  test('RFC 8417 §5.1: is signed by the events key of the trust list', async () => {
    const trust = await (await fetch(`${city.origin}/directory/v1/trust-list`)).text();
    const { issuerKeys } = claimedPayload(trust) as { issuerKeys: Key[] };
    const { kid } = decodeProtectedHeader(deliveries[0]?.body ?? '');
    const key = issuerKeys.find((one) => one.kid === kid);
    expect(key?.purpose).toBe('events');
    const about = { typ: 'secevent+jwt', jwk: key?.jwk as never };
    expect(await verifyJws(deliveries[0]?.body ?? '', about)).toEqual(claims());
  });

  test('RFC 8935 §2: is pushed by POST as application/secevent+jwt, and JSON is taken for an answer', () => {
    expect(deliveries[0]).toMatchObject({
      method: 'POST',
      path: '/praya/events',
      type: 'application/secevent+jwt',
      accept: 'application/json',
    });
  });

  test('RFC 8935 §2: that was not acknowledged is pushed again under the same jti, and then no more', async () => {
    const jtis = deliveries.map(({ body }) => (claimedPayload(body) as { jti: string }).jti);
    expect(jtis.slice(0, 2)).toEqual([jtis[0], jtis[0]]);
    await new Promise((later) => setTimeout(later, 3000));
    expect(deliveries).toHaveLength(2);
  });
});
