import { ok, refuse } from '@praya/kernel/result';
import { expect, test } from 'vitest';
import { createRegistrar } from './registrar.ts';

type Call = { url: string; body: Record<string, unknown> };

function registrarAnswering(answer: () => Response | Promise<Response>, connected = true) {
  const calls: Call[] = [];
  const registrar = createRegistrar({
    connector: async () =>
      connected
        ? ok({ url: 'http://register.test/', organisationId: 'org_r' })
        : refuse('directory.organisation-unknown'),
    signRelay: async ({ aud, purpose }) => `relay for ${aud} to ${purpose}`,
    fetch: async (url, init) => {
      calls.push({ url: String(url), body: JSON.parse(String(init?.body)) });
      return answer();
    },
    timeoutMs: 50,
  });
  return { registrar, calls };
}

const problem = (status: number, code: string) => Response.json({ code }, { status });
const redeem = { code: 'AAAA-AAAA-AAAA', publicKey: { kty: 'EC' } };

test('a call goes to the connector of the register with a relay for it', async () => {
  const { registrar, calls } = registrarAnswering(() => Response.json({ handle: 'sealed' }));
  expect(await registrar.redeem(redeem)).toEqual(ok({ handle: 'sealed' }));
  expect(calls).toEqual([
    {
      url: 'http://register.test/praya/v1/registrar/enrolments/redeem',
      body: {
        relay: 'relay for org_r to enrolments/redeem',
        code: redeem.code,
        credential: { publicKey: redeem.publicKey },
      },
    },
  ]);
});

test('subjects come out by organisation', async () => {
  const { registrar } = registrarAnswering(() => Response.json({ subjects: { org_a: 'sealed' } }));
  const sealed = await registrar.sealSubjects({ handle: 'h', consent: 'con_1', audiences: ['org_a'] });
  expect(sealed).toEqual(ok({ org_a: 'sealed' }));
});

test.each([
  ['a wrong code', 400, 'connector.code-wrong', 'identity.enrolment-code'],
  ['an expired code', 400, 'connector.code-expired', 'identity.enrolment-expired'],
  ['too many attempts', 429, 'connector.code-attempts', 'identity.enrolment-attempts'],
  ['a lookup it does not know', 404, 'connector.lookup-unknown', 'identity.lookup-unknown'],
  ['a query it cannot open', 400, 'connector.query-sealed', 'identity.query-sealed'],
  ['a key that is taken', 409, 'connector.credential-taken', 'identity.passkey-taken'],
  ['a relay it does not trust', 401, 'connector.relay-expired', 'identity.registrar-refused'],
  ['a trust list that is too old', 503, 'connector.trust-list-expired', 'identity.registrar-unreachable'],
  ['a fault', 500, 'request.fault', 'identity.registrar-unreachable'],
])('%s (%d %s) is told as %s', async (_what, status, code, refusal) => {
  const { registrar } = registrarAnswering(() => problem(status, code));
  expect(await registrar.redeem(redeem)).toMatchObject({ ok: false, refusal: { code: refusal } });
});

test.each([
  ['does not answer in time', () => new Promise<Response>((_resolve, reject) => setTimeout(reject, 5))],
  ['answers no JSON', () => new Response('<html>')],
  ['answers more than a quarter of a megabyte', () => new Response(`"${'x'.repeat(300_000)}"`)],
])('a register that %s is unreachable', async (_what, answer) => {
  const { registrar } = registrarAnswering(answer);
  expect(await registrar.lookup({ query: 'q' })).toMatchObject({
    refusal: { code: 'identity.registrar-unreachable' },
  });
});

test('an answer of another shape is refused', async () => {
  const { registrar } = registrarAnswering(() => Response.json({ handle: 1 }));
  expect(await registrar.redeem(redeem)).toMatchObject({ refusal: { code: 'identity.registrar-refused' } });
});

test('without a register in the directory nobody is asked', async () => {
  const { registrar, calls } = registrarAnswering(() => Response.json({}), false);
  expect(await registrar.lookup({ query: 'q' })).toMatchObject({
    refusal: { code: 'identity.registrar-unreachable' },
  });
  expect(calls).toEqual([]);
});
