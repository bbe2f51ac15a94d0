import { createPublicKey, hash, verify } from 'node:crypto';
import { type CosignatureVerify, parseCosignerKey, verifyCosignatures } from '@praya/tlog/cosignature';
import { parseNote } from '@praya/tlog/note';
import { formatAddCheckpoint } from '@praya/tlog/witness-request';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WitnessApp } from './app.ts';
import { sha256 } from './keys.ts';
import { createTestLog, newKey, type TestLog } from './testing/test-log.ts';
import { ask, makeWitnessFiles, openWitness, type WitnessFiles } from './testing/test-witness.ts';

const START = Date.parse('2026-11-23T03:00:00Z');
let log: TestLog;
let files: WitnessFiles;
let app: WitnessApp;
let nowMs = START;

beforeEach(async () => {
  nowMs = START;
  log = createTestLog('log.example.gov/log/evidence/2026h2');
  files = makeWitnessFiles([log]);
  app = await openWitness(files, { now: () => new Date(nowMs) });
});
afterEach(() => app.stop());

const check: CosignatureVerify = ({ algorithm, publicKey, message, signature }) => {
  const bytes = Buffer.from(publicKey).toString('base64url');
  const key =
    algorithm === 'Ed25519'
      ? { kty: 'OKP', crv: 'Ed25519', x: bytes }
      : { kty: 'AKP', alg: 'ML-DSA-44', pub: bytes };
  return verify(null, message, createPublicKey({ format: 'jwk', key }), signature);
};

function cosignaturesOf(note: string) {
  const keys = files.made.keys.map(({ vkey }) => {
    const key = parseCosignerKey(sha256, vkey);
    if (!key.ok) throw new Error(key.refusal.code);
    return key.value;
  });
  const answer = verifyCosignatures(note, keys, check);
  if (!answer.ok) throw new Error(answer.refusal.code);
  return answer.value.cosignatures.map(({ key, timestamp }) => ({ algorithm: key.algorithm, timestamp }));
}

describe('a checkpoint that adds to the last one', () => {
  test('is cosigned by each key, and the next one after it', async () => {
    for (const [old, size] of [
      [0, 5],
      [5, 6],
      [6, 6],
      [6, 40],
    ] as const) {
      nowMs += 2000;
      const answer = await ask(app, log.request(old, size));
      expect(answer).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' });
      expect(answer.text.split('\n')).toHaveLength(3);
      const timestamp = nowMs / 1000;
      expect(cosignaturesOf(log.note(size) + answer.text)).toEqual([
        { algorithm: 'Ed25519', timestamp },
        { algorithm: 'ML-DSA-44', timestamp },
      ]);
      expect(app.state.log(log.origin)).toMatchObject({ size, root: log.root(size), timestamp });
    }
  });

  test.each(['text/plain', 'application/octet-stream', 'application/json', undefined])(
    'is read whatever type the request has: %s',
    async (type) => {
      expect(await ask(app, log.request(0, 5), type)).toMatchObject({ status: 200 });
    },
  );

  test('is cosigned also where others have signed it, too', async () => {
    const other = createTestLog(log.origin);
    const line = other.note(5).slice(other.note(5).indexOf('\n\n') + 2);
    expect(await ask(app, log.request(0, 5) + line)).toMatchObject({ status: 200 });
  });

  test('asked again as it is, is cosigned again, with the time of then', async () => {
    await ask(app, log.request(0, 5));
    nowMs += 60_000;
    const again = await ask(app, log.request(5, 5));
    expect(cosignaturesOf(log.note(5) + again.text)[0]?.timestamp).toBe(nowMs / 1000);
  });

  test('can be an empty tree, from which anything may grow', async () => {
    expect((await ask(app, log.request(0, 0))).status).toBe(200);
    expect((await ask(app, log.request(0, 7))).status).toBe(200);
  });

  test('is shown to whoever asks for it, with both signatures', async () => {
    const url = `/${hash('sha256', log.origin, 'hex')}/checkpoint`;
    expect((await app.server.inject(url)).statusCode).toBe(404);
    await ask(app, log.request(0, 5));
    const shown = await app.server.inject(url);
    expect(parseNote(shown.body)).toMatchObject({ ok: true, value: { signatures: { length: 3 } } });
    expect(cosignaturesOf(shown.body)).toHaveLength(2);
  });
});

describe('refused is', () => {
  test('400: what is no request', async () => {
    const note = log.note(5);
    const bodies = ['', 'old 0', 'old 0\n', `old 00\n\n${note}`, `old -1\n\n${note}`, `old 0\n${note}`];
    const crooked = [
      `old 0\n\n${note.slice(0, -2)}`,
      `old 0\nAAAA\n\n${note}`,
      `old 0\n\n${note.replace('\n5\n', '\n05\n')}`,
    ];
    const long = `old 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n${note}`;
    for (const body of [...bodies, ...crooked, long, `\ufeff${log.request(0, 5)}`])
      expect(await ask(app, body), body).toMatchObject({ status: 400 });
    expect(await ask(app, Buffer.from(log.request(0, 5), 'latin1'))).toMatchObject({ status: 400 });
    expect(app.state.log(log.origin)?.size).toBe(0);
  });

  test('400, and never a fault: any bytes, and any request with a byte changed that signs nothing', async () => {
    const good = Buffer.from(log.request(0, 5));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect((await ask(app, bytes)).status).toBe(400);
      }),
      { numRuns: 50 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        expect([400, 403, 404, 409, 422]).toContain((await ask(app, bytes)).status);
        expect(app.state.log(log.origin)?.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('404: a log that is not on the list', async () => {
    const stranger = createTestLog('stranger.example.org');
    expect(await ask(app, stranger.request(0, 5))).toMatchObject({ status: 404 });
  });

  test('403: a checkpoint that the log has not signed, or signed with another key', async () => {
    const other = createTestLog(log.origin, newKey());
    expect(await ask(app, other.request(0, 5))).toMatchObject({ status: 403 });
    const claimed = log.note(5).replace('\n5\n', '\n6\n');
    const body = formatAddCheckpoint({ old: 0, proof: [], checkpoint: claimed });
    expect(await ask(app, body)).toMatchObject({ status: 403 });
  });

  test('403: a log that speaks for another with its own key', async () => {
    const second = createTestLog('second.example.gov');
    await app.stop();
    files = makeWitnessFiles([log, second]);
    app = await openWitness(files);
    const body = formatAddCheckpoint({
      old: 0,
      proof: [],
      checkpoint: second.note(5, { origin: log.origin }),
    });
    expect(await ask(app, body)).toMatchObject({ status: 403 });
  });

  test('400: an old size above the size of the checkpoint', async () => {
    const body = formatAddCheckpoint({ old: 6, proof: [], checkpoint: log.note(5) });
    expect(await ask(app, body)).toMatchObject({ status: 400 });
  });

  test('409 with the size: an old size that is not the one last cosigned', async () => {
    const sized = (size: number) => ({ status: 409, text: `${size}\n`, type: 'text/x.tlog.size' });
    expect(await ask(app, log.request(3, 5))).toEqual(sized(0));
    await ask(app, log.request(0, 7));
    expect(await ask(app, log.request(0, 9))).toEqual(sized(7));
    expect(await ask(app, log.request(6, 9))).toEqual(sized(7));
    expect(await ask(app, log.request(8, 9))).toEqual(sized(7));
  });

  test('409 with the size: a smaller tree than the one last cosigned, a rollback', async () => {
    await ask(app, log.request(0, 7));
    expect(await ask(app, log.request(5, 6))).toEqual({ status: 409, text: '7\n', type: 'text/x.tlog.size' });
    expect(app.state.log(log.origin)?.size).toBe(7);
  });

  test('409 without a size: another tree of the size last cosigned, a fork', async () => {
    await ask(app, log.request(0, 7));
    const answer = await ask(app, log.forkedAt(3).request(7, 7));
    expect(answer).toMatchObject({ status: 409, type: 'text/plain; charset=utf-8' });
    expect(answer.text).not.toMatch(/\d/);
    expect(app.state.log(log.origin)?.root).toEqual(log.root(7));
  });

  test('422: a larger tree that does not add to the one last cosigned', async () => {
    await ask(app, log.request(0, 7));
    expect(await ask(app, log.forkedAt(3).request(7, 9))).toMatchObject({ status: 422 });
    const proof = log.proof(7, 9);
    for (const wrong of [[], proof.slice(1), [...proof, ...proof], proof.toReversed(), log.proof(6, 9)]) {
      const body = formatAddCheckpoint({ old: 7, proof: wrong, checkpoint: log.note(9) });
      expect(await ask(app, body)).toMatchObject({ status: 422 });
    }
    expect(app.state.log(log.origin)?.size).toBe(7);
    expect((await ask(app, log.request(7, 9))).status).toBe(200);
  });

  test('422: a proof from nothing, a proof between equal sizes', async () => {
    const proof = log.proof(3, 5);
    const fromNothing = formatAddCheckpoint({ old: 0, proof, checkpoint: log.note(5) });
    expect(await ask(app, fromNothing)).toMatchObject({ status: 422 });
    await ask(app, log.request(0, 5));
    const between = formatAddCheckpoint({ old: 5, proof, checkpoint: log.note(5) });
    expect(await ask(app, between)).toMatchObject({ status: 422 });
  });

  test('422: an empty tree with a root', async () => {
    const note = log.note(0, { root: log.root(5) });
    const body = formatAddCheckpoint({ old: 0, proof: [], checkpoint: note });
    expect(await ask(app, body)).toMatchObject({ status: 422 });
  });

  test('413: a request that is too large', async () => {
    const answer = await ask(app, Buffer.alloc(64 * 1024 + 1, 'a'));
    expect(answer).toMatchObject({ status: 413, type: 'text/plain; charset=utf-8' });
  });

  test('429: who asks too often', async () => {
    await app.stop();
    files = makeWitnessFiles([log], { requestsPerMinute: 3 });
    app = await openWitness(files);
    for (let size = 1; size <= 3; size += 1)
      expect((await ask(app, log.request(size - 1, size))).status).toBe(200);
    expect(await ask(app, log.request(3, 4))).toMatchObject({
      status: 429,
      type: 'text/plain; charset=utf-8',
    });
    expect(app.state.log(log.origin)?.size).toBe(3);
  });
});

describe('time', () => {
  test('a clock that goes backwards dates no cosignature before the last one', async () => {
    const timeOf = async (old: number, size: number) => {
      const { text } = await ask(app, log.request(old, size));
      return cosignaturesOf(log.note(size) + text)[0]?.timestamp;
    };
    expect(await timeOf(0, 5)).toBe(START / 1000);
    nowMs = START - 3_600_000;
    expect(await timeOf(5, 6)).toBe(START / 1000);
    await app.stop();
    app = await openWitness(files, { now: () => new Date(nowMs) });
    expect(await timeOf(6, 6)).toBe(START / 1000);
    nowMs = START + 1000;
    expect(await timeOf(6, 7)).toBe(START / 1000 + 1);
  });
});

describe('operation', () => {
  test('the figures tell of each kind of answer and of each log', async () => {
    await ask(app, log.request(0, 5));
    await ask(app, log.forkedAt(2).request(5, 5));
    const { body } = await app.server.inject('/metrics');
    expect(body).toContain('praya_witness_answers_total{why="cosigned"} 1');
    expect(body).toContain('praya_witness_answers_total{why="fork"} 1');
    expect(body).toContain(`praya_witness_log_size{origin="${log.origin}"} 5`);
    expect(body).toContain(`praya_witness_cosigned_seconds{origin="${log.origin}"} ${START / 1000}`);
  });

  test('it says that it lives and that it is ready', async () => {
    expect((await app.server.inject('/health/live')).statusCode).toBe(200);
    expect((await app.server.inject('/health/ready')).json()).toEqual({
      status: 'pass',
      checks: { state: 'pass' },
    });
  });
});
