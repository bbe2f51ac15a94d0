import { type KeyObject, sign } from 'node:crypto';
import { formatCheckpoint } from '@praya/tlog/checkpoint';
import { formatVerifierKey, signNote, verifierKeyOf } from '@praya/tlog/note';
import { sha256 } from '../sha256.ts';

/** Where a log's key comes from: a keyring of algorithm EdDSA is one. */
export type LogSigner = {
  signingKey(): Promise<{ readonly privateKey: KeyObject; readonly jwk: { readonly x: string } }>;
};

/** Signs what the log's tree is at a size, as a C2SP checkpoint in a signed note under the log's origin. */
export async function signCheckpoint(
  log: { readonly origin: string; readonly signer: LogSigner },
  tree: { readonly size: number; readonly root: Uint8Array },
): Promise<string> {
  const { privateKey, jwk } = await log.signer.signingKey();
  const { keyId } = verifierKeyOf(sha256, log.origin, Buffer.from(jwk.x, 'base64url'));
  const text = formatCheckpoint({ origin: log.origin, size: tree.size, root: tree.root, extensions: [] });
  return signNote(text, { name: log.origin, keyId, sign: (message) => sign(null, message, privateKey) });
}

/** The key by which others check the log's checkpoints. */
export async function verifierKey(log: {
  readonly origin: string;
  readonly signer: LogSigner;
}): Promise<string> {
  const { jwk } = await log.signer.signingKey();
  return formatVerifierKey(verifierKeyOf(sha256, log.origin, Buffer.from(jwk.x, 'base64url')));
}
