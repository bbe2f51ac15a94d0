import type { SignInStatement } from '@praya/identity/contract';
import { jsonDigest } from '@praya/verifier/digest';
import type { PreviewPublicKey } from './preview-key.ts';

type Offered = { readonly statement: SignInStatement; readonly challenge: string };
type Expected = { readonly issuer: string; readonly previewKey: PreviewPublicKey };

/** Whether the statement that her passkey is about to sign is this site's, names this browser's key, and is the challenge. */
export async function isOurStatement(offered: Offered, expected: Expected): Promise<boolean> {
  const { statement, challenge } = offered;
  const key = statement.previewKey;
  if (statement.type !== 'praya.sign-in.v1' || statement.issuer !== expected.issuer || key === null)
    return false;
  if (key.x !== expected.previewKey.x || key.y !== expected.previewKey.y) return false;
  return (await jsonDigest(statement)) === challenge;
}
