import { createServer, type Server } from 'node:http';
import { createFakeLedger } from '@praya/ledger/fake';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEntries } from './appender.ts';
import { openTileClient } from './tile-client.ts';

const SIZE = 700;
let server: Server;
let prefix = '';
const asked: string[] = [];
let flipped = '';

beforeAll(async () => {
  const ledger = createFakeLedger();
  const opened = await ledger.open('bench', 'org_bench');
  if (!opened.ok) throw new Error(opened.refusal.code);
  const { origin } = opened.value;
  await ledger.sequence(createEntries().take(SIZE), 'bench');
  server = createServer(async (request, response) => {
    const path = (request.url ?? '').slice(1);
    asked.push(path);
    const found = path === 'checkpoint' ? await ledger.checkpoint(origin) : await ledger.file(origin, path);
    if (!found.ok) return response.writeHead(404).end();
    const bytes = Buffer.from(typeof found.value === 'string' ? found.value : found.value.bytes);
    if (path === flipped) bytes[0] = (bytes[0] ?? 0) ^ 1;
    return response.writeHead(200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  prefix = `http://localhost:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test.each([0, 255, 256, 511, 512, SIZE - 1])('entry %i is proven from tiles alone', async (index) => {
  const client = await openTileClient({ prefix, keeps: false, connections: 4 });
  expect(await client.prove(index)).toBeGreaterThan(0);
  expect(client.size).toBe(SIZE);
  client.close();
});

test('who keeps the upper tiles and the right edge fetches one tile of leaves for the next proof', async () => {
  const client = await openTileClient({ prefix, keeps: true, connections: 4 });
  await client.prove(0);
  asked.length = 0;
  expect(await client.prove(300)).toBe(256 * 32);
  expect(asked).toEqual(['tile/0/001']);
  client.close();
});

test('one flipped bit in a tile, and there is no proof', async () => {
  const client = await openTileClient({ prefix, keeps: false, connections: 4 });
  flipped = 'tile/0/001';
  await expect(client.prove(300)).rejects.toThrow('tlog.root-mismatch');
  flipped = '';
  client.close();
});
