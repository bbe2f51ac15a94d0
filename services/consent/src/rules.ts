import type { OrganisationKey, PurposeTemplate } from '@praya/directory/contract';
import { canonicalJson } from '@praya/kernel/canonical';
import { ok, type Refusal, type Result, refuse } from '@praya/kernel/result';
import { Value } from 'typebox/value';
import {
  AuthorizationDetail,
  type ConsentEvent,
  type ConsentRefusal,
  type ConsentState,
  type ServiceDescription,
} from './contract.ts';

const DAY_MS = 86_400_000;

type Fault = Refusal<ConsentRefusal>;
type Party = 'citizen' | 'recipient' | 'clock';
type Target = 'active' | 'paused' | 'revoked' | 'expired';

/** What a detail is held against. */
export type DetailContext = {
  readonly issuer: string;
  readonly now: Date;
  readonly permitted: readonly string[];
  readonly template: PurposeTemplate | undefined;
  readonly services: readonly ServiceDescription[];
  readonly keys: readonly OrganisationKey[];
};

/** The detail as its schema knows it; the refusal names the first field that does not fit. */
export function parseDetail(detail: unknown): Result<AuthorizationDetail, ConsentRefusal> {
  if (Value.Check(AuthorizationDetail, detail)) return ok(detail);
  const [first] = Value.Errors(AuthorizationDetail, detail);
  const field = first?.instancePath.slice(1) || '(detail)';
  return refuse('consent.detail-invalid', { field, rule: first?.keyword ?? 'schema' });
}

/** The first rule of the house that the detail breaks; undefined where it breaks none. */
export function faultOfDetail(detail: AuthorizationDetail, context: DetailContext): Fault | undefined {
  return (
    faultOfLocations(detail, context) ??
    faultOfPurpose(detail, context) ??
    faultOfServices(detail, context) ??
    faultOfLimits(detail, context) ??
    faultOfKey(detail, context)
  );
}

function faultOfLocations(detail: AuthorizationDetail, { issuer }: DetailContext): Fault | undefined {
  const wrong = detail.locations?.some((location) => location !== `${issuer}/exchange/v1`) ?? false;
  return wrong ? { code: 'consent.detail-invalid', field: 'locations/0', rule: 'exchange' } : undefined;
}

function faultOfPurpose(detail: AuthorizationDetail, context: DetailContext): Fault | undefined {
  const permitted = context.permitted.includes(detail.purpose) && context.template !== undefined;
  return permitted
    ? undefined
    : { code: 'consent.purpose-not-permitted', field: 'purpose', rule: 'permitted' };
}

function faultOfServices(detail: AuthorizationDetail, context: DetailContext): Fault | undefined {
  const seen = new Set<string>();
  for (const [index, asked] of detail.services.entries()) {
    const at = `services/${index}`;
    if (seen.has(asked.id)) return { code: 'consent.detail-invalid', field: `${at}/id`, rule: 'unique' };
    seen.add(asked.id);
    const service = context.services.find(({ id }) => id === asked.id);
    if (service === undefined) {
      return { code: 'consent.service-unknown', field: `${at}/id`, rule: 'catalogue' };
    }
    const fault = faultOfFields(asked, { at, service, ceiling: context.template?.fields[asked.id] ?? [] });
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfFields(
  asked: AuthorizationDetail['services'][number],
  about: { at: string; service: ServiceDescription; ceiling: readonly string[] },
): Fault | undefined {
  const { at, service, ceiling } = about;
  if (asked.required.length + asked.optional.length === 0) {
    return { code: 'consent.detail-invalid', field: `${at}/required`, rule: 'minItems' };
  }
  for (const list of ['required', 'optional'] as const) {
    for (const [index, field] of asked[list].entries()) {
      const where = `${at}/${list}/${index}`;
      if (!service.fields.some(({ name }) => name === field)) {
        return { code: 'consent.field-unknown', field: where, rule: 'catalogue' };
      }
      if (!ceiling.includes(field)) {
        return { code: 'consent.field-not-permitted', field: where, rule: 'ceiling' };
      }
      if (list === 'optional' && asked.required.includes(field)) {
        return { code: 'consent.detail-invalid', field: where, rule: 'required-or-optional' };
      }
    }
  }
  return undefined;
}

// All of a month's uses may fall on one day, so the daily ceiling holds for every window.
function faultOfLimits(detail: AuthorizationDetail, { template, now }: DetailContext): Fault | undefined {
  if (template === undefined) return undefined;
  if (detail.frequency.max > template.maxPerDay) {
    return { code: 'consent.frequency-too-high', field: 'frequency/max', rule: `max ${template.maxPerDay}` };
  }
  const lifeMs = new Date(detail.expires_at).getTime() - now.getTime();
  if (lifeMs <= 0) return { code: 'consent.detail-invalid', field: 'expires_at', rule: 'future' };
  if (lifeMs > template.maxLifeDays * DAY_MS) {
    return { code: 'consent.life-too-long', field: 'expires_at', rule: `max P${template.maxLifeDays}D` };
  }
  if (retentionDays(detail.retention) > template.maxRetentionDays) {
    const rule = `max P${template.maxRetentionDays}D`;
    return { code: 'consent.retention-too-long', field: 'retention', rule };
  }
  return undefined;
}

function faultOfKey(detail: AuthorizationDetail, { keys, now }: DetailContext): Fault | undefined {
  const known = keys.some(
    (key) => key.use === 'enc' && countsAt(key, now) && sameKey(key.jwk, detail.encryption_key),
  );
  return known
    ? undefined
    : { code: 'consent.encryption-key-unknown', field: 'encryption_key', rule: 'directory' };
}

/** The directory's own form of the key that a detail names. */
export function encryptionKeyOf(
  detail: AuthorizationDetail,
  keys: readonly OrganisationKey[],
): OrganisationKey['jwk'] {
  const found = keys.find(({ use, jwk }) => use === 'enc' && sameKey(jwk, detail.encryption_key));
  return found?.jwk ?? detail.encryption_key;
}

function sameKey(one: OrganisationKey['jwk'], other: OrganisationKey['jwk']): boolean {
  const { use: _use, alg: _alg, ...known } = one;
  const { use, alg, ...named } = other;
  if (use !== undefined && use !== 'enc') return false;
  if (alg !== undefined && alg !== 'ECDH-ES') return false;
  return canonicalJson(known) === canonicalJson(named);
}

/** Whether a key counts for this instant. */
export function countsAt(
  key: {
    readonly validFrom: string | Date;
    readonly validUntil: string | Date;
    readonly revokedAt: string | Date | null;
  },
  at: Date,
): boolean {
  if (at < new Date(key.validFrom) || at >= new Date(key.validUntil)) return false;
  return key.revokedAt === null || at < new Date(key.revokedAt);
}

function retentionDays(duration: string): number {
  return Number(duration.slice(1, -1));
}

/** The state at an instant: past its end a consent is expired, whatever was written last. */
export function stateAt(written: { state: ConsentState; expiresAt: Date }, now: Date): ConsentState {
  const ends = written.state === 'active' || written.state === 'paused' || written.state === 'requested';
  return ends && now >= written.expiresAt ? 'expired' : written.state;
}

const NEXT: Readonly<Record<ConsentState, readonly Target[]>> = {
  requested: ['revoked', 'expired'],
  active: ['paused', 'revoked', 'expired'],
  paused: ['active', 'revoked', 'expired'],
  revoked: [],
  expired: [],
  refused: [],
};
const MAY: Readonly<Record<Party, readonly Target[]>> = {
  citizen: ['active', 'paused', 'revoked'],
  recipient: ['revoked'],
  clock: ['expired'],
};

/** What a wished change comes to: a step, nothing to do because it is so already, or a refusal. */
export function decideChange(
  written: { state: ConsentState; expiresAt: Date },
  wish: { by: Party; to: Target; now: Date },
): Result<'step' | 'already', ConsentRefusal> {
  const { by, to, now } = wish;
  if (!MAY[by].includes(to)) return refuse('consent.transition', { field: 'to', rule: by });
  if (written.state === to && stateAt(written, now) === to) return ok('already');
  const due = now >= written.expiresAt;
  if (to === 'expired' && !due) return refuse('consent.transition', { field: 'to', rule: 'not-due' });
  const from = to === 'expired' ? written.state : stateAt(written, now);
  return NEXT[from].includes(to) ? ok('step') : refuse('consent.transition', { field: 'to', rule: from });
}

/** The refusal that a consent in this state answers to somebody who wants to use it. */
export function refusalOf(state: Exclude<ConsentState, 'active'>): ConsentRefusal {
  const codes = {
    requested: 'consent.not-active',
    paused: 'consent.paused',
    revoked: 'consent.revoked',
    expired: 'consent.expired',
    refused: 'consent.refused',
  } as const;
  return codes[state];
}

/** How a change is told to others. */
export function eventOf(change: { from: ConsentState; to: Target }): ConsentEvent {
  return change.from === 'paused' && change.to === 'active' ? 'resumed' : change.to;
}

/** The fields that she grants: all that are required and those of the optional ones that she chose. */
export function grantedFields(
  asked: AuthorizationDetail['services'][number],
  chosen: readonly string[],
): Result<string[], ConsentRefusal> {
  const foreign = chosen.find((field) => !asked.optional.includes(field));
  if (foreign !== undefined) {
    return refuse('consent.field-not-permitted', {
      field: `optional/${asked.id}/${foreign}`,
      rule: 'asked',
    });
  }
  return ok([...new Set([...asked.required, ...chosen])].sort());
}
