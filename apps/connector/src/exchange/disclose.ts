import { textDigest } from '@praya/kernel/canonical';
import { signJws } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type { Granted } from '../checks/service.ts';
import { type Connector, signerFor } from '../connector.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import { type SealingKey, sealTo } from '../sealed.ts';
import { readValues } from '../source/read.ts';
import { type Disclosure, noteDisclosure } from '../store/disclosures.ts';
import type { TrustList } from '../trust/list.ts';

export type SealedAnswer = { readonly response: string; readonly payload: string };

/** Everything that was checked and now becomes one answer. */
export type Order = {
  readonly kind: Disclosure['kind'];
  readonly typ: 'praya-data-response+jws' | 'praya-preview-response+jws';
  readonly audience: string;
  readonly act: string;
  readonly consentId: string;
  readonly consentDigest: string | null;
  readonly requestDigest: string | null;
  readonly granted: Granted;
  readonly identityNumber: string;
  readonly sealTo: SealingKey;
  /** how many disclosures of this service the consent allows in its life; null where that is not the measure */
  readonly most: number | null;
};

/** Reads, seals to the recipient, signs, and notes the disclosure before anything leaves. */
export async function disclose(
  connector: Connector,
  trust: TrustList,
  order: Order,
): Promise<Result<SealedAnswer, ConnectorRefusal>> {
  const { act, consentId, granted, identityNumber } = order;
  const asOf = connector.now();
  const values = await readValues(connector.db, { ...granted, identityNumber });
  if (!values.ok) return values;
  const payload = await sealTo(order.sealTo, {
    typ: 'praya-data+jwe',
    content: {
      act,
      consent: consentId,
      service: granted.service.id,
      subject_digest: textDigest(granted.subject),
      issuedAt: connector.now().toISOString(),
      asOf: asOf.toISOString(),
      values: values.value,
    },
  });
  const response = await signResponse(connector, trust, { ...order, payload });
  const disclosure = {
    act,
    kind: order.kind,
    consentId,
    service: granted.service.id,
    fields: granted.fields,
    at: asOf,
  };
  const noted = await noteDisclosure(connector.db, disclosure, order.most);
  if (noted === 'exhausted') return refuse('connector.frequency-exceeded');
  if (noted === 'repeated') return refuse('connector.relay-replayed', { detail: 'act' });
  return ok({ response, payload });
}

function signResponse(
  connector: Connector,
  trust: TrustList,
  order: Order & { readonly payload: string },
): Promise<string> {
  const { granted } = order;
  return signJws(signerFor(connector, trust), {
    typ: order.typ,
    payload: {
      iss: connector.config.organisation,
      aud: order.audience,
      act: order.act,
      consent: order.consentId,
      consent_digest: order.consentDigest,
      service: granted.service.id,
      request_digest: order.requestDigest,
      subject_digest: textDigest(granted.subject),
      fields: granted.fields,
      schema_digest: granted.service.schemaDigest,
      payload_digest: textDigest(order.payload),
      iat: Math.floor(connector.now().getTime() / 1000),
    },
  });
}
