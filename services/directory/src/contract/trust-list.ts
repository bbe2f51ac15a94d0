import type { LocalisedText } from '@praya/kernel/language';
import type { OrganisationId, OrganisationKey, OrganisationKind } from '../contract.ts';

/** A key of ours that others need to check what we sign; each room that signs adds its own. */
export type IssuerKey = {
  readonly kid: string;
  readonly purpose: 'consent' | 'gateway' | 'events' | 'notary';
  readonly jwk: object;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly revokedAt: string | null;
};

/** What the trust anchor signs (JWS typ `praya-trust-list+jws`). A suspended organisation keeps its keys and nothing else. */
export type TrustList = {
  readonly type: 'praya.trust-list.v1';
  readonly issuer: string;
  /** one more each time that anything below has changed */
  readonly sequence: number;
  readonly issuedAt: string;
  readonly validUntil: string;
  readonly rp: { readonly id: string; readonly origins: readonly string[] };
  /** every shard of every log, those that are closed too: old evidence needs their keys */
  readonly logs: readonly { readonly origin: string; readonly vkey: string }[];
  /** who must have cosigned a checkpoint, as C2SP tlog-policy writes it without `log` lines; '' for nobody */
  readonly witnessPolicy: string;
  readonly issuerKeys: readonly IssuerKey[];
  readonly organisations: readonly TrustedOrganisation[];
};
export type TrustedOrganisation = {
  readonly id: OrganisationId;
  readonly kind: OrganisationKind;
  readonly name: LocalisedText;
  readonly clients: readonly string[];
  readonly connector: string | null;
  readonly keys: readonly OrganisationKey[];
};
