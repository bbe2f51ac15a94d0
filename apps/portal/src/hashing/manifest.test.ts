import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { manifestDigest, sortedByPath } from './manifest.ts';

const file = (path: string) => ({ path, size: 1, digest: 'A'.repeat(43) });

describe('the manifest of a folder', () => {
  it('is sorted by the code units of the paths, whatever the order they came in', () => {
    const paths = ['b/a', 'B', 'b', 'a/😀', 'a/\uFFFD', 'a'];
    expect(sortedByPath(paths.map(file)).map(({ path }) => path)).toEqual([
      'B',
      'a',
      'a/😀',
      'a/\uFFFD',
      'b',
      'b/a',
    ]);
  });

  it('has the digest of its canonical JSON, the members of each file in order', async () => {
    const manifest = [{ digest: 'A'.repeat(43), path: 'z', size: 2 }, file('a')];
    const canonical =
      `[{"digest":"${'A'.repeat(43)}","path":"a","size":1},` +
      `{"digest":"${'A'.repeat(43)}","path":"z","size":2}]`;
    const expected = createHash('sha256').update(canonical).digest('base64url');
    expect(await manifestDigest(manifest)).toBe(expected);
    expect(await manifestDigest(manifest.toReversed())).toBe(expected);
  });
});
