import type { Clock } from '@praya/kernel/clock';
import type { Adapter, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { errors, interactionPolicy } from 'oidc-provider';
import {
  assertionFault,
  DETAIL_TYPE,
  isRepeated,
  lifeOfDetails,
  PROGRAM_SCOPE,
  SKEW_SECONDS,
} from '../rules.ts';
import type { Epoch } from '../store/epoch.ts';
import { type ConsentHooks, validateDetail } from './details.ts';
import { logoutPage, renderError } from './pages.ts';

/** What one provider instance is made of. */
export type ProviderNeeds = {
  readonly issuer: string;
  readonly portalClientId: string;
  readonly adapter: (model: string) => Adapter;
  readonly signingKey: Record<string, unknown>;
  readonly cookieKey: string;
  readonly nonceSecret: Buffer;
  readonly epoch: Epoch;
  readonly hooks: ConsentHooks;
  readonly now: Clock;
  subjectFor(about: { personId: string; sector: string }): string;
};

const SESSION_SECONDS = 8 * 60 * 60;
const INTERACTION_SECONDS = 30 * 60;
const PROOF_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519'] as const;

/** FAPI 2.0 Security Profile: pushed requests, PKCE, DPoP with nonces, private_key_jwt, short lives. */
export function configurationOf(needs: ProviderNeeds): Configuration {
  const secure = needs.issuer.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure, signed: true } as const;
  return {
    adapter: needs.adapter,
    jwks: { keys: [needs.signingKey as { kty: 'EC'; crv: string; x: string; y: string; d: string }] },
    cookies: {
      keys: [needs.cookieKey],
      names: { session: 'praya_op', interaction: 'praya_op_interaction', resume: 'praya_op_resume' },
      long: cookie,
      short: cookie,
    },
    routes: ROUTES,
    scopes: ['openid'],
    subjectTypes: ['pairwise'],
    responseTypes: ['code'],
    clientAuthMethods: ['private_key_jwt'],
    enabledJWA: {
      clientAuthSigningAlgValues: [...PROOF_ALGORITHMS],
      dPoPSigningAlgValues: [...PROOF_ALGORITHMS],
      idTokenSigningAlgValues: ['ES256'],
    },
    clientDefaults: { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'private_key_jwt' },
    extraClientMetadata: { properties: ['organisation'] },
    clockTolerance: SKEW_SECONDS,
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => true },
    features: featuresOf(needs),
    ttl: ttlOf(needs),
    interactions: { policy: policyOf(needs), url: (_ctx, { uid }) => `/interaction/${uid}` },
    sectorIdentifierUriValidate: () => false,
    // The portal is the city's own and acts for the person herself; every other sector gets a subject of its own.
    pairwiseIdentifier: async (_ctx, personId, client) =>
      client.clientId === needs.portalClientId
        ? personId
        : needs.subjectFor({ personId, sector: String(client.organisation) }),
    findAccount: async (_ctx, personId) => ({ accountId: personId, claims: () => ({ sub: personId }) }),
    loadExistingGrant,
    issueRefreshToken: async (_ctx, client, { rar }) =>
      client.grantTypeAllowed('refresh_token') && rar?.some(isRepeated) === true,
    rotateRefreshToken: false,
    expiresWithSession: async (ctx) => !asksForData(ctx),
    clientBasedCORS: () => false,
    renderError: async (ctx, out) => renderError(ctx, out as { error: string }),
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims) => {
      const fault = assertionFault(claims, { issuer: needs.issuer, now: needs.now(), epoch: needs.epoch });
      if (fault !== undefined) throw new errors.InvalidClientAuth({ detail: fault });
    },
  };
}

const ROUTES = {
  authorization: '/oidc/auth',
  pushed_authorization_request: '/oidc/par',
  token: '/oidc/token',
  jwks: '/oidc/jwks',
  userinfo: '/oidc/userinfo',
  revocation: '/oidc/revocation',
  introspection: '/oidc/introspection',
  end_session: '/oidc/session/end',
};

function featuresOf({ issuer, hooks, nonceSecret }: ProviderNeeds): NonNullable<Configuration['features']> {
  const exchange = `${issuer}/exchange/v1`;
  const notary = `${issuer}/notary/v1`;
  return {
    devInteractions: { enabled: false },
    // A department's program gets a token for itself, and only for the notary.
    clientCredentials: { enabled: true },
    fapi: { enabled: true, profile: '2.0' },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    dPoP: { enabled: true, nonceSecret, requireNonce: () => true },
    introspection: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    rpInitiatedLogout: { enabled: true, logoutSource: logoutPage },
    resourceIndicators: {
      enabled: true,
      // A request for data gets a token for the exchange, and for nothing else.
      defaultResource: (ctx) => (isProgram(ctx) ? notary : asksForData(ctx) ? exchange : undefined),
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource) => {
        const wanted = isProgram(ctx) ? notary : exchange;
        if (resource !== wanted) throw new errors.InvalidTarget();
        const scope = wanted === notary ? PROGRAM_SCOPE : '';
        return { scope, audience: wanted, accessTokenTTL: 300, accessTokenFormat: 'opaque' };
      },
    },
    richAuthorizationRequests: {
      enabled: true,
      types: { [DETAIL_TYPE]: { validate: (ctx, detail) => validateDetail(hooks, ctx, detail) } },
      authorizationDetailsForGrantSource: (ctx) =>
        asksForData(ctx) ? ctx.oidc.entities.Grant?.rar : undefined,
      authorizationDetailsForAccessToken: (_ctx, _token, source) => source?.rar,
      authorizationDetailsForIntrospection: (_ctx, token) => ('rar' in token ? token.rar : undefined),
    },
  };
}

function ttlOf({ now }: ProviderNeeds): NonNullable<Configuration['ttl']> {
  return {
    AccessToken: () => 300,
    ClientCredentials: () => 300,
    AuthorizationCode: () => 60,
    IdToken: () => 300,
    Interaction: () => INTERACTION_SECONDS,
    Grant: (_ctx, grant) =>
      grant.rar === undefined ? SESSION_SECONDS : lifeOfDetails(grant.rar, now()) + 300,
    RefreshToken: (_ctx, token) => lifeOfDetails(token.rar ?? [], now()),
    // Counted from when the session began, so that it ends with its partition.
    Session: (_ctx, session) => {
      const began = typeof session.iat === 'number' ? session.iat : now().getTime() / 1000;
      return Math.max(1, Math.floor(began + SESSION_SECONDS - now().getTime() / 1000));
    },
  };
}

// Who only signs in sees no consent page; outside the portal she always touches her passkey, seeing where to.
function policyOf({ portalClientId }: ProviderNeeds) {
  const policy = interactionPolicy.base();
  policy.get('login')?.checks.add(
    new interactionPolicy.Check(
      'sign_in_only',
      'the resident must see where she signs in',
      'login_required',
      (ctx) => {
        const { client, result } = ctx.oidc;
        const silent = asksForData(ctx) || client?.clientId === portalClientId || result?.login !== undefined;
        return silent ? interactionPolicy.Check.NO_NEED_TO_PROMPT : interactionPolicy.Check.REQUEST_PROMPT;
      },
    ),
  );
  return policy;
}

function isProgram(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.params?.['grant_type'] === 'client_credentials';
}

function asksForData(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.params?.authorization_details !== undefined;
}

/** A request for data has only the grant that her consent just made; a mere sign-in is granted `openid`. */
async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { Grant } = ctx.oidc.provider;
  const { account, client, session } = ctx.oidc;
  const consented = ctx.oidc.result?.consent?.grantId;
  if (asksForData(ctx)) return consented === undefined ? undefined : Grant.find(consented);
  if (account === undefined || client === undefined) return undefined;
  const before = session?.grantIdFor(client.clientId);
  const known = before === undefined ? undefined : await Grant.find(before);
  if (known !== undefined && known.rar === undefined && known.accountId === account.accountId) return known;
  const grant = new Grant({ accountId: account.accountId, clientId: client.clientId });
  grant.addOIDCScope('openid');
  await grant.save();
  return grant;
}
