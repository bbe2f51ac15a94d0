import type { IssuerKey } from '@praya/directory/contract';
import type { Keyring } from '@praya/kernel/keyring';

const PURPOSES = ['consent', 'gateway', 'events', 'notary'] as const;

/** The keys that strangers need to check what we sign; the trust list carries them. */
export async function issuerKeysOf(
  keyrings: Readonly<Record<(typeof PURPOSES)[number], Keyring>>,
): Promise<IssuerKey[]> {
  const lists = await Promise.all(
    PURPOSES.map(async (purpose) =>
      (await keyrings[purpose].published()).map((key) => ({
        kid: key.kid,
        purpose,
        jwk: key.jwk,
        validFrom: key.validFrom.toISOString(),
        validUntil: key.validUntil.toISOString(),
        revokedAt: key.revokedAt?.toISOString() ?? null,
      })),
    ),
  );
  return lists.flat();
}
