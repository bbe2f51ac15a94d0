import { type Checked, proven, unproven } from './checked.ts';
import { examine, type Findings } from './checks.ts';
import { type OpenedConsent, openConsentToken, verifyCitizenSignature } from './consent.ts';
import { consentStateAt, verifyStateChain } from './consent-state.ts';
import { decodeJws } from './jws.ts';
import type { CheckName, Proof, ReceiptCheck } from './receipt-checks.ts';
import {
  checkpointIsSigned,
  checkpointIsWitnessed,
  commitmentIsLogged,
  commitmentOf,
} from './receipt-log.ts';
import {
  type ActKind,
  type ActRecord,
  isActRecord,
  type ReceiptPieces,
  readReceipt,
} from './receipt-pieces.ts';
import { requestIsFreshAt, type VerifiedRequest, verifyRequest } from './request.ts';
import { type ResponseClaims, responseAnswers, type VerifiedResponse, verifyResponse } from './response.ts';
import {
  issuedAt,
  type TrustAnchor,
  type TrustList,
  trustListCountsAt,
  verifyTrustList,
} from './trust-list.ts';

/** What a receipt proves. `act` is what was proven to have happened, only when everything holds. */
export type ReceiptVerdict = {
  readonly ok: boolean;
  readonly checks: readonly ReceiptCheck[];
  readonly act: ActRecord | null;
};

/** Which pieces each kind of act must show. A preview shows its consent only where there is one yet. */
const WANTS: Readonly<Record<ActKind, { consent: boolean; request: boolean; response: boolean }>> = {
  exchange: { consent: true, request: true, response: true },
  consent: { consent: true, request: false, response: false },
  preview: { consent: false, request: false, response: true },
};

type ReceiptFindings = Findings<'receipt', CheckName>;

type Case = {
  readonly findings: ReceiptFindings;
  readonly pieces: ReceiptPieces;
  readonly act: ActRecord | null;
  readonly kind: ActKind;
  readonly trust: Proof<TrustList>;
};

/**
 * Checks every proof of a receipt, offline, by a trust anchor alone. Never throws, whatever it is given.
 *
 * Shape   receipt: the receipt or its JSON text; one named check for each proof that its kind of act must show
 * Errors  none thrown; each check that does not hold says `missing`, `wrong` or `not-checked`
 */
export async function verifyReceipt(
  receipt: unknown,
  by: { readonly anchor: TrustAnchor },
): Promise<ReceiptVerdict> {
  const pieces = readReceipt(receipt);
  if (pieces === null) {
    return { ok: false, checks: [{ name: 'shape', ok: false, code: 'receipt.shape-wrong' }], act: null };
  }
  const findings: ReceiptFindings = { document: 'receipt', checks: [] };
  const act = isActRecord(pieces.act) ? pieces.act : null;
  const trust = await examine(findings, { name: 'trust-list', pieces: [pieces.trust], needs: {} }, () =>
    trustFor(pieces.trust, by.anchor, act),
  );
  const about = { findings, pieces, act, kind: act?.kind ?? 'exchange', trust };
  const consent = await examineConsent(about);
  const request = await examineRequest(about, consent);
  await examineResponse(about, consent, request);
  await examineLog(about);
  const { checks } = findings;
  const ok = checks.every((check) => check.ok);
  return { ok, checks, act: ok ? act : null };
}

async function trustFor(
  jws: unknown,
  anchor: TrustAnchor,
  act: ActRecord | null,
): Promise<Checked<TrustList>> {
  const trust = await verifyTrustList(jws, anchor);
  if (!trust.ok || act === null) return trust;
  return trustListCountsAt(trust.value, new Date(act.at)) ? trust : unproven('trust.expired');
}

async function examineConsent({ findings, pieces, act, kind, trust }: Case): Promise<Proof<OpenedConsent>> {
  const states = pieces.states ?? (kind === 'preview' ? [] : null);
  if (pieces.consent === null && !WANTS[kind].consent) {
    if (Array.isArray(states) && states.length > 0) unexpected(findings, 'state-chain');
    return { from: 'consent-signature', value: null };
  }
  const token = [pieces.consent];
  const consent = await examine(
    findings,
    { name: 'consent-signature', pieces: token, needs: { trust } },
    (given) => openConsentToken(pieces.consent, given.trust),
  );
  const needs = { trust, consent };
  await examine(findings, { name: 'citizen-signature', pieces: token, needs }, (given) =>
    verifyCitizenSignature(given.consent, given.trust),
  );
  await examine(findings, { name: 'state-chain', pieces: [...token, states], needs }, async (given) => {
    const chain = await verifyStateChain(given.consent, states, given.trust);
    if (!chain.ok || kind !== 'exchange') return chain;
    const { document } = given.consent;
    const instants = actInstants(act, pieces.request);
    const active = instants.some((at) => consentStateAt(document, chain.value, at) === 'active');
    return active ? chain : unproven('consent.not-active');
  });
  return consent;
}

/** A request that came before a revocation may be answered after it: either instant will do, and they lie within a minute or two. */
function actInstants(act: ActRecord | null, request: unknown): readonly Date[] {
  const decoded = decodeJws(request);
  const asked = decoded.ok ? issuedAt(decoded.value.payload) : [];
  return act === null ? asked : [...asked, new Date(act.at)];
}

async function examineRequest(
  { findings, pieces, act, kind, trust }: Case,
  consent: Proof<OpenedConsent>,
): Promise<Proof<VerifiedRequest>> {
  const name = 'request-signature';
  if (!WANTS[kind].request) {
    if (pieces.request !== null) unexpected(findings, name);
    return { from: name, value: null };
  }
  const needs = { trust, consent };
  return examine(findings, { name, pieces: [pieces.request], needs }, async (given) => {
    const request = await verifyRequest(pieces.request, given.consent, given.trust);
    if (!request.ok || act === null) return request;
    const fresh = requestIsFreshAt(request.value.claims, new Date(act.at));
    return fresh ? request : unproven('request.out-of-time');
  });
}

async function examineResponse(
  { findings, pieces, act, kind, trust }: Case,
  consent: Proof<OpenedConsent>,
  request: Proof<VerifiedRequest>,
): Promise<void> {
  if (!WANTS[kind].response) {
    if (pieces.response !== null) unexpected(findings, 'provider-signature');
    return;
  }
  const piece = [pieces.response];
  const typ = kind === 'preview' ? 'praya-preview-response+jws' : 'praya-data-response+jws';
  const response: Proof<VerifiedResponse> = await examine(
    findings,
    { name: 'provider-signature', pieces: piece, needs: { trust } },
    (given) =>
      verifyResponse(pieces.response, { trust: given.trust, typ, provider: issuerOf(pieces.response) }),
  );
  const name = 'response-binds-consent';
  const actId: Proof<string> = { from: 'commitment', value: act?.id ?? null };
  if (kind === 'exchange') {
    const needs = { response, consent, request, actId };
    await examine(findings, { name, pieces: piece, needs }, (given) =>
      responseAnswers(given.response.claims, {
        act: given.actId,
        consent: given.consent,
        request: given.request,
      }),
    );
    return;
  }
  await examine(findings, { name, pieces: piece, needs: { response, actId } }, async (given) =>
    previewFits(given.response.claims, given.actId, consent.value),
  );
}

/** A preview answers no request; it names its act, and the consent where the receipt shows one. */
function previewFits(claims: ResponseClaims, act: string, consent: OpenedConsent | null): Checked<null> {
  if (claims.act !== act) return unproven('response.act-wrong');
  if (consent === null) return proven(null);
  return claims.consent === consent.document.id ? proven(null) : unproven('response.consent-wrong');
}

async function examineLog({ findings, pieces, act, trust }: Case): Promise<void> {
  const { log } = pieces;
  const commitment = await examine(
    findings,
    { name: 'commitment', pieces: [pieces.act, pieces.salt], needs: {} },
    async () => (act === null ? unproven('receipt.act-malformed') : commitmentOf(act, pieces)),
  );
  const place = [log.index, log.proof, log.checkpoint];
  await examine(findings, { name: 'inclusion-proof', pieces: place, needs: { commitment } }, (given) =>
    commitmentIsLogged(given.commitment, log),
  );
  await examine(findings, { name: 'log-signature', pieces: [log.checkpoint], needs: { trust } }, (given) =>
    checkpointIsSigned(log, given.trust),
  );
  await examine(findings, { name: 'witnesses', pieces: [log.checkpoint], needs: { trust } }, (given) =>
    checkpointIsWitnessed(log.checkpoint, given.trust),
  );
}

function unexpected({ checks }: ReceiptFindings, name: ReceiptCheck['name']): void {
  checks.push({ name, ok: false, code: `receipt.${name}-wrong`, detail: 'receipt.piece-unexpected' });
}

function issuerOf(response: unknown): string {
  const decoded = decodeJws(response);
  return decoded.ok && typeof decoded.value.payload.iss === 'string' ? decoded.value.payload.iss : '';
}
