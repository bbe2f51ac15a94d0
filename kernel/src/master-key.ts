import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The 32 bytes every other secret of this installation follows from: from the environment, else from the file,
 * which is made the first time.
 *
 * Shape: `env` is the key in base64url or base64; the file holds it in base64url, mode 0600.
 * Errors: throws when it is not 32 bytes, or when the file can be read by others.
 */
export function loadMasterKey(options: { file: string; env?: string | undefined }): Uint8Array {
  const { file, env } = options;
  if (env !== undefined && env !== '') return parseKey(env, 'The master key of the environment');
  createOnce(file);
  if ((statSync(file).mode & 0o077) !== 0) throw new Error(`${file} can be read by others: chmod 600 it`);
  return parseKey(readFileSync(file, 'utf8').trim(), file);
}

// Written aside and then linked into place: two processes that start together read the same key.
function createOnce(file: string): void {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(aside, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flush: true });
  chmodSync(aside, 0o600);
  try {
    linkSync(aside, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(aside);
  }
}

function parseKey(text: string, from: string): Uint8Array {
  const key = new Uint8Array(Buffer.from(text, 'base64url'));
  if (key.length !== 32) throw new Error(`${from} is not 32 bytes in base64url`);
  return key;
}
