import type { ConsentRefusal, ConsentView } from '@praya/consent/contract';
import { textDigest } from '@praya/kernel/canonical';
import { newId } from '@praya/kernel/id';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Exchange, ExchangeRefusal, PreviewAnswer } from '../contract.ts';
import type { NewAct } from '../store.ts';
import { callConnector, connectorOf } from './connector.ts';
import { checkDescribed, schemaDigestOf } from './described.ts';
import { type Room, signRelay, verifyByOrganisation } from './room.ts';
import { carryOut, settle } from './settle.ts';

const AUTHORISED_MS = 15 * 60_000;

const SignIn = Type.Object({
  statement: Type.Object({
    type: Type.Literal('praya.sign-in.v1'),
    issuer: Type.String(),
    nonce: Type.String(),
    at: Type.String({ format: 'date-time' }),
    previewKey: Type.Record(Type.String(), Type.String()),
  }),
  assertion: Type.Object({}),
});
type SignIn = Static<typeof SignIn>;

type Ask = Parameters<Exchange['preview']>[0];
type Code = ExchangeRefusal | ConsentRefusal;
type Service = ConsentView['services'][number];
type Asked = {
  readonly service: Service;
  readonly subject: string;
  readonly signIn: SignIn;
  readonly act: NewAct;
};

/** Shows her, and only her browser, what would be shared; the connector checks that she herself asked. */
export async function preview(room: Room, about: Ask): Promise<Result<PreviewAnswer, Code>> {
  if (!isAuthorised(about.signIn, room)) return refuse('exchange.preview-not-authorised');
  const asked = await askedService(room, about);
  if (!asked.ok) return asked;
  const act = actOf(room, about);
  const use = { consentId: about.consentId, service: 'preview', term: 'total' };
  const begun = await room.store.transaction(async (store) => {
    const count = await store.count({ ...use, max: room.limits.previewsPerConsent });
    if (count !== undefined) await store.begin(act);
    return count !== undefined;
  });
  if (!begun) return refuse('exchange.frequency-exceeded');
  const { signIn } = about;
  return carryOut(room, act, () => show(room, { ...asked.value, signIn, act }));
}

// Only what we can see; whether the passkey is hers, the register told the provider and nobody else.
function isAuthorised(signIn: unknown, room: Pick<Room, 'issuer' | 'now'>): signIn is SignIn {
  if (!Value.Check(SignIn, signIn)) return false;
  const age = room.now().getTime() - new Date(signIn.statement.at).getTime();
  return signIn.statement.issuer === room.issuer && age >= 0 && age < AUTHORISED_MS;
}

async function askedService(
  room: Room,
  { consentId, personId, service: name }: Ask,
): Promise<Result<{ service: Service; subject: string }, Code>> {
  const view = await room.consents.view({ id: consentId, personId });
  if (!view.ok) return view;
  if (view.value.state !== 'requested') return refuse('consent.not-requested');
  const service = view.value.services.find(({ id }) => id === name);
  if (service === undefined) return refuse('exchange.service-unknown');
  const { subject } = service;
  return subject === null ? refuse('exchange.preview-not-authorised') : ok({ service, subject });
}

async function show(room: Room, asked: Asked): Promise<Result<PreviewAnswer, ExchangeRefusal>> {
  const { service, subject, act } = asked;
  const consent = act.consentId ?? '';
  const fields = service.fields.map(({ name }) => name).sort();
  const connector = await connectorOf(room, service.provider.id);
  if (!connector.ok) return connector;
  const schemaDigest = await schemaDigestOf(room, service.id);
  const claims = { act: act.id, consent, service: service.id, fields, subject_digest: textDigest(subject) };
  const answered = await callConnector(room, {
    url: `${connector.value.url}/praya/v1/previews`,
    body: {
      relay: await signRelay(room, { provider: service.provider.id, claims }),
      subject,
      signIn: asked.signIn,
    },
  });
  if (!answered.ok) return answered;
  const { response, payload } = answered.value;
  const { organisation } = connector.value;
  const typ = 'praya-preview-response+jws';
  const verdict = await verifyByOrganisation(response, { typ, organisation, now: room.now() });
  if (!verdict.counts) return refuse('exchange.response-signature', { rule: verdict.because });
  const expected = {
    act: act.id,
    provider: organisation.id,
    consent,
    service: service.id,
    fields,
    subject,
    payload,
    schemaDigest,
  };
  const checked = await checkDescribed(room, verdict.payload, {
    ...expected,
    now: room.now(),
    exchange: null,
  });
  if (!checked.ok) return checked;
  const settled = await settle(room, act, { consent: null, states: [], response });
  return settled.ok ? ok({ act: act.id, response, payload }) : settled;
}

function actOf(room: Room, { personId, consentId, service }: Ask): NewAct {
  const at = room.now();
  return {
    id: newId('act', at),
    kind: 'preview',
    personId,
    clientId: null,
    consentId,
    service,
    at,
    consentDigest: null,
    requestDigest: null,
    requestJws: null,
    salt: null,
  };
}
