import { generateKeyPairSync, hash, sign, verify } from 'node:crypto';
import { createServer } from 'node:http';
import { formatCheckpoint, openCheckpoint } from '@praya/tlog/checkpoint';
import { signNote, verifierKeyOf } from '@praya/tlog/note';
import { parseAddCheckpoint } from '@praya/tlog/witness-request';
import { expect, test } from 'vitest';
import { forkLog, offerFork } from './fork.ts';

const ORIGIN = 'city.test/log/notary/2026h2';
const hasher = (bytes: Uint8Array) => hash('sha256', bytes, 'buffer');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
const key = verifierKeyOf(hasher, ORIGIN, raw);
const published = signNote(
  formatCheckpoint({ origin: ORIGIN, size: 5, root: hasher(Buffer.from('root')), extensions: [] }),
  { name: ORIGIN, keyId: key.keyId, sign: (message) => sign(null, message, privateKey) },
);

test.each([0, 3])('a fork grown by %i is signed by the log and has another root', (grown) => {
  const fork = forkLog(published, { key: privateKey, grown });
  const opened = openCheckpoint(fork.note, {
    origin: ORIGIN,
    keys: [key],
    verify: ({ message, signature }) => verify(null, message, publicKey, signature),
  });
  expect(opened).toMatchObject({ ok: true, value: { size: 5 + grown } });
  expect(fork.note).not.toContain(hasher(Buffer.from('root')).toString('base64'));
});

test('what the log has not signed is not forked', () => {
  expect(() => forkLog('nothing', { key: privateKey, grown: 0 })).toThrow('tlog.note-malformed');
});

test('a fork goes to each witness as a request of the protocol, and the answers come back by witness', async () => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(`${request.url} ${body}`);
      response.writeHead(bodies.length === 1 ? 409 : 422).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  const url = `http://localhost:${typeof address === 'object' ? address?.port : 0}`;
  const same = await offerFork([url], { fork: forkLog(published, { key: privateKey, grown: 0 }), old: 5 });
  const grown = await offerFork([url], { fork: forkLog(published, { key: privateKey, grown: 1 }), old: 5 });
  server.close();
  expect([...same, ...grown]).toEqual([
    { url, status: 409 },
    { url, status: 422 },
  ]);
  expect(bodies.every((body) => body.startsWith('/add-checkpoint old 5\n'))).toBe(true);
  const requests = bodies.map((body) => parseAddCheckpoint(body.slice('/add-checkpoint '.length)));
  expect(requests.map((one) => one.ok && one.value.proof.length)).toEqual([0, 1]);
});
