import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Directory } from '@praya/directory/contract';
import { ok, type Result, refuse } from '@praya/kernel/result';
import {
  type AuthorizationDetail,
  errors,
  type InteractionResults,
  type KoaContextWithOIDC,
  type Provider,
} from 'oidc-provider';
import type { IdentityRefusal, InteractionView, PersonId } from './contract.ts';
import { requestUriOf } from './provider/details.ts';
import type { OpenId } from './provider/provider.ts';

/** One request of a browser within an interaction: its cookie must be the interaction's own. */
export type InBrowser = {
  readonly uid: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
};

/** An authorisation request that waits for the resident. */
export type Waiting = {
  readonly uid: string;
  readonly clientId: string;
  /** Who signed in, in this interaction or before it. */
  readonly personId: PersonId | null;
  /** The handle of the pushed request, where data is asked for. */
  readonly requestUri: string | null;
  readonly asksForData: boolean;
};

/** Leads a resident through an authorisation request: sign-in, then consent, then back to who asked. */
export type Interactions = {
  find(browser: InBrowser): Promise<Result<Waiting, IdentityRefusal>>;
  view(browser: InBrowser): Promise<Result<InteractionView, IdentityRefusal>>;
  /** Keeps who signed in; where no data is asked for, that was all. */
  finishSignIn(
    browser: InBrowser,
    personId: PersonId,
  ): Promise<Result<{ step: 'consent' } | { redirectTo: string }, IdentityRefusal>>;
  /** Grants what she agreed to: `detail` as it is to stand in the token response, with consent_id and fields. */
  finishConsent(
    browser: InBrowser,
    agreed: {
      detail: { readonly type: string; readonly consent_id: string; readonly [member: string]: unknown };
    },
  ): Promise<Result<{ redirectTo: string }, IdentityRefusal>>;
  abort(browser: InBrowser): Promise<Result<{ redirectTo: string }, IdentityRefusal>>;
  /** Ends this browser's session at the authorisation server; what she consented to stays. */
  signOut(browser: Omit<InBrowser, 'uid'>): Promise<void>;
};

type Needs = {
  readonly openId: OpenId;
  readonly directory: Pick<Directory, 'organisationOfClient'>;
  readonly demonstration: boolean;
  /** The consent of a pushed request. */
  consentOf(requestUri: string): Promise<string | null>;
};

// RFC 8176: proof of possession, user presence tested. OpenID EAP: phishing-resistant.
const HOW_SHE_SIGNED_IN = { amr: ['pop', 'user'], acr: 'phr', remember: true };

export function createInteractions(needs: Needs): Interactions {
  return {
    find: async (browser) => {
      const found = await load(needs, browser);
      return found.ok ? ok(found.value.waiting) : found;
    },
    view: (browser) => view(needs, browser),
    finishSignIn: (browser, personId) => finishSignIn(needs, browser, personId),
    finishConsent: (browser, { detail }) => finishConsent(needs, browser, detail),
    abort: async (browser) => {
      const found = await load(needs, browser);
      if (!found.ok) return found;
      const declined = { error: 'access_denied', error_description: 'the resident declined' };
      return ok({ redirectTo: await submit(found.value.provider, browser, declined) });
    },
    signOut: async ({ request, response }) => {
      const { provider } = await needs.openId.current();
      const context = provider.createContext(request, response) as KoaContextWithOIDC;
      const session = await provider.Session.get(context);
      if (session.accountId !== undefined) await session.destroy();
    },
  };
}

async function finishSignIn(needs: Needs, browser: InBrowser, personId: PersonId) {
  const found = await load(needs, browser);
  if (!found.ok) return found;
  const { provider, waiting } = found.value;
  const login = { accountId: personId, ...HOW_SHE_SIGNED_IN };
  const redirectTo = await submit(provider, browser, { login });
  return ok(waiting.asksForData ? { step: 'consent' as const } : { redirectTo });
}

async function finishConsent(needs: Needs, browser: InBrowser, detail: AuthorizationDetail) {
  const found = await load(needs, browser);
  if (!found.ok) return found;
  const { provider, waiting, scope, login } = found.value;
  if (waiting.personId === null || !waiting.asksForData) return refuse('identity.interaction-step');
  const grant = new provider.Grant({ accountId: waiting.personId, clientId: waiting.clientId });
  if (scope.split(' ').includes('openid')) grant.addOIDCScope('openid');
  grant.addRar({ ...detail });
  const consent = { grantId: await grant.save() };
  return ok({ redirectTo: await submit(provider, browser, { ...login, consent }) });
}

function submit(provider: Provider, { request, response }: InBrowser, result: InteractionResults) {
  return provider.interactionResult(request, response, result, { mergeWithLastSubmission: false });
}

async function load({ openId }: Needs, { uid, request, response }: InBrowser) {
  const { provider } = await openId.current();
  const found = await provider.interactionDetails(request, response).catch(unlessGone);
  if (found === undefined || found.uid !== uid || found.result?.error !== undefined)
    return refuse('identity.interaction-unknown');
  const { client_id: clientId, authorization_details: details, scope } = found.params;
  const personId = (found.result?.login?.accountId ?? found.session?.accountId ?? null) as PersonId | null;
  const { parJti } = found as { parJti?: unknown };
  // What was submitted before is replaced by what is submitted next; so her sign-in goes along.
  const login = found.result?.login === undefined ? {} : { login: found.result.login };
  const waiting: Waiting = {
    uid,
    clientId: String(clientId),
    personId: found.prompt.name === 'login' ? signedInHere(found.result) : personId,
    requestUri: typeof parJti === 'string' ? requestUriOf(parJti) : null,
    asksForData: details !== undefined,
  };
  return ok({ provider, waiting, login, scope: typeof scope === 'string' ? scope : '' });
}

// Where the request wants a sign-in of its own, an earlier session does not count.
function signedInHere(result: { login?: { accountId?: string } | undefined } | undefined): PersonId | null {
  return (result?.login?.accountId ?? null) as PersonId | null;
}

async function view(needs: Needs, browser: InBrowser): Promise<Result<InteractionView, IdentityRefusal>> {
  const found = await load(needs, browser);
  if (!found.ok) return found;
  const { uid, clientId, personId, requestUri, asksForData } = found.value.waiting;
  const organisation = await needs.directory.organisationOfClient(clientId);
  if (!organisation.ok) return refuse('identity.interaction-unknown');
  const consentId = asksForData && requestUri !== null ? await needs.consentOf(requestUri) : null;
  return ok({
    uid,
    step: personId === null ? 'sign-in' : 'consent',
    client: { id: clientId, name: organisation.value.name },
    consentId: consentId as InteractionView['consentId'],
    demonstration: needs.demonstration,
  });
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof errors.SessionNotFound)) throw error;
  return undefined;
}
