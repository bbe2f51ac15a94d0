import { textDigest } from '@praya/verifier/digest';
import { payloadMatches, type ResponseClaims, valuesMatch, verifyResponse } from '@praya/verifier/response';
import type { TrustList } from '@praya/verifier/trust-list';
import { compactDecrypt } from 'jose';
import { SaidError } from '../parts/trouble.tsx';
import type { PreviewKey } from '../sign-in/preview-key.ts';
import type { SealedPreview } from './consent-requests.ts';

/** What was asked to be shown: the answer must fit it. */
export type AskedPreview = {
  readonly service: string;
  readonly provider: string;
  readonly fields: readonly string[];
  readonly subject: string | null;
};

export type PreviewValues = {
  readonly act: string;
  readonly asOf: string | null;
  readonly values: Readonly<Record<string, unknown>>;
};

type OpenedPayload = {
  readonly act: string;
  readonly service: string;
  readonly asOf?: string;
  readonly values: Readonly<Record<string, unknown>>;
};

/** Opens a preview in her browser: the department's signature first, then the values that only this browser can read. */
export async function openPreview(about: {
  sealed: SealedPreview;
  asked: AskedPreview;
  trust: TrustList;
  key: PreviewKey;
}): Promise<PreviewValues> {
  const { sealed, asked, trust, key } = about;
  const typ = 'praya-preview-response+jws' as const;
  const signed = await verifyResponse(sealed.response, { trust, typ, provider: asked.provider });
  if (!signed.ok) throw new SaidError('preview.unsigned', { cause: signed.refusal });
  const { claims } = signed.value;
  if (!(await fits(claims, { sealed, asked }))) throw new SaidError('preview.unfit');
  const payload = await open(sealed.payload, key);
  const same = payload.act === sealed.act && payload.service === asked.service;
  if (!same || !valuesMatch(claims, payload.values).ok) throw new SaidError('preview.unfit');
  return { act: sealed.act, asOf: payload.asOf ?? null, values: payload.values };
}

async function fits(
  claims: ResponseClaims,
  to: { sealed: SealedPreview; asked: AskedPreview },
): Promise<boolean> {
  const { sealed, asked } = to;
  if (claims.act !== sealed.act || claims.service !== asked.service) return false;
  if ([...claims.fields].sort().join() !== [...asked.fields].sort().join()) return false;
  if (asked.subject !== null && claims.subject_digest !== (await textDigest(asked.subject))) return false;
  return (await payloadMatches(claims, sealed.payload)).ok;
}

async function open(payload: string, key: PreviewKey): Promise<OpenedPayload> {
  const { plaintext } = await compactDecrypt(payload, key.privateKey, {
    keyManagementAlgorithms: ['ECDH-ES'],
    contentEncryptionAlgorithms: ['A256GCM'],
  }).catch((cause: unknown) => {
    // it is sealed to another tab's key: one tap authorises this one
    throw new SaidError('preview.tap', { cause });
  });
  return JSON.parse(new TextDecoder().decode(plaintext)) as OpenedPayload;
}
