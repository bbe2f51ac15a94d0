import { describe, expect, test } from 'vitest';
import { converse, inquire } from './converse.ts';
import { createLogDouble } from './log-double.ts';
import { signCheckpoint } from './sign-checkpoint.ts';
import { createWitnessDouble, type DoubleAnswer, type WitnessDouble } from './witness-double.ts';

const log = createLogDouble('log.test/log/evidence/2026h2');
const now = () => Math.floor(Date.now() / 1000);

type Answerer = (
  body: string,
  init: RequestInit,
) => DoubleAnswer | Response | Promise<DoubleAnswer | Response>;

/** A fetch that asks a function. */
const fetchOf =
  (answer: Answerer): typeof fetch =>
  async (_, init = {}) => {
    const given = await answer(String(init.body), init);
    return given instanceof Response ? given : new Response(given.body, { status: given.status });
  };

async function ask(
  witness: WitnessDouble,
  size: number,
  about: Partial<{ old: number; answer: Answerer; notBefore: number; of: typeof log }> = {},
) {
  const { old = 0, answer = witness.addCheckpoint, notBefore = now() - 60, of = log } = about;
  const proofs: number[] = [];
  const outcome = await converse({
    witness: { name: witness.name, address: 'http://w.test/add-checkpoint', keys: witness.keys },
    checkpoint: await signCheckpoint(of, of.tree(size)),
    size,
    old,
    notBefore,
    signal: AbortSignal.timeout(300),
    ask: fetchOf(answer),
    proofFrom: (from) => {
      proofs.push(from);
      return of.consistency({ from, to: size });
    },
  });
  const { cosignatures, size: seen, claims, trouble } = outcome;
  return { cosigned: cosignatures.length, seen, claims, trouble, proofs };
}

const witnessAt = async (size: number, algorithms?: Parameters<typeof createWitnessDouble>[2]) => {
  const witness = createWitnessDouble('w.test', [log.key], algorithms);
  if (size > 0) expect(await ask(witness, size)).toMatchObject({ cosigned: algorithms?.length ?? 1 });
  return witness;
};

describe('a witness that is asked', () => {
  test('for the first time needs no proof', async () => {
    const witness = await witnessAt(0);
    expect(await ask(witness, 11)).toEqual({
      cosigned: 1,
      seen: 11,
      claims: null,
      trouble: null,
      proofs: [],
    });
  });

  test('gets the proof from where it stands', async () => {
    const witness = await witnessAt(11);
    expect(await ask(witness, 300, { old: 11 })).toMatchObject({ cosigned: 1, proofs: [11] });
    expect(witness.seen.get(log.origin)?.size).toBe(300);
  });

  test('says where it stands when we do not know, and cosigns then', async () => {
    const witness = await witnessAt(11);
    for (const [size, old] of [
      [20, 0],
      [30, 3],
      [40, 40],
      [50, 9000],
    ] as const) {
      expect(await ask(witness, size, { old })).toMatchObject({ cosigned: 1, seen: size, trouble: null });
    }
  });

  test('cosigns the same tree again', async () => {
    expect(await ask(await witnessAt(11), 11, { old: 11 })).toMatchObject({ cosigned: 1, proofs: [] });
  });

  test('cosigns the empty tree', async () => {
    expect(await ask(await witnessAt(0), 0)).toMatchObject({ cosigned: 1, seen: 0 });
  });

  test('with two keys gives two cosignatures', async () => {
    const witness = await witnessAt(0, ['Ed25519', 'ML-DSA-44']);
    expect(await ask(witness, 11)).toMatchObject({ cosigned: 2, trouble: null });
  });

  test('and has seen more claims so', async () => {
    const witness = await witnessAt(30);
    expect(await ask(witness, 11)).toMatchObject({
      cosigned: 0,
      seen: 30,
      claims: 30,
      trouble: 'witness.ahead',
    });
  });

  test('and has seen another tree of that size claims more than any', async () => {
    const other = createLogDouble(log.origin, 'other');
    const witness = createWitnessDouble('w.test', [log.key]);
    witness.logs.set(log.origin, other.key);
    expect(await ask(witness, 30, { of: other })).toMatchObject({ cosigned: 1 });
    witness.logs.set(log.origin, log.key);
    expect(await ask(witness, 30, { old: 30 })).toMatchObject({
      cosigned: 0,
      claims: Number.MAX_SAFE_INTEGER,
      trouble: 'witness.other-root',
    });
    expect(await ask(witness, 40, { old: 30 })).toMatchObject({
      claims: null,
      trouble: 'witness.proof-refused',
    });
  });

  test('and names the size at which it refuses a tree says the same', async () => {
    const witness = createWitnessDouble('w.test', [log.key]);
    for (const body of ['30\n', '', 'Another root\n']) {
      const answer = () => ({ status: 409, body });
      expect(await ask(witness, 30, { old: 30, answer })).toMatchObject({
        claims: Number.MAX_SAFE_INTEGER,
        trouble: 'witness.other-root',
      });
    }
  });

  test('and does not know the log, or knows it by another key', async () => {
    const witness = createWitnessDouble('w.test', []);
    expect(await ask(witness, 11)).toMatchObject({ cosigned: 0, seen: null, trouble: 'witness.log-unknown' });
    witness.logs.set(log.origin, createLogDouble(log.origin).key);
    expect(await ask(witness, 11)).toMatchObject({
      cosigned: 0,
      seen: null,
      trouble: 'witness.log-key-refused',
    });
  });
});

describe('a witness that misbehaves', () => {
  const witness = createWitnessDouble('w.test', [log.key]);
  const stranger = createWitnessDouble('stranger.test', [log.key]);
  const namesake = createWitnessDouble('w.test', [log.key]);
  const checkpointOf = (body: string) => body.slice(body.indexOf('\n\n') + 2);
  const status =
    (code: number, body = '') =>
    () => ({ status: code, body });
  const flood = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(97)),
      }),
    );
  const broken = (body: string) => {
    const { body: good } = witness.cosignAnything(checkpointOf(body), now());
    const [dash, name, encoded = ''] = good.trimEnd().split(' ');
    const bytes = Buffer.from(encoded, 'base64');
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    return { status: 200, body: `${dash} ${name} ${bytes.toString('base64')}\n` };
  };
  const cases: [string, Answerer, string][] = [
    ['answers 400', status(400), 'witness.refused'],
    ['answers 403', status(403), 'witness.log-key-refused'],
    ['answers 404', status(404), 'witness.log-unknown'],
    ['answers 422', status(422), 'witness.proof-refused'],
    ['answers 429', status(429), 'witness.busy'],
    ['answers 500', status(500), 'witness.failing'],
    ['answers 503', status(503), 'witness.failing'],
    ['sends us elsewhere', status(302), 'witness.refused'],
    ['answers 200 with nothing', status(200), 'witness.answer-malformed'],
    ['answers 200 with a page', status(200, '<html>\n'), 'witness.answer-malformed'],
    ['answers 409 with nothing', status(409), 'witness.answer-malformed'],
    ['answers 409 with a word', status(409, 'no\n'), 'witness.answer-malformed'],
    ['answers 409 with the size that it was asked from', status(409, '0\n'), 'witness.conflict'],
    ['answers without end', flood, 'witness.answer-too-large'],
    ['answers 10 MB', status(200, 'a'.repeat(10_000_000)), 'witness.answer-too-large'],
    ['answers 10 MB with 409', status(409, '1'.repeat(10_000_000)), 'witness.answer-too-large'],
    ['sends a signature that does not hold', broken, 'witness.cosignature-wrong'],
    [
      'sends another’s signature',
      (body) => stranger.cosignAnything(checkpointOf(body), now()),
      'witness.cosignature-missing',
    ],
    [
      'sends a signature of another key of its name',
      (body) => namesake.cosignAnything(checkpointOf(body), now()),
      'witness.cosignature-missing',
    ],
    [
      'dates its signature long ago',
      (body) => witness.cosignAnything(checkpointOf(body), now() - 3600),
      'witness.cosignature-old',
    ],
    ['goes away', () => Promise.reject(new TypeError('fetch failed')), 'witness.unreachable'],
  ];

  test.each(cases)('%s', async (_, answer, trouble) => {
    expect(await ask(witness, 11, { answer })).toMatchObject({ cosigned: 0, claims: null, trouble });
  });

  test('cosigned another size', async () => {
    const other = await signCheckpoint(log, log.tree(12));
    const answer = () => witness.cosignAnything(other, now());
    expect(await ask(witness, 11, { answer })).toMatchObject({
      cosigned: 0,
      trouble: 'witness.cosignature-wrong',
    });
  });

  test('names another size each time, and is asked four times', async () => {
    let asked = 0;
    const answer = () => {
      asked += 1;
      return { status: 409, body: `${asked}\n` };
    };
    expect(await ask(witness, 11, { answer })).toMatchObject({ cosigned: 0, trouble: 'witness.conflict' });
    expect(asked).toBe(4);
  });

  test('hangs, before its answer or in the midst of it, and is left when patience ends', async () => {
    const never: Answerer = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const half: Answerer = async (_, { signal }) =>
      new Response(
        new ReadableStream({
          start: (controller) => {
            controller.enqueue(Buffer.from('—'));
            signal?.addEventListener('abort', () => controller.error(signal.reason));
          },
        }),
      );
    for (const answer of [never, half]) {
      const begun = performance.now();
      expect(await ask(witness, 11, { answer })).toMatchObject({ cosigned: 0, trouble: 'witness.late' });
      expect(performance.now() - begun).toBeLessThan(2000);
    }
  });

  test('its good signature is kept beside its bad one', async () => {
    const two = createWitnessDouble('w.test', [log.key], ['Ed25519', 'ML-DSA-44']);
    const answer: Answerer = (body) => {
      const [first = '', second = ''] = two.cosignAnything(checkpointOf(body), now()).body.split('\n');
      const [dash, name, encoded = ''] = first.split(' ');
      const bytes = Buffer.from(encoded, 'base64').fill(0, 12);
      return { status: 200, body: `${dash} ${name} ${bytes.toString('base64')}\n${second}\n` };
    };
    expect(await ask(two, 11, { answer })).toMatchObject({
      cosigned: 1,
      trouble: 'witness.cosignature-wrong',
    });
  });

  test('one signature twice counts once', async () => {
    const answer: Answerer = (body) => {
      const given = witness.cosignAnything(checkpointOf(body), now());
      return { ...given, body: given.body + given.body };
    };
    expect(await ask(witness, 11, { answer })).toMatchObject({ cosigned: 1 });
  });
});

describe('a witness that is only asked what it has seen', () => {
  const seenBy = async (witness: WitnessDouble, size: number) => {
    const outcome = await inquire({
      witness: { name: witness.name, address: 'http://w.test/add-checkpoint', keys: witness.keys },
      checkpoint: await signCheckpoint(log, log.tree(size)),
      size,
      notBefore: 0,
      signal: AbortSignal.timeout(300),
      ask: fetchOf(witness.addCheckpoint),
    });
    return [outcome.size, outcome.claims, outcome.trouble];
  };

  test('is where it is, whatever the size that we ask with', async () => {
    const witness = await witnessAt(11);
    expect(await seenBy(witness, 11)).toEqual([11, null, null]);
    expect(await seenBy(witness, 20)).toEqual([11, null, null]);
    expect(await seenBy(witness, 0)).toEqual([11, 11, 'witness.ahead']);
    expect(await seenBy(witness, 5)).toEqual([11, 11, 'witness.ahead']);
    expect(witness.seen.get(log.origin)?.size).toBe(11);
  });

  test('has seen nothing of a log that it does not know', async () => {
    expect(await seenBy(createWitnessDouble('w.test', []), 5)).toEqual([0, null, 'witness.log-unknown']);
  });

  test('does not say what it has seen of a log under another key', async () => {
    const witness = createWitnessDouble('w.test', [createLogDouble(log.origin).key]);
    expect(await seenBy(witness, 5)).toEqual([null, null, 'witness.log-key-refused']);
  });
});
