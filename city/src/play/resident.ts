import type { ConsentDocument, ConsentView } from '@praya/consent/contract';
import { canonicalJson } from '@praya/kernel/canonical';
import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { toBase64Url } from '../base64url.ts';
import type { SoftwarePasskey } from '../software-passkey.ts';
import { type Browser, PlayError } from './browser.ts';

/** A resident at her browser: what the portal's pages do, without the pages. */
export type PlayedResident = {
  readonly browser: Browser;
  readonly passkey: SoftwarePasskey;
  readonly previewKey: CryptoKeyPair;
};

type RequestOptions = { challenge: string; rpId?: string };
type Step = { step?: string; redirectTo?: string };
type Preview = { act: string; response: string; payload: string };

/** Sits her down with her passkey and a fresh key for previews. */
export async function seatResident(browser: Browser, passkey: SoftwarePasskey): Promise<PlayedResident> {
  const previewKey = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: false });
  return { browser, passkey, previewKey };
}

/** Opens an authorisation URL; answers the id of the interaction it leads to. */
export async function openInteraction(browser: Browser, url: string): Promise<string> {
  const at = await browser.visit(url, ({ pathname }) => pathname.startsWith('/interaction/'));
  const uid = at.pathname.split('/')[2];
  if (!at.pathname.startsWith('/interaction/') || uid === undefined)
    throw new PlayError({ url: at.href, status: 200, code: 'play.no-interaction', text: '' });
  return uid;
}

/** Signs in with her passkey; her signature also authorises previews to this browser's key. */
export async function signIn(resident: PlayedResident, uid: string): Promise<Step> {
  const { browser, passkey, previewKey } = resident;
  const { statement, options } = await browser.call<{ statement: object; options: RequestOptions }>(
    'POST',
    `/interaction/${uid}/sign-in/options`,
    { previewKey: await publicKeyOf(previewKey) },
  );
  await mustBe(options.challenge, await challengeOf(statement));
  const response = await passkey.authenticate(options);
  return browser.call<Step>('POST', `/interaction/${uid}/sign-in`, { statement, response });
}

/** Enrols with the code that the counter gave her, making the passkey. */
export async function enrol(
  resident: PlayedResident,
  about: { uid: string; code: string; name: string },
): Promise<Step> {
  const { browser, passkey } = resident;
  const { options } = await browser.call<{ options: Parameters<SoftwarePasskey['register']>[0] }>(
    'POST',
    `/interaction/${about.uid}/enrolment/options`,
    { code: about.code },
  );
  const response = await passkey.register(options);
  return browser.call<Step>('POST', `/interaction/${about.uid}/enrolment`, {
    code: about.code,
    response,
    name: about.name,
  });
}

/** The values of one service as she sees them before she agrees; only her browser can open them. */
export async function preview(
  resident: PlayedResident,
  about: { uid: string; service: string },
): Promise<Readonly<Record<string, unknown>>> {
  const { payload } = await resident.browser.call<Preview>('POST', `/interaction/${about.uid}/preview`, {
    service: about.service,
  });
  const { plaintext } = await compactDecrypt(payload, resident.previewKey.privateKey);
  return JSON.parse(new TextDecoder().decode(plaintext)).values;
}

/** What the bank asks of her. */
export function consentRequest(resident: PlayedResident, uid: string): Promise<ConsentView> {
  return resident.browser.call<ConsentView>('GET', `/interaction/${uid}/consent`);
}

/** Agrees with her passkey to everything required and to the optional fields named; answers where that leads. */
export async function agree(
  resident: PlayedResident,
  about: { uid: string; optional: Readonly<Record<string, readonly string[]>> },
): Promise<string> {
  const { browser, passkey } = resident;
  const notice = { locale: 'en', digest: toBase64Url(new Uint8Array(32)) };
  const prepared = await browser.call<{
    document: ConsentDocument;
    challenge: string;
    options: RequestOptions;
  }>('POST', `/interaction/${about.uid}/consent/prepare`, { optional: about.optional, notice });
  await mustBe(prepared.challenge, await challengeOf(prepared.document));
  const response = await passkey.authenticate({ ...prepared.options, challenge: prepared.challenge });
  const { redirectTo } = await browser.call<{ redirectTo: string }>(
    'POST',
    `/interaction/${about.uid}/consent/agree`,
    { document: prepared.document, response },
  );
  return redirectTo;
}

/** Signs in to the portal, so that its pages' calls work; who has just signed in elsewhere is let in at once. */
export async function openPortal(resident: PlayedResident): Promise<void> {
  const { browser } = resident;
  const arrived = ({ pathname }: URL) => pathname.startsWith('/interaction/') || pathname === '/data';
  const at = await browser.visit('/session/sign-in?returnTo=/data', arrived);
  if (at.pathname === '/data') return;
  const { redirectTo } = await signIn(resident, at.pathname.split('/')[2] ?? '');
  if (redirectTo === undefined)
    throw new PlayError({ url: at.href, status: 200, code: 'play.not-signed-in', text: '' });
  await browser.visit(redirectTo, arrived);
}

/** An officer at the counter: looks a person up and issues a code, everything sealed to and from the register. */
export async function issueEnrolmentCode(
  browser: Browser,
  about: { identityNumber: string; dateOfBirth: string },
): Promise<{ found: boolean; nameEn: string; code: string }> {
  const reply = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: false });
  const { jwk } = await browser.call<{ jwk: JWK }>('GET', '/api/counter/register-key');
  const question = {
    idNo: about.identityNumber,
    dateOfBirth: about.dateOfBirth,
    replyTo: await publicKeyOf(reply),
  };
  const query = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(question)))
    .setProtectedHeader({
      alg: 'ECDH-ES',
      enc: 'A256GCM',
      ...(jwk.kid === undefined ? {} : { kid: jwk.kid }),
    })
    .encrypt(await importJWK(jwk, 'ECDH-ES'));
  const found = await browser.call<{ lookup: string; answer: string }>('POST', '/api/counter/lookups', {
    query,
  });
  const issued = await browser.call<{ code: string }>('POST', '/api/counter/enrolments', {
    lookup: found.lookup,
  });
  const open = async (jwe: string) =>
    JSON.parse(new TextDecoder().decode((await compactDecrypt(jwe, reply.privateKey)).plaintext));
  const [answer, code] = [await open(found.answer), await open(issued.code)];
  return { found: answer.found, nameEn: answer.nameEn, code: code.code };
}

async function publicKeyOf(pair: CryptoKeyPair): Promise<JWK> {
  const { kty, crv, x, y } = await exportJWK(pair.publicKey);
  if (kty === undefined || crv === undefined || x === undefined || y === undefined)
    throw new TypeError('The key is not on a curve');
  return { kty, crv, x, y };
}

async function challengeOf(document: object): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalJson(document));
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

async function mustBe(given: string, computed: string): Promise<void> {
  if (given !== computed)
    throw new PlayError({
      url: '',
      status: 200,
      code: 'play.challenge-differs',
      text: `${given} ${computed}`,
    });
}
