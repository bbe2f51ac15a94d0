import { type Database, transaction } from '@praya/kernel/database';
import { isPublicJwk, thumbprint } from '@praya/verifier/jwk';
import { readKeys, type SecretKey } from './keys.ts';
import { migrateConnector } from './migrate.ts';
import { sealHandle } from './registrar/handle.ts';
import { addCitizenKey } from './registrar/store.ts';

/** A resident of the demonstration city and the public half of her software passkey. */
export type DemonstrationResident = { readonly identityNumber: string; readonly publicKey: object };

type Residents = { readonly residents: readonly DemonstrationResident[]; readonly at: Date };

/**
 * Certifies software passkeys of demonstration residents in the register of persons, as a counter would,
 * and answers the handle of each for the platform. A key that is certified already stays.
 *
 * Shape   db is the register's database under the connector's role; handles come in the order given
 */
export async function certifyDemonstrationKeys(
  db: Database,
  about: Residents & { readonly keysFile: string },
): Promise<string[]> {
  const { handles } = readKeys(about.keysFile);
  await migrateConnector(db);
  return certifyKeys(db, { ...about, handles });
}

/** The same, on a database that is ready. */
export function certifyKeys(
  db: Database,
  about: Residents & { readonly handles: readonly SecretKey[] },
): Promise<string[]> {
  return transaction(db, async (tx) => {
    const sealed: string[] = [];
    for (const { identityNumber, publicKey } of about.residents) {
      if (!isPublicJwk(publicKey)) throw new TypeError('This is no public key of a passkey');
      const key = { identityNumber, thumbprint: await thumbprint(publicKey), jwk: publicKey, at: about.at };
      await addCitizenKey(tx, key);
      sealed.push(await sealHandle(about.handles, identityNumber));
    }
    return sealed;
  });
}
