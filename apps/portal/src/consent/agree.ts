import type { ConsentView } from '@praya/consent/contract';
import { jsonDigest } from '@praya/verifier/digest';
import type { TrustList } from '@praya/verifier/trust-list';
import { SaidError } from '../parts/trouble.tsx';
import { signWithPasskey } from '../passkey/authenticator.ts';
import {
  agreeToConsent,
  type Chosen,
  type NoticeDigest,
  prepareConsent,
  type Redirect,
} from './consent-requests.ts';
import { differences } from './document-check.ts';

/** Her agreement: the document is held against the screen here, and her passkey signs its digest computed here. */
export async function agree(about: {
  uid: string;
  view: ConsentView;
  chosen: Chosen;
  notice: NoticeDigest;
  trust: TrustList;
}): Promise<Redirect> {
  const { uid, view, chosen, notice, trust } = about;
  const { document, challenge, options } = await prepareConsent(uid, { optional: chosen, notice });
  const screen = { issuer: location.origin, view, chosen, notice, trust, now: new Date() };
  if (differences(document, screen).length > 0) throw new SaidError('consent.documentDiffers');
  const digest = await jsonDigest(document);
  if (digest !== challenge) throw new SaidError('consent.documentDiffers');
  const response = await signWithPasskey({ ...options, challenge: digest });
  return agreeToConsent(uid, { document, response });
}
