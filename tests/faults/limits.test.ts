import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScene, type Scene } from '../support/fault-city/scene.ts';
import { type Answered, overNewConnection } from '../support/fault-city/workers.ts';

const MOST_PER_MINUTE = 300;
const SLOW_MS = { head: 20_000, body: 40_000 };

let scene: Scene;
let slow: readonly Promise<SlowEnd>[];

type SlowEnd = { readonly what: keyof typeof SLOW_MS; readonly ms: number; readonly said: string };

beforeAll(async () => {
  scene = await openScene({
    workers: 1,
    environment: { PRAYA_REQUESTS_PER_MINUTE: String(MOST_PER_MINUTE) },
  });
  // They take as long as the limit; the other tests run meanwhile.
  slow = [
    drip('head', 'POST /exchange/v1/declarations HTTP/1.1\r\nhost: localhost\r\n', 'x-a: b\r\n'),
    drip(
      'body',
      'POST /exchange/v1/declarations HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/jose\r\ncontent-length: 100000\r\n\r\n',
      'x',
    ),
  ];
});

afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
});

/** Sends a beginning and then a little every second, until the server has had enough. */
function drip(what: SlowEnd['what'], beginning: string, more: string): Promise<SlowEnd> {
  return new Promise((settle) => {
    const beganAt = performance.now();
    const socket = connect(scene.city.basePort, 'localhost');
    let said = '';
    socket.write(beginning);
    const timer = setInterval(() => socket.write(more), 1000);
    socket.on('data', (chunk) => {
      said += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      settle({ what, ms: Math.round(performance.now() - beganAt), said });
    });
  });
}

function post(path: string, body: string | Uint8Array, type = 'application/json'): Promise<Answered> {
  return overNewConnection(`${scene.origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, accept: 'application/json' },
    body,
  });
}

function expectProblem(answer: Answered, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(JSON.parse(answer.body)).toMatchObject({ status, code });
}

const SIGN_IN = '/interaction/an-interaction-that-is-none/sign-in/options';

describe('a body', () => {
  test('over the limit is refused with 413', async () => {
    const large = JSON.stringify({ previewKey: null, more: 'x'.repeat(300 * 1024) });
    expectProblem(await post(SIGN_IN, large), 413, 'request.too-large');
    const declaration = await post('/exchange/v1/declarations', 'x'.repeat(300 * 1024), 'application/jose');
    expectProblem(declaration, 413, 'request.too-large');
  });

  test('over the limit is refused with 413 by a connector too', async () => {
    const url = `http://localhost:${scene.city.basePort + 1}/praya/v1/exchanges`;
    const body = JSON.stringify({ relay: 'x'.repeat(300 * 1024) });
    const headers = { 'content-type': 'application/json' };
    const answer = await overNewConnection(url, { method: 'POST', headers, body });
    expectProblem(answer, 413, 'request.too-large');
  });

  test('over the limit is refused by the authorisation server too, in the words of OAuth', async () => {
    const form = `client_id=${'x'.repeat(300 * 1024)}`;
    const answer = await post('/oidc/par', form, 'application/x-www-form-urlencoded');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'invalid_request' });
  });

  test('that is not UTF-8 is refused with 400, not repaired', async () => {
    const bytes = Uint8Array.from([...Buffer.from('{"previewKey":"'), 0xc3, 0x28, ...Buffer.from('"}')]);
    expectProblem(await post(SIGN_IN, bytes), 400, 'request.not-utf8');
  });

  test('that is not JSON, or of another type, is refused', async () => {
    expectProblem(await post(SIGN_IN, '{"previewKey":'), 400, 'request.malformed');
    expectProblem(await post(SIGN_IN, '<a/>', 'application/xml'), 415, 'request.unsupported-media-type');
  });
});

describe('a request', () => {
  test('with a flood of headers is refused with 431', async () => {
    const headers = { 'x-flood': 'x'.repeat(40 * 1024) };
    expect((await overNewConnection(`${scene.origin}/session`, { headers })).status).toBe(431);
  });

  test.each(['/api/nothing', '/exchange/v1/nothing', '/log/tile/0/../../secrets', '/directory/v1'])(
    'for %s, which is nowhere, is answered with 404',
    async (path) => {
      const headers = { accept: 'application/json' };
      const answer = await overNewConnection(`${scene.origin}${path}`, { headers });
      expect(answer.status).toBe(404);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    },
  );

  test('with a body that says another length leaves nothing behind for the next', async () => {
    const smuggled = 'GET /session HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const answer = await overNewConnection(`${scene.origin}${SIGN_IN}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked, identity' },
      body: smuggled,
    }).catch(() => ({ status: 0 }));
    expect([0, 400]).toContain(answer.status);
  });
});

test('whoever asks more often than the limit is told to wait, and others still find the city healthy', async () => {
  const answers = await Promise.all(
    Array.from({ length: MOST_PER_MINUTE + 50 }, () => overNewConnection(`${scene.origin}/session`)),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(50);
  for (const answer of refused) {
    expectProblem(answer, 429, 'request.too-many');
    const seconds = Number(answer.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
  }
  expect((await overNewConnection(`${scene.origin}/health/ready`)).status).toBe(200);
});

test('a client that is too slow with head or body is cut off', async () => {
  for (const { what, ms, said } of await Promise.all(slow)) {
    expect(ms).toBeLessThan(SLOW_MS[what]);
    expect(said).toMatch(/^HTTP\/1\.1 408 /);
  }
}, 90_000);
