import { createTestKey } from '@praya/verifier/testing/keys';
import { createTestWitnesses } from '@praya/verifier/testing/witnesses';
import { beforeAll, describe, expect, test } from 'vitest';
import { fetchData } from './fetch-data.ts';
import { createGateway, createPrivateKey, type Faults, type Gateway, VALUES } from './testing/gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway();
});

async function codeOf(faults: Faults): Promise<string> {
  const answer = await fetchData(gateway.question(faults));
  return answer.ok ? 'answered' : answer.problem.code;
}

describe('an honest gateway', () => {
  test('gives the values, their date, the act, its receipt and who provided them', async () => {
    const answer = await fetchData(gateway.question());
    expect(answer).toMatchObject({
      ok: true,
      value: { values: VALUES, act: 'act_1', provider: { id: 'org_persons' }, asOf: expect.any(String) },
    });
  });

  test('asks in the language of the person', async () => {
    const sent: string[] = [];
    const question = gateway.question();
    const send: typeof question.send = (url, init) => {
      sent.push(`${url.href} ${init.headers['accept-language']}`);
      return question.send(url, init);
    };
    await fetchData({ ...question, send, language: 'zh-Hant' });
    expect(sent).toEqual(['https://praya.example/exchange/v1/requests zh-Hant']);
  });
});

describe('witnesses of the log', () => {
  test('that are late keep no data back, and the answer says so', async () => {
    const { policy } = await createTestWitnesses();
    const young = await fetchData(gateway.question({ trust: { witnessPolicy: policy } }));
    expect(young).toMatchObject({ ok: true, value: { values: VALUES, witnessed: false } });
    expect(await fetchData(gateway.question())).toMatchObject({ ok: true, value: { witnessed: true } });
  });

  test('whose policy cannot be read are no excuse', async () => {
    expect(await codeOf({ trust: { witnessPolicy: 'quorum nobody\n' } })).toBe('relying-party.receipt');
  });
});

describe('a dishonest gateway or provider', () => {
  const other = { ...VALUES, sex: 'F' };
  const fewer = { nameEn: VALUES.nameEn };
  test.each<[string, Faults, string]>([
    ['seals more fields than it names', { values: other }, 'fields'],
    ['seals fewer fields than it names', { values: fewer }, 'fields'],
    [
      'names more fields than were agreed',
      { values: other, response: { fields: Object.keys(other) } },
      'fields',
    ],
    ['names fewer fields than were agreed', { values: fewer, response: { fields: ['nameEn'] } }, 'fields'],
    ['answers about another person', { response: { subject_digest: 'x'.repeat(43) } }, 'subject'],
    ['seals another person’s values', { inside: { subject_digest: 'x'.repeat(43) } }, 'subject'],
    ['has no signature of the provider', { signer: 'bank' }, 'signature'],
    ['answers another request', { response: { request_digest: 'x'.repeat(43) } }, 'binding'],
    ['answers for another act', { response: { act: 'act_2' } }, 'binding'],
    ['answers for another consumer', { response: { aud: 'other-bank' } }, 'binding'],
    ['answers under another consent', { response: { consent: 'con_2' } }, 'binding'],
    ['seals the values of another act', { inside: { act: 'act_2' } }, 'binding'],
    ['swaps the sealed payload', { answer: { payload: 'another.payload' } }, 'payload'],
    ['shows another act in the receipt', { answer: { act: 'act_9' } }, 'binding'],
    ['shows another request in the receipt', { receipt: { request: 'a.b.c' } }, 'binding'],
    ['logged something else', { entry: { at: '2026-01-01T00:00:00.000Z' } }, 'receipt'],
    ['shows a broken consent', { receipt: { consent: 'a.b.c' } }, 'consent'],
    ['leaves the receipt out', { answer: { receipt: null } }, 'unreadable'],
  ])('that %s is refused', async (_title, faults, code) => {
    expect(await codeOf(faults)).toBe(`relying-party.${code}`);
  });

  test('that seals to another key is refused', async () => {
    const sealTo = await createPrivateKey('bank-enc-1');
    expect(await codeOf({ sealTo })).toBe('relying-party.sealed');
  });

  test('with a trust list of another anchor is refused', async () => {
    const anchor = await createTestKey('EdDSA');
    const answer = await fetchData({ ...gateway.question(), anchor });
    expect(answer).toMatchObject({ ok: false, problem: { code: 'relying-party.trust-list' } });
  });

  test('that takes one consent for another is refused', async () => {
    const answer = await fetchData({ ...gateway.question(), consentId: 'con_7' });
    expect(answer).toMatchObject({ ok: false, problem: { code: 'relying-party.consent' } });
  });
});

describe('an exchange that refuses', () => {
  const answering = (body: BodyInit, status: number) =>
    fetchData({ ...gateway.question(), send: async () => new Response(body, { status }) });

  test('is heard with its status, code and title', async () => {
    const problem = {
      type: '/problems/consent.revoked',
      title: 'Revoked',
      status: 403,
      code: 'consent.revoked',
    };
    expect(await answering(JSON.stringify(problem), 403)).toEqual({
      ok: false,
      problem: { status: 403, code: 'consent.revoked', title: 'Revoked' },
    });
  });

  test('without a problem is unreadable, with its status', async () => {
    expect(await answering('<html>', 502)).toMatchObject({
      problem: { status: 502, code: 'relying-party.unreadable' },
    });
  });

  test('that is away is unreachable', async () => {
    const send = async () => {
      throw new TypeError('fetch failed');
    };
    expect(await fetchData({ ...gateway.question(), send })).toMatchObject({
      problem: { status: 0, code: 'relying-party.unreachable' },
    });
  });
});
