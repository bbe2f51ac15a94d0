import type { VerifierCode } from '@praya/verifier/checked';
import { type OpenedConsent, openConsentToken } from '@praya/verifier/consent';
import { serviceOf } from '@praya/verifier/consent-document';
import { verifyReceipt } from '@praya/verifier/receipt';
import type { ReceiptCheck } from '@praya/verifier/receipt-checks';
import { verifyRequest } from '@praya/verifier/request';
import {
  payloadMatches,
  type ResponseClaims,
  responseAnswers,
  valuesMatch,
  verifyResponse,
} from '@praya/verifier/response';
import { isObject, type JsonObject, members, text } from '@praya/verifier/shape';
import { type TrustAnchor, type TrustList, verifyTrustList } from '@praya/verifier/trust-list';
import { type Answer, answered, type OwnProblem, type Refused, refused } from './problem.ts';
import { openValues } from './sealed-values.ts';
import type { PrivateKey } from './signature.ts';

/** What the exchange sent, its shape checked and nothing else. */
export type RawAnswer = {
  readonly act: string;
  readonly response: string;
  readonly payload: string;
  readonly receipt: JsonObject;
};

/** What the answer is held against. */
export type Expected = {
  readonly anchor: TrustAnchor;
  readonly issuer: string;
  readonly clientId: string;
  readonly consentId: string;
  readonly service: string;
  readonly fields: readonly string[];
  readonly encryptionKey: PrivateKey;
  /** the data request as we signed and sent it */
  readonly request: string;
};

/** An organisation of the trust list, as pages name it. */
export type Provider = {
  readonly id: string;
  readonly name: { readonly en: string; readonly 'zh-Hant': string; readonly 'zh-Hans': string };
};

/** Data that may be used: every signature, binding and proof around it holds. */
export type CheckedData = {
  readonly values: JsonObject;
  readonly asOf: string;
  readonly act: string;
  readonly receipt: JsonObject;
  /** false while the log's witnesses are late: fetch the receipt again, its proof will have their cosignatures */
  readonly witnessed: boolean;
  readonly provider: Provider;
};

/** Whether this is the shape of an answer. */
export const isRawAnswer = members({
  act: text(100),
  response: text(200_000),
  payload: text(2_000_000),
  receipt: isObject,
});

type Context = { readonly trust: TrustList; readonly consent: OpenedConsent };

/**
 * Checks one answer wholly, before any value of it is used: the trust list by the anchor, the consent, the
 * provider's signature, that it answers this request and no other, the sealed values, the fields, the receipt.
 *
 * Errors  relying-party.*
 * Source  docs/formats.md §7, §10
 */
export async function checkAnswer(answer: RawAnswer, expected: Expected): Promise<Answer<CheckedData>> {
  if (!piecesAgree(answer, expected)) return refused('relying-party.binding', 'pieces of the receipt');
  const context = await contextOf(answer, expected);
  if (!context.ok) return context;
  const claims = await claimsOf(answer, expected, context.value);
  if (!claims.ok) return claims;
  const opened = await openValues(answer.payload, { key: expected.encryptionKey, claims: claims.value });
  if (!opened.ok) return opened;
  const { values, asOf } = opened.value;
  if (!valuesMatch(claims.value, values).ok) return refused('relying-party.fields', 'inside the seal');
  const verdict = await verifyReceipt(answer.receipt, { anchor: expected.anchor });
  const failed = verdict.checks.filter(({ ok }) => !ok);
  if (!failed.every(isLateWitness)) {
    return refused('relying-party.receipt', failed.map(({ name }) => name).join(' '));
  }
  const provider = providerOf(context.value.trust, claims.value.iss);
  const witnessed = failed.length === 0;
  return answered({ values, asOf, act: answer.act, receipt: answer.receipt, witnessed, provider });
}

// The log has signed that the act is on it, and its witnesses have not cosigned that yet: an act does not wait for them.
function isLateWitness({ name, detail }: ReceiptCheck): boolean {
  return name === 'witnesses' && detail === 'receipt.not-witnessed';
}

/** The receipt must be about this very request and this very response. */
function piecesAgree({ receipt, response, act }: RawAnswer, { request }: Expected): boolean {
  const record = receipt.act;
  return (
    receipt.request === request && receipt.response === response && isObject(record) && record.id === act
  );
}

async function contextOf({ receipt }: RawAnswer, expected: Expected): Promise<Answer<Context>> {
  const trust = await verifyTrustList(receipt.trust, expected.anchor);
  if (!trust.ok) return refused('relying-party.trust-list', trust.refusal.code);
  if (trust.value.issuer !== expected.issuer) return refused('relying-party.trust-list', 'issuer');
  const consent = await openConsentToken(receipt.consent, trust.value);
  if (!consent.ok) return refused('relying-party.consent', consent.refusal.code);
  const { document } = consent.value;
  if (document.id !== expected.consentId || document.recipient.client !== expected.clientId) {
    return refused('relying-party.consent', 'another consent');
  }
  const granted = serviceOf(document, expected.service);
  if (granted === null) return refused('relying-party.binding', 'service');
  if (!sameNames(granted.fields, expected.fields)) return refused('relying-party.fields', 'in the consent');
  return answered({ trust: trust.value, consent: consent.value });
}

async function claimsOf(
  answer: RawAnswer,
  expected: Expected,
  { trust, consent }: Context,
): Promise<Answer<ResponseClaims>> {
  const provider = serviceOf(consent.document, expected.service)?.provider ?? '';
  const typ = 'praya-data-response+jws';
  const response = await verifyResponse(answer.response, { trust, typ, provider });
  if (!response.ok) return refused('relying-party.signature', response.refusal.code);
  const { claims } = response.value;
  const request = await verifyRequest(expected.request, consent, trust);
  if (!request.ok) return refused('relying-party.binding', request.refusal.code);
  const fits = await responseAnswers(claims, { act: answer.act, consent, request: request.value });
  if (!fits.ok) return unfit(fits.refusal.code);
  const matches = await payloadMatches(claims, answer.payload);
  return matches.ok ? answered(claims) : refused('relying-party.payload');
}

const CODE_OF_FAULT: Partial<Record<VerifierCode, OwnProblem>> = {
  'response.fields-wrong': 'relying-party.fields',
  'response.subject-wrong': 'relying-party.subject',
};

function unfit(code: VerifierCode): Refused {
  return refused(CODE_OF_FAULT[code] ?? 'relying-party.binding', code);
}

function providerOf({ organisations }: TrustList, id: string): Provider {
  const name = organisations.find((organisation) => organisation.id === id)?.name;
  return { id, name: name ?? { en: id, 'zh-Hant': id, 'zh-Hans': id } };
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  const names = new Set(one);
  return names.size === new Set(other).size && other.every((name) => names.has(name));
}
