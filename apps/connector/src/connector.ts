import type { Clock } from '@praya/kernel/clock';
import type { DatabasePool } from '@praya/kernel/database';
import type { JwsSigner } from '@praya/kernel/jws';
import type { Config } from './config.ts';
import type { DeclaredService } from './source/service.ts';
import { countsAt, namedKey, organisationOf, type TrustList } from './trust/list.ts';
import type { TrustSource } from './trust/source.ts';

/** What every check and every answer of one connector works with. */
export type Connector = {
  readonly config: Config;
  readonly db: DatabasePool;
  readonly now: Clock;
  readonly trust: TrustSource;
  readonly services: ReadonlyMap<string, DeclaredService>;
};

/** Our signing key that others will accept now: the first that the trust list says counts, else the first. */
export function signerFor({ config, now }: Connector, trust: TrustList): JwsSigner {
  const us = organisationOf(trust, config.organisation);
  const accepted = config.keys.signing.find(({ kid }) => {
    const key = namedKey(us, 'sig', kid);
    return key !== undefined && countsAt(key, now());
  });
  const signer = accepted ?? config.keys.signing[0];
  if (signer === undefined) throw new Error('There is no signing key');
  return signer;
}
