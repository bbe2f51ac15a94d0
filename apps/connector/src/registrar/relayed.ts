import { type Result, refuse } from '@praya/kernel/result';
import { checkRelay, RegistrarRelay } from '../checks/relay.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import type { TrustList } from '../trust/list.ts';
import type { Registrar } from './registrar.ts';

/** What a relay to the registrar may be for; each route takes one. */
export type RegistrarPurpose =
  | 'lookups'
  | 'enrolments'
  | 'enrolments/check'
  | 'enrolments/redeem'
  | 'credentials'
  | 'subjects';

/** Runs a call to the registrar once its relay has been checked for this purpose. */
export async function relayed<T>(
  registrar: Registrar,
  about: { readonly relay: string; readonly purpose: RegistrarPurpose },
  run: (trust: TrustList) => Promise<Result<T, ConnectorRefusal>>,
): Promise<Result<T, ConnectorRefusal>> {
  const trust = await registrar.trust();
  if (!trust.ok) return trust;
  const relay = await checkRelay<RegistrarRelay>(registrar, trust.value, {
    relay: about.relay,
    schema: RegistrarRelay,
  });
  if (!relay.ok) return relay;
  if (relay.value.purpose !== about.purpose) return refuse('connector.relay-purpose');
  return run(trust.value);
}
