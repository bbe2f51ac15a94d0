import type { Result } from '@praya/kernel/result';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { DETAIL_TYPE } from '../rules.ts';

/** What the consent room says to a request for data. */
export type ConsentHooks = {
  /** The check before anybody sees anything; a refusal names the field and the rule. */
  checkDetail(about: { clientId: string; detail: unknown }): Promise<Result<unknown>>;
  /** The consent minted for a pushed request; its handle is the request_uri. */
  onPushed(about: { clientId: string; detail: unknown; requestUri: string }): Promise<Result<string>>;
};

const URN = 'urn:ietf:params:oauth:request_uri:';

/** The handle of a pushed request. */
export function requestUriOf(id: string): string {
  return `${URN}${id}`;
}

/** Checks the one detail of a pushed request. What was pushed is not checked again when it is opened. */
export async function validateDetail(
  hooks: ConsentHooks,
  ctx: KoaContextWithOIDC,
  detail: unknown,
): Promise<void> {
  if (ctx.oidc.route !== 'pushed_authorization_request') return;
  if (requestedDetails(ctx).length !== 1)
    throw new errors.InvalidAuthorizationDetails('exactly one authorization detail is taken per request');
  const checked = await hooks.checkDetail({ clientId: ctx.oidc.client?.clientId ?? '', detail });
  if (!checked.ok) throw new errors.InvalidAuthorizationDetails(faultOf(checked.refusal));
}

/** Mints the consent of each pushed request before the answer leaves, and adds its id to the answer. */
export function mintConsent(hooks: ConsentHooks) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    await next();
    if (ctx.oidc?.route !== 'pushed_authorization_request' || ctx.status !== 201) return;
    const [detail] = requestedDetails(ctx);
    const pushed = ctx.oidc.entities.PushedAuthorizationRequest;
    if (detail === undefined || pushed === undefined) return;
    const minted = await hooks.onPushed({
      clientId: ctx.oidc.client?.clientId ?? '',
      detail,
      requestUri: requestUriOf(pushed.jti),
    });
    if (minted.ok) {
      ctx.body = { ...(ctx.body as object), consent_id: minted.value };
      return;
    }
    await pushed.destroy();
    ctx.status = 400;
    ctx.body = { error: 'invalid_authorization_details', error_description: faultOf(minted.refusal) };
  };
}

function requestedDetails(ctx: KoaContextWithOIDC): unknown[] {
  const text: unknown = ctx.oidc.params?.authorization_details;
  if (typeof text !== 'string') return [];
  const details: unknown = JSON.parse(text);
  return Array.isArray(details) ? details.filter(({ type }) => type === DETAIL_TYPE) : [];
}

// RFC 6749 §5.2 lets only these characters into a description.
function faultOf(refusal: { code: string; field?: string; rule?: string }): string {
  const parts = [
    refusal.code,
    refusal.field && `field ${refusal.field}`,
    refusal.rule && `rule ${refusal.rule}`,
  ];
  return parts
    .filter((part) => part !== undefined && part !== '')
    .join(', ')
    .replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, ' ');
}
