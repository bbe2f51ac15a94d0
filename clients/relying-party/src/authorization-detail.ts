import { type PublicKey, publicHalf } from './signature.ts';

/** A service and which of its fields are wanted. */
export type AskedService = {
  readonly id: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
};

/** What is asked of the resident, in the words of the directory. */
export type Ask = {
  readonly issuer: string;
  readonly services: readonly AskedService[];
  readonly purpose: string;
  readonly frequency: { readonly max: number; readonly per: 'total' | 'day' | 'month' };
  readonly expiresAt: Date;
  readonly retentionDays: number;
  /** the key that answers are to be sealed to; only its public half is sent */
  readonly encryptionKey: PublicKey;
};

/**
 * The rich authorisation request for consented data: one element of `authorization_details`.
 *
 * Source  RFC 9396 §2; docs/formats.md §1
 */
export function authorizationDetail(ask: Ask) {
  return {
    type: 'praya_consented_data',
    locations: [`${ask.issuer}/exchange/v1`],
    services: ask.services.map(({ id, required, optional }) => ({
      id,
      required: [...required],
      optional: [...optional],
    })),
    purpose: ask.purpose,
    frequency: ask.frequency,
    expires_at: ask.expiresAt.toISOString(),
    retention: `P${ask.retentionDays}D`,
    encryption_key: publicHalf(ask.encryptionKey, 'enc'),
  };
}

/** What the resident granted, as the token response repeats it. */
export type Granted = {
  readonly consentId: string;
  readonly services: readonly { readonly id: string; readonly fields: readonly string[] }[];
};

/**
 * Reads the `authorization_details` of a token response; null when no consented data is in it.
 *
 * Source  RFC 9396 §7; docs/formats.md §1
 */
export function grantedOf(details: unknown): Granted | null {
  if (!Array.isArray(details)) return null;
  for (const detail of details) {
    if (!isObject(detail) || detail.type !== 'praya_consented_data') continue;
    const { consent_id: consentId, services } = detail;
    if (typeof consentId !== 'string' || !Array.isArray(services)) return null;
    const granted = services.filter(isGrantedService).map(({ id, fields }) => ({ id, fields }));
    return granted.length === services.length ? { consentId, services: granted } : null;
  }
  return null;
}

function isGrantedService(value: unknown): value is { id: string; fields: string[] } {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    Array.isArray(value.fields) &&
    value.fields.every((field) => typeof field === 'string')
  );
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
