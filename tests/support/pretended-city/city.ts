import { createHash } from 'node:crypto';
import { organisations } from '@praya/city/organisations';
import { createSoftwarePasskey, type ExportedPasskey } from '@praya/city/software-passkey';
import type { ConsentView } from '@praya/consent/contract';
import type { NewRecord, NotaryRecord } from '@praya/notary/records/contract';
import { jsonDigest } from '@praya/verifier/digest';
import type { JWK } from 'jose';
import type { NotaryCast } from '../../../clients/verifier/src/testing/notarisation-builder.ts';
import { notaryCastOf } from './notary-receipts.ts';
import { notaryRecords } from './notary-records.ts';
import { createParties, IDS, ORIGIN, type Parties, type Party } from './parties.ts';
import type { PretendedLog } from './pretended-log.ts';
import { ACTS, consentView, VALUES } from './records.ts';
import { sealJwe, signJws } from './signing.ts';

/** One call of the page to the pretended server. */
export type Call = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** what was sent as it was sent */
  readonly text?: string;
};
export type Answer = {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly bytes?: Uint8Array;
};

/** What a test may change of the city before or while a page looks at it. */
export type CityState = {
  signedIn: boolean;
  roles: readonly string[];
  step: 'sign-in' | 'consent';
  demonstration: boolean;
  consents: ConsentView[];
  refusePreviewOnce: boolean;
  /** answer previews with a signature that is not the department's */
  forgePreviews: boolean;
  /** what was sent with her agreement */
  agreed: unknown;
  signIns: number;
  previewKey: JWK | null;
  /** a change to the consent document behind the screen's back */
  tamper: (document: Record<string, unknown>) => Record<string, unknown>;
  calls: string[];
  noLogs: boolean;
  /** what the notary keeps for the department of persons, and how many it answers at once */
  records: NotaryRecord[];
  notaryPage: number;
  notaryFails: boolean;
  /** what was sent to be notarised */
  notarised: NewRecord[];
  bulk: { readonly text: string; readonly total: number; done: number } | null;
  /** answer receipts with one hash of a proof that is another */
  tamperReceipts: boolean;
  /** how many times a receipt is still without its witnesses */
  witnessesLate: number;
  /** say "active" of what was revoked */
  lieAboutState: boolean;
  changedMeanwhile: boolean;
  proofPending: boolean;
  /** the tenant whose log takes nothing more */
  halted: string | null;
  /** what is wrong with the third witness */
  witnessTrouble: string | null;
  /** how many witnesses' lines are left out of a checkpoint */
  cosignersMissing: number;
  /** answer proofs with a sibling that is another */
  forgeProofs: boolean;
};

export type City = {
  readonly parties: Parties;
  readonly resident: ExportedPasskey;
  readonly logs: readonly PretendedLog[];
  readonly notary: NotaryCast;
  readonly state: CityState;
};

/** A city that answers the portal's calls as the server would, out of memory. */
export async function createCity(): Promise<City> {
  const parties = await createParties();
  const passkey = await createSoftwarePasskey({ rpId: 'localhost', origin: ORIGIN, userHandle: 'cGVyXzE' });
  return {
    parties,
    logs: parties.logs,
    notary: await notaryCastOf(parties),
    resident: passkey.export(),
    state: {
      signedIn: true,
      roles: [],
      step: 'sign-in',
      demonstration: true,
      consents: [
        consentView(1, 'active'),
        consentView(2, 'paused'),
        consentView(3, 'revoked'),
        consentView(4, 'expired'),
      ],
      refusePreviewOnce: false,
      forgePreviews: false,
      agreed: null,
      signIns: 0,
      previewKey: null,
      tamper: (document) => document,
      calls: [],
      noLogs: false,
      records: notaryRecords(),
      notaryPage: 20,
      notaryFails: false,
      notarised: [],
      bulk: null,
      tamperReceipts: false,
      witnessesLate: 0,
      lieAboutState: false,
      changedMeanwhile: false,
      proofPending: false,
      halted: null,
      witnessTrouble: null,
      cosignersMissing: 0,
      forgeProofs: false,
    },
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

const PROVIDERS: Readonly<Record<string, 'persons' | 'rates'>> = {
  'persons.identity': 'persons',
  'rates.address': 'rates',
};

/** A preview as the connector of the department answers it, sealed to the browser's key. */
export async function preview(city: City, service: string): Promise<Answer> {
  const { previewKey, refusePreviewOnce, forgePreviews } = city.state;
  if (refusePreviewOnce || previewKey === null) return problem(403, 'exchange.preview-not-authorised');
  const provider: Party = city.parties.all[PROVIDERS[service] ?? 'persons'];
  const values = VALUES[service] ?? {};
  const act = ACTS[5]?.id ?? '';
  const subjectDigest = sha256(
    consentView(9, 'requested').services.find(({ id }) => id === service)?.subject ?? '',
  );
  const payload = await sealJwe(
    {
      act,
      consent: consentView(9, 'requested').id,
      service,
      subject_digest: subjectDigest,
      issuedAt: new Date().toISOString(),
      asOf: new Date().toISOString(),
      values,
    },
    { key: previewKey, kid: 'preview', typ: 'praya-data+jwe' },
  );
  const claims = {
    iss: provider.id,
    act,
    service,
    subject_digest: subjectDigest,
    fields: Object.keys(values).sort(),
    payload_digest: sha256(payload),
    iat: Math.floor(Date.now() / 1000),
  };
  const response = await signJws(claims, {
    key: forgePreviews
      ? { ...provider.signing, privateKey: city.parties.all.bank.signing.privateKey }
      : provider.signing,
    typ: 'praya-preview-response+jws',
  });
  return { status: 200, json: { act, response, payload } };
}

/** The statement that a passkey signs at sign-in. */
export async function signInOptions(city: City, previewKey: JWK | null): Promise<Answer> {
  city.state.previewKey = previewKey;
  const statement = {
    type: 'praya.sign-in.v1',
    issuer: ORIGIN,
    nonce: 'bm9uY2U',
    at: new Date().toISOString(),
    previewKey,
  };
  return { status: 200, json: { statement, options: await requestOptions(statement) } };
}

/** The consent document for a choice, as the consent room would write it. */
export async function prepare(city: City, body: Call['body']): Promise<Answer> {
  const view = consentView(9, 'requested');
  const optional = (body.optional ?? {}) as Readonly<Record<string, readonly string[]>>;
  const { kid, publicJwk } = city.parties.all.bank.sealing;
  const document = city.state.tamper({
    type: 'praya.consent.v1',
    id: view.id,
    revision: 1,
    previous: null,
    issuer: ORIGIN,
    recipient: {
      ...view.recipient,
      encryptionKey: { kty: 'EC', crv: 'P-256', x: publicJwk.x, y: publicJwk.y, kid },
    },
    purpose: view.purpose,
    services: view.services.map((service) => ({
      id: service.id,
      provider: service.provider.id,
      fields: service.fields
        .filter(({ name, required }) => required || optional[service.id]?.includes(name))
        .map(({ name }) => name)
        .sort(),
      subject: service.subject,
    })),
    frequency: view.frequency,
    retention: view.retention,
    notBefore: new Date().toISOString(),
    expiresAt: view.expiresAt,
    notice: body.notice,
  });
  return {
    status: 200,
    json: { document, challenge: await jsonDigest(document), options: await requestOptions(document) },
  };
}

/** Request options whose challenge is the digest of a document. */
export async function requestOptions(document: object) {
  return {
    challenge: await jsonDigest(document),
    rpId: 'localhost',
    userVerification: 'required',
    timeout: 60_000,
  };
}

export function problem(status: number, code: string, errors?: readonly object[]): Answer {
  const title = `Refused: ${code}`;
  return {
    status,
    json: {
      type: `/problems/${code}`,
      title,
      status,
      code,
      instance: 'urn:praya:request:1',
      ...(errors && { errors }),
    },
  };
}

export function session(state: CityState) {
  const offices = [
    { organisationId: IDS.platform, name: PLATFORM, roles: state.roles.filter((role) => role !== 'notary') },
    {
      organisationId: IDS.persons,
      name: organisations.persons.name,
      roles: state.roles.filter((role) => role === 'notary'),
    },
  ].filter(({ roles }) => roles.length > 0);
  return { person: state.signedIn ? { id: 'per_1', offices } : null, demonstration: state.demonstration };
}

const PLATFORM = { en: 'Praya Digital Office', 'zh-Hant': '海旁數碼署', 'zh-Hans': '海旁数码署' };
