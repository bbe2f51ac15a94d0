import type { Directory, Organisation, PurposeTemplate } from '@praya/directory/contract';
import type { Clock } from '@praya/kernel/clock';
import type { Keyring } from '@praya/kernel/keyring';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type {
  AuthorizationDetail,
  ConsentRefusal,
  ConsentSurroundings,
  ServiceDescription,
} from '../contract.ts';
import { faultOfDetail, parseDetail } from '../rules.ts';
import type { ConsentRow, ConsentStore } from '../store.ts';

/** The part of a keyring that signing and checking our own signatures needs. */
export type Signer = Pick<Keyring, 'signingKey' | 'published'>;

/** What every verb of this room works with. */
export type Room = {
  readonly store: ConsentStore;
  readonly now: Clock;
  readonly directory: Pick<Directory, 'organisation' | 'organisationOfClient' | 'purpose'>;
  readonly signer: Signer;
  readonly issuer: string;
  readonly surroundings: ConsentSurroundings;
};

/** A detail that the rules of today permit, with what it refers to. */
export type Admitted = {
  readonly detail: AuthorizationDetail;
  readonly recipient: Organisation;
  readonly template: PurposeTemplate;
  readonly services: readonly ServiceDescription[];
};

/** Holds a detail against the directory and the catalogue as they are now. */
export async function admit(
  room: Room,
  about: { clientId: string; detail: unknown },
): Promise<Result<Admitted, ConsentRefusal>> {
  const parsed = parseDetail(about.detail);
  if (!parsed.ok) return parsed;
  const detail = parsed.value;
  const recipient = await recipientOf(room, about.clientId);
  if (!recipient.ok) return recipient;
  const template = await room.directory.purpose(detail.purpose);
  const services = await room.surroundings.services(detail.services.map(({ id }) => id));
  const fault = faultOfDetail(detail, {
    issuer: room.issuer,
    now: room.now(),
    permitted: recipient.value.clients.find(({ clientId }) => clientId === about.clientId)?.purposes ?? [],
    template: template.ok ? template.value : undefined,
    services,
    keys: recipient.value.keys,
  });
  if (fault !== undefined) return { ok: false, refusal: fault };
  if (!template.ok) return refuse('consent.purpose-not-permitted', { field: 'purpose', rule: 'permitted' });
  return ok({ detail, recipient: recipient.value, template: template.value, services });
}

/** The organisation of a client that may act today. */
export async function recipientOf(
  room: Pick<Room, 'directory'>,
  clientId: string,
): Promise<Result<Organisation, ConsentRefusal>> {
  const found = await room.directory.organisationOfClient(clientId);
  if (!found.ok || found.value.suspendedAt !== null) return refuse('consent.client-not-admitted');
  return found;
}

/** The row, if it is this person's. A consent of somebody else is as unknown as one that does not exist. */
export function ownedBy(
  row: ConsentRow | undefined,
  personId: string,
): Result<ConsentRow & { personId: string }, ConsentRefusal> {
  if (row === undefined) return refuse('consent.unknown');
  if (row.personId !== personId) return refuse('consent.not-yours');
  return ok({ ...row, personId });
}
