import type { ManifestFile } from '@praya/notary/records/contract';
import { jsonDigest } from '@praya/verifier/digest';
import { SaidError } from '../parts/trouble.tsx';
import { type HashingAbout, openHasher } from './hash-file.ts';

/** A file of a folder under its path from the folder on. */
export type FolderFile = { readonly path: string; readonly file: File };

export const MOST_FILES = 10_000;
const LONGEST_PATH = 1000;

/** What the systems of people's computers leave in folders, unseen by them. */
const LEFTOVERS = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/**
 * Hashes a folder file by file.
 *
 * Shape   sorted by the UTF-16 code units of the paths
 * Errors  as hashFile; a SaidError for an empty folder, one with too many files, a path that is too long
 */
export async function manifestOf(
  folder: readonly FolderFile[],
  about: HashingAbout,
): Promise<readonly ManifestFile[]> {
  const files = sortedByPath(folder.filter(({ path }) => !LEFTOVERS.has(path.split('/').at(-1) ?? '')));
  if (files.length === 0) throw new SaidError('hashing.emptyFolder');
  if (files.length > MOST_FILES) throw new SaidError('hashing.tooManyFiles');
  if (files.some(({ path }) => path.length > LONGEST_PATH)) throw new SaidError('hashing.pathTooLong');
  const hasher = openHasher();
  try {
    const manifest: ManifestFile[] = [];
    let before = 0;
    for (const { path, file } of files) {
      const onBytes = (bytes: number) => about.onBytes(before + bytes);
      const digest = await hasher.hash(file, { signal: about.signal, onBytes });
      manifest.push({ path, size: file.size, digest });
      before += file.size;
    }
    return manifest;
  } finally {
    hasher.end();
  }
}

/** The digest of a folder: base64url(SHA-256(JCS(manifest))). */
export function manifestDigest(manifest: readonly ManifestFile[]): Promise<string> {
  return jsonDigest(sortedByPath(manifest));
}

export function sortedByPath<F extends { readonly path: string }>(files: readonly F[]): readonly F[] {
  return files.toSorted((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
}
