import { tilePath } from '@praya/tlog/tiles';
import { describe, expect, test } from 'vitest';
import { createS3Tiles } from './s3-tiles.ts';
import { openTestBucket, type TestBucket } from './test-bucket.ts';
import { growingFiles } from './test-files.ts';
import { TileConflict, TileDamaged, type TileFile, type TileStore } from './tile-store.ts';
import { tileStoreSuite } from './tile-store-suite.ts';

const ORIGIN = 'log.test:8443/log/evidence/2026h2';
const about = {
  region: 'ap-east-1',
  bucket: 'city-logs',
  prefix: 'praya/',
  credentials: { accessKeyId: 'AKTEST', secretAccessKey: 'secret/of+the=test' },
};

async function withBucket(use: (bucket: TestBucket) => Promise<void>): Promise<void> {
  await using bucket = await openTestBucket(about);
  await use(bucket);
}

/** A store that has found out already that the bucket knows conditions. */
async function triedStore(bucket: TestBucket): Promise<TileStore> {
  const store = createS3Tiles({ ...about, endpoint: bucket.endpoint });
  await store.write('warm.test/log', [leaf(1)]);
  bucket.objects.clear();
  bucket.answered.length = 0;
  return store;
}

const keyOf = (origin: string, { level, index, width }: TileFile['tile']) =>
  `praya/${origin}/${tilePath({ level, index, width: 256 })}${width < 256 ? '.partial' : ''}`;

tileStoreSuite('tiles in an object store', (use) =>
  withBucket((bucket) =>
    use({
      store: createS3Tiles({ ...about, endpoint: bucket.endpoint }),
      other: createS3Tiles({ ...about, endpoint: `${bucket.endpoint}/` }),
      truncate: async (origin, tile, bytes) => {
        const object = bucket.objects.get(keyOf(origin, tile));
        if (object === undefined) throw new Error(`Nothing stands at ${keyOf(origin, tile)}`);
        object.bytes = object.bytes.subarray(0, bytes);
      },
    }),
  ),
);

const leaf = (width: number, fill = 7): TileFile => ({
  tile: { level: 0, index: 0, width },
  bytes: Buffer.alloc(width * 32, fill),
});

describe('an object store', () => {
  test('asks for the right signature', () =>
    withBucket(async (bucket) => {
      const credentials = { ...about.credentials, secretAccessKey: 'another' };
      const store = createS3Tiles({ ...about, endpoint: bucket.endpoint, credentials });
      await expect(store.write(ORIGIN, [leaf(3)])).rejects.toThrow('403 SignatureDoesNotMatch');
      expect(bucket.objects.size).toBe(0);
    }));

  test.each([3, 256])('that changed a byte of %i hashes is found out by the digest beside them', (width) =>
    withBucket(async (bucket) => {
      const store = createS3Tiles({ ...about, endpoint: bucket.endpoint });
      await store.write(ORIGIN, [leaf(width)]);
      const object = bucket.objects.get(keyOf(ORIGIN, leaf(width).tile));
      object?.bytes.writeUInt8(8, 40);
      await expect(store.read(ORIGIN, leaf(width).tile)).rejects.toThrow(TileDamaged);
    }),
  );

  test('has one object for a partial tile, and none once it is full', () =>
    withBucket(async (bucket) => {
      const store = await triedStore(bucket);
      const turns = growingFiles();
      for (const turn of turns) await store.write(ORIGIN, turn);
      const keys = [...bucket.objects.keys()].map((key) => key.slice(`praya/${ORIGIN}/tile/`.length)).sort();
      const partial = keys.filter((key) => key.endsWith('.partial'));
      expect(partial).toEqual(['0/003.partial', '1/000.partial', 'entries/003.partial']);
      expect(keys.length).toBe(9);
      for (const { tile, bytes } of turns.flat())
        expect(Buffer.compare((await store.read(ORIGIN, tile)) ?? Buffer.alloc(0), bytes)).toBe(0);
    }));

  test('that is busy for a moment is asked again', () =>
    withBucket(async (bucket) => {
      const store = await triedStore(bucket);
      bucket.instead.push({ status: 503 }, { status: 500 }, { status: 429 });
      await store.write(ORIGIN, [leaf(256)]);
      expect(bucket.answered.slice(0, 3)).toEqual(['GET 503', 'GET 500', 'GET 429']);
      expect(await store.read(ORIGIN, leaf(256).tile)).toEqual(Buffer.from(leaf(256).bytes));
    }));

  test.each([3, 256])('whose answer to a write of %i is lost has it all the same', (width) =>
    withBucket(async (bucket) => {
      const store = await triedStore(bucket);
      const asked = width === 256 ? 1 : 2;
      bucket.instead.push(...Array.from({ length: asked }, () => ({ status: 404 })), {
        status: 500,
        after: true,
      });
      await store.write(ORIGIN, [leaf(width)]);
      expect(bucket.answered.filter((line) => line.startsWith('PUT'))).toEqual(['PUT 500', 'PUT 412']);
      expect(await store.read(ORIGIN, leaf(width).tile)).toEqual(Buffer.from(leaf(width).bytes));
    }),
  );

  test('that another writer filled while a partial tile was written keeps the full one alone', () =>
    withBucket(async (bucket) => {
      const [mine, theirs] = [await triedStore(bucket), await triedStore(bucket)];
      await mine.write(ORIGIN, [leaf(3)]);
      await theirs.write(ORIGIN, [leaf(256)]);
      // it has not heard of the full one: its first question is answered as before
      bucket.instead.push({ status: 404 });
      await mine.write(ORIGIN, [leaf(4)]);
      expect([...bucket.objects.keys()]).toEqual([keyOf(ORIGIN, leaf(256).tile)]);
      bucket.instead.push({ status: 404 });
      await expect(mine.write(ORIGIN, [leaf(5, 9)])).rejects.toThrow(TileConflict);
      expect([...bucket.objects.keys()]).toEqual([keyOf(ORIGIN, leaf(256).tile)]);
    }));

  test.each(['if-none-match', 'if-match'])('that does not know %s is not written to', (header) =>
    withBucket(async (bucket) => {
      bucket.unknown.add(header);
      const store = createS3Tiles({ ...about, endpoint: bucket.endpoint });
      for (let again = 0; again < 2; again += 1)
        await expect(store.write(ORIGIN, [leaf(3)])).rejects.toThrow('conditional writes');
      expect([...bucket.objects.keys()]).toEqual(['praya/conditional-writes.txt']);
    }),
  );

  test('that is away is an error, not an empty log', () =>
    withBucket(async (bucket) => {
      const store = createS3Tiles({ ...about, endpoint: bucket.endpoint, timeoutMs: 500 });
      bucket.instead.push(...Array.from({ length: 50 }, () => ({ status: 503 })));
      await expect(store.read(ORIGIN, leaf(1).tile)).rejects.toThrow();
      await expect(
        createS3Tiles({ ...about, endpoint: 'http://127.0.0.1:9' }).read(ORIGIN, leaf(1).tile),
      ).rejects.toThrow();
    }));
});
