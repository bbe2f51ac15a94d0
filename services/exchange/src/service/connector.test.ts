import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { callConnector, neverSent } from './connector.ts';

const limits = { connectorTimeoutMs: 300, maxResponseBytes: 1000, previewsPerConsent: 1 };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const call = (url: string) => callConnector({ fetch, limits }, { url, body: { relay: 'r' } });

describe('a call over the real network', () => {
  test('brings back both parts of an answer', async () => {
    const url = await listening((_request, response) => {
      response.end(JSON.stringify({ response: 'a', payload: 'b' }));
    });
    expect(await call(url)).toEqual({ ok: true, value: { response: 'a', payload: 'b' } });
  });

  test('does not follow where it is sent on to', async () => {
    let followed = false;
    const elsewhere = await listening((_request, response) => {
      followed = true;
      response.end(JSON.stringify({ response: 'a', payload: 'b' }));
    });
    const url = await listening((_request, response) => {
      response.writeHead(307, { location: elsewhere }).end();
    });
    expect(await call(url)).toMatchObject({ refusal: { code: 'exchange.connector-refused', rule: '307' } });
    expect(followed).toBe(false);
  });

  test('to a port where nobody listens never left the house', async () => {
    const url = await listening(() => {});
    const closed = servers.splice(0);
    await Promise.all(closed.map((server) => new Promise((resolve) => server.close(resolve))));
    const outcome = await call(url);
    expect(outcome).toMatchObject({ refusal: { code: 'exchange.connector-unreachable' } });
    expect(!outcome.ok && neverSent(outcome.refusal)).toBe(true);
  });

  test('that is cut off in the middle did leave the house', async () => {
    const url = await listening((request) => request.socket.destroy());
    const outcome = await call(url);
    expect(outcome).toMatchObject({ refusal: { code: 'exchange.connector-unreachable', rule: 'broken' } });
    expect(!outcome.ok && neverSent(outcome.refusal)).toBe(false);
  });

  test.each<[string, RequestListener]>([
    ['that nobody answers', () => {}],
    ['whose answer never ends', (_request, response) => void response.write('{')],
  ])('%s is given up in time', async (_name, listener) => {
    const outcome = await call(await listening(listener));
    expect(outcome).toMatchObject({ refusal: { code: 'exchange.connector-late' } });
  });

  test('is not read beyond the limit', async () => {
    const url = await listening((_request, response) => {
      const more = () => {
        if (!response.destroyed) response.write('x'.repeat(500), () => setImmediate(more));
      };
      more();
    });
    expect(await call(url)).toMatchObject({ refusal: { code: 'exchange.response-too-large' } });
  });
});
