import type { Ask } from '@praya/relying-party/authorization-detail';

const LIFE_DAYS = 90;
const DAY_MS = 86_400_000;

/** What the bank asks of somebody who opens an account: which fields of which registers, and under what terms. */
export const ASKS = {
  purpose: 'account-opening',
  frequency: { max: 20, per: 'day' },
  lifeDays: LIFE_DAYS,
  retentionDays: 180,
  services: [
    {
      id: 'persons.particulars',
      required: ['nameEn', 'dateOfBirth'],
      optional: ['nameZh', 'sex', 'mobile'],
    },
    { id: 'rates.address', required: ['addressEn'], optional: ['addressZh', 'rateableValue'] },
    { id: 'companies.directorships', required: [], optional: ['directorships'] },
  ],
} as const;

/** When a consent that is asked for now would end. */
export function endOfAsk(now: Date): Date {
  return new Date(now.getTime() + LIFE_DAYS * DAY_MS);
}

/** The ask as it is sent: with the issuer, an end, and the key that answers are sealed to. */
export function askOf(about: Pick<Ask, 'issuer' | 'encryptionKey'> & { readonly now: Date }): Ask {
  const { purpose, frequency, retentionDays, services } = ASKS;
  const { issuer, encryptionKey, now } = about;
  return {
    issuer,
    encryptionKey,
    purpose,
    frequency,
    retentionDays,
    services,
    expiresAt: endOfAsk(now),
  };
}
