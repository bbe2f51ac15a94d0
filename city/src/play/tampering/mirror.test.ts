import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { startMirror } from './mirror.ts';

test('a mirror passes files on, and lies about those that it was told to', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/log/none' ? 404 : 200).end(`true ${request.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  const prefix = `http://localhost:${typeof address === 'object' ? address?.port : 0}/log`;
  await using mirror = await startMirror(prefix);
  const read = async (path: string) => {
    const response = await fetch(`${mirror.url}/${path}`);
    return `${response.status} ${await response.text()}`;
  };
  expect(Buffer.from(await mirror.read('tile/0/000')).toString()).toBe('true /log/tile/0/000');
  mirror.show('checkpoint', 'false');
  expect(await read('checkpoint')).toBe('200 false');
  expect(await read('tile/0/000')).toBe('200 true /log/tile/0/000');
  expect(await read('none')).toBe('404 true /log/none');
  server.closeAllConnections();
  server.close();
});
