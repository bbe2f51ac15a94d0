import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { canonicalJson } from '@praya/verifier/canonical-json';
import type { TrustAnchor } from '@praya/verifier/trust-list';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_FOLDER_FILES = 10_000;
/** What the systems of people's computers leave in folders; no folder is notarised with them. */
const LEFTOVERS: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** The bytes of a file, of 4 MiB at most, in memory of their own. */
export function readBytes(file: string, what: string): Uint8Array<ArrayBuffer> {
  if (!existsSync(file)) throw new Error(`There is no ${what} at ${file}.`);
  const bytes = readFileSync(file);
  if (bytes.length > MAX_BYTES) throw new Error(`The ${what} ${file} is larger than 4 MiB.`);
  return Uint8Array.from(bytes);
}

/** The text of a file. */
export function readText(file: string, what: string): string {
  return Buffer.from(readBytes(file, what)).toString('utf8');
}

/** The JSON value in a file. */
export function readJson(file: string, what: string): unknown {
  try {
    return JSON.parse(readText(file, what));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`The ${what} ${file} is not JSON.`);
  }
}

/** The trust anchor in a file. */
export function readAnchor(file: string): TrustAnchor {
  const anchor = readJson(file, 'trust anchor');
  if (isTrustAnchor(anchor)) return anchor;
  throw new Error(`The trust anchor ${file} has no key: { kid, jwk } is expected.`);
}

/**
 * The digest by which a file or a folder is notarised.
 *
 * Shape   base64url(SHA-256), of the file's bytes or of the canonical list of the folder's files
 */
export async function digestOf(path: string): Promise<string> {
  if (!existsSync(path)) throw new Error(`There is no document at ${path}.`);
  if (!statSync(path).isDirectory()) return fileDigest(path);
  const names = filesIn(path).sort((one, other) => (one < other ? -1 : 1));
  if (names.length > MAX_FOLDER_FILES) throw new Error(`The folder ${path} has more than 10,000 files.`);
  const manifest: { path: string; size: number; digest: string }[] = [];
  for (const name of names) {
    const file = join(path, name);
    const place = relative(path, file).split(sep).join('/');
    manifest.push({ path: place, size: statSync(file).size, digest: await fileDigest(file) });
  }
  return createHash('sha256').update(canonicalJson(manifest)).digest('base64url');
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const strange = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (strange !== undefined) throw new Error(`${strange.name} in ${folder} is neither a file nor a folder.`);
  return entries
    .filter((entry) => entry.isFile() && !LEFTOVERS.has(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('base64url');
}

function isTrustAnchor(value: unknown): value is TrustAnchor {
  if (typeof value !== 'object' || value === null || !('kid' in value) || !('jwk' in value)) return false;
  return typeof value.kid === 'string' && typeof value.jwk === 'object' && value.jwk !== null;
}
